"""The scan in the panel: a small picture with the found document outlined, what was read in one line, the fields on demand."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.printed import FieldName
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.flow import FlowLayout
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role, tell, tell_button, tell_key_button
from teller_assist.ui.widgets.scan_fields import ScanFields
from teller_assist.ui.widgets.scan_picture import ScanPicture
from teller_assist.ui.words import Words
from teller_assist.workflow.view_scan import PrintedFieldView, ScanState, ScanView

SCAN_KEY, CHECK_KEY = "F11", "F12"


class ScanCard(QFrame):
    """Small while all is well; a field that the teller should look at, that differs or fails a check is shown by itself."""

    scan_wanted = pyqtSignal()
    box_wanted = pyqtSignal()  # the scan is to be enlarged, to draw a box on it
    field_settled = pyqtSignal(object, object)  # FieldName, Personal[str]
    text_wanted = pyqtSignal()
    form_changed = pyqtSignal()  # the editor has opened or closed, or other fields are shown

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._view: ScanView | None = None
        self._all = self._decided = False
        set_role(self, "card")
        layout = column(self, 0, 4)
        layout.setContentsMargins(10, 7, 10, 7)
        self.picture = ScanPicture(theme, words.say("scan_card", "picture"))
        self.picture.clicked.connect(lambda: self.box_wanted.emit())
        self.summary = IconLine(theme, role="small_strong", wrap=True)
        self.told = label("note", wrap=True)
        self.fields = ScanFields(words, theme)
        self.fields.settled.connect(self.field_settled)
        self.fields.text_wanted.connect(self.text_wanted)
        self.fields.changed.connect(self.form_changed)
        right = QWidget()
        words_ = column(right, 0, 2)
        words_.addWidget(self.summary)
        self.kinds = label("small", wrap=True)
        words_.addWidget(self.kinds)
        words_.addWidget(self._make_buttons())
        words_.addStretch(1)
        first = row(None, 8)
        first.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(right, 1)
        layout.addLayout(first)
        layout.addWidget(self.told)
        layout.addWidget(self.fields)
        self.hide()

    def _make_buttons(self) -> QWidget:
        say = self._words.say
        self.scan_button = button(say("scan_card", "scan"), "link", self.scan_wanted.emit, SCAN_KEY)
        self.check_button = button(say("scan_card", "check"), "link_strong", self.fields.edit_next, CHECK_KEY)
        self.all_button = button(say("scan_card", "all_fields"), "link", self._toggle)
        self.box_button = button(say("scan_card", "draw_box"), "link", self.box_wanted.emit)
        holder = QWidget()
        flow = FlowLayout(holder, gap_px=2)
        for one in (self.check_button, self.scan_button, self.all_button, self.box_button):
            flow.addWidget(one)
        return holder

    @property
    def view(self) -> ScanView | None:
        """What is shown."""
        return self._view

    def show_scan(self, view: ScanView | None, *, decided: bool) -> None:
        """Show a scan; None hides the card and forgets everything of it.

        Parameters
        ----------
        decided
            There is a reading to judge: the card takes no more room than it needs.
        """
        self._view, self._decided = view, decided
        self.setVisible(view is not None)
        if view is None:
            self._all = False
        self._show()

    def close_editor(self) -> bool:
        """Leave a field that is looked at as it was, and return whether there was one."""
        return self.fields.close_editor()

    def _toggle(self) -> None:
        self._all = not self._all
        self._show()
        self.form_changed.emit()

    def _show(self) -> None:
        view = self._view
        self.fields.show_fields(view, self._shown_fields(view))
        if view is None:
            self.picture.show_scan(None, ())
            self.summary.show_line("minus", "muted", "")
            for one in (self.kinds, self.told):
                tell(one, "")
            return
        folded = self._decided and not self._all and not any(_shows_itself(one) for one in view.fields)
        self.picture.show_scan(view.small, view.outlines)
        self.picture.setVisible(view.small is not None and not folded)
        tone, icon_name, text = self._summary(view)
        self.summary.show_line(icon_name, tone, text, name=text)
        say = self._words.say
        tell(self.kinds, " · ".join(say("document_kind", one) for one in view.kinds))
        self.kinds.setVisible(bool(view.kinds) and not folded)
        tell(self.told, "" if view.told is None else self._words.of(view.told))
        self.told.setVisible(view.told is not None)
        self._show_buttons(view, folded=folded)

    def _show_buttons(self, view: ScanView, *, folded: bool) -> None:
        say = self._words.say
        first = view.state in (ScanState.NOT_ASKED, ScanState.WATCHING)
        self.scan_button.setVisible(view.may_scan and not view.blanked)
        tell_key_button(self.scan_button, say("scan_card", "scan" if first else "scan_again"), SCAN_KEY)
        self.check_button.setVisible(view.may_settle and bool(view.to_look_at))
        self.all_button.setVisible(bool(view.fields))
        tell_button(self.all_button, say("scan_card", "fewer_fields" if self._all else "all_fields"))
        self.box_button.setVisible(view.may_draw_box and not folded)

    def _shown_fields(self, view: ScanView | None) -> frozenset[FieldName]:
        fields = () if view is None else view.fields
        return frozenset(one.field for one in fields if self._all or _shows_itself(one))

    def _summary(self, view: ScanView) -> tuple[str, str, str]:
        """Return the tone, the icon and the words of the one line."""
        say, runs = self._words.say, view.state_runs
        if view.blanked and not runs:
            return "muted", "lock", say("scan_state", "blanked")
        if runs or not view.kinds:
            nothing = view.state is ScanState.NOTHING_READ
            return ("attention" if nothing else "muted", "warning" if nothing else "waiting", say("scan_state", view.state))
        if view.how_many(Agreement.DIFFERENT):
            return "bad", "cross", say("scan_summary", "differ", count=view.how_many(Agreement.DIFFERENT))
        if view.to_look_at:
            return "attention", "warning", say("scan_summary", "look", count=view.to_look_at)
        failed_checks = sum(len(one.failed) for one in view.fields)
        if failed_checks:
            return "attention", "warning", say("scan_summary", "failed", count=failed_checks)
        if not view.has_chip:
            return "muted", "minus", say("scan_summary", "alone")
        return "good", "check", say("scan_summary", "agree_and_portrait" if view.portrait_agrees else "agree")


def _shows_itself(field: PrintedFieldView) -> bool:
    """Return whether a field is shown without being asked for."""
    return field.to_look_at or field.agreement is Agreement.DIFFERENT or bool(field.failed)
