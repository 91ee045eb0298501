"""What was read, field by field, beside the chip's; a field is confirmed or changed in its place."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PyQt5.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.printed import FieldName
from teller_assist.settings.personal import Personal
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import LINE_PX, IconLine, button, column, label, row, set_role, tell
from teller_assist.ui.widgets.scan_picture import CropPicture
from teller_assist.ui.words import Words
from teller_assist.workflow.view_scan import PrintedFieldView, ScanView

AGREEMENTS = {  # how: tone, icon; the word stands in the accessible name, and below the row where there is more to say
    Agreement.EQUAL: ("good", "check"),
    Agreement.EQUIVALENT: ("attention", "about_equal"),
    Agreement.DIFFERENT: ("bad", "cross"),
    Agreement.MISSING: ("muted", "minus"),
}
_NAME_PX, _MARK_PX = 48, 16
_BREAK = "\u200b"  # where a long number may go on in the next line


class FieldRow(QFrame):
    """One field: its name, the printed value, the chip's, how they agree; what is to be said of it below."""

    wanted = pyqtSignal(object)  # FieldName: the teller wants to look at it

    def __init__(self, words: Words, theme: Theme, name: FieldName) -> None:
        super().__init__()
        self._words, self._theme, self._name = words, theme, name
        self.shown: PrintedFieldView | None = None
        self.title = words.say("printed_field", name)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 1, 0, 1)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        caption = label("small", self.title)
        caption.setFixedWidth(_NAME_PX)
        self.printed, self.chip = label("note", wrap=True), label("note", wrap=True)
        for one in (self.printed, self.chip):
            one.setTextFormat(Qt.TextFormat.RichText)
            one.setMinimumHeight(LINE_PX)
        self.mark = IconView(_MARK_PX - 2, height_px=LINE_PX)
        self.mark.setFixedWidth(_MARK_PX)
        self.note = IconLine(theme, wrap=True)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(caption, 0, 0, top)
        grid.addWidget(self.printed, 0, 1, top)
        grid.addWidget(self.chip, 0, 2, top)
        grid.addWidget(self.mark, 0, 3, top)
        grid.addWidget(self.note, 1, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.hide()

    def show_field(self, view: PrintedFieldView | None, *, has_chip: bool, settles: bool) -> None:
        """Show one field; None clears it."""
        self.shown = view
        looks = view is not None and view.to_look_at and settles
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if looks else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor if view is not None and settles else Qt.CursorShape.ArrowCursor)
        self.chip.setVisible(has_chip)
        if view is None:
            tell(self.printed, "")
            tell(self.chip, "")
            self.setToolTip("")
            return
        say, tone = self._words.say, self._theme.bad
        printed, chip = view.shown.reveal(), "" if view.chip is None else view.chip.reveal()
        self.printed.setText(_marked(printed, view.doubtful, view.differing, self._theme))
        self.printed.setAccessibleName(say("scan_card", "value", field=self.title, value=self._spoken(view, printed)))
        self.chip.setText(_marked(chip, (), view.differing, self._theme) or "—")
        self.chip.setAccessibleName(say("scan_card", "value", field=say("scan_card", "chip"), value=chip or "—"))
        self.mark.setVisible(has_chip or view.agreement is not Agreement.MISSING)
        name, icon_name = AGREEMENTS[view.agreement]
        word = say("agreement", view.agreement)
        self.mark.show_icon(icon_name, tone.text if view.agreement is Agreement.DIFFERENT else self._theme.tone(name).text)
        self.mark.setAccessibleName(word)
        self.setToolTip(word if view.why is None else self._words.of(view.why))
        self._show_note(view)

    def _spoken(self, view: PrintedFieldView, printed: str) -> str:
        characters = "、".join(printed[place] for place in view.doubtful if place < len(printed))
        return printed if not characters else f"{printed}，{self._words.say('scan_card', 'doubtful', characters=characters)}"

    def _show_note(self, view: PrintedFieldView) -> None:
        """Say below the row what its mark cannot."""
        say, of = self._words.say, self._words.of
        told = [of(one) for one in (view.why, *view.failed) if one is not None]
        if view.to_look_at and not told:
            told.append(say("scan_card", "unsure"))
        if view.edited:
            told.append(say("scan_card", "edited"))
        self.note.setVisible(bool(told))
        bad = view.agreement is Agreement.DIFFERENT or bool(view.failed)
        tone = "bad" if bad else "attention" if view.to_look_at or view.agreement is Agreement.EQUIVALENT else "muted"
        icon_name = AGREEMENTS[view.agreement][1] if view.agreement in (Agreement.DIFFERENT, Agreement.EQUIVALENT) else "warning"
        self.note.show_line("check" if tone == "muted" else icon_name, tone, " · ".join(told))
        set_role(self.note.label, "bad_small" if bad else "small")

    def mousePressEvent(self, _event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Look at this field."""
        if self.shown is not None:
            self.wanted.emit(self._name)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Look at this field once Tab comes here."""
        super().focusInEvent(event)
        by_tab = event is not None and event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if self.shown is not None and by_tab:
            self.wanted.emit(self._name)


class ValueEdit(QLineEdit):
    """One value: Enter confirms, Esc restores, Tab goes to the next field in doubt."""

    restored = pyqtSignal()
    passed_on = pyqtSignal(bool)  # forwards

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Restore on Esc."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.restored.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: N802 (Qt's name)
        """Take Tab for ourselves."""
        self.passed_on.emit(forwards)
        return True


class FieldEditor(QFrame):
    """Stands below the row of the field that is looked at: its place on the card, and the value."""

    def __init__(self, words: Words, theme: Theme, confirm: Callable[[], None], restore: Callable[[], object]) -> None:
        super().__init__()
        self._words = words
        set_role(self, "box_accent")
        layout = column(self, 6, 4)
        self.crop = CropPicture(theme)
        self.value = ValueEdit()
        self.value.returnPressed.connect(confirm)
        self.confirm = button(words.say("scan_card", "confirm"), "link_strong", confirm)
        self.restore = button(words.say("scan_card", "restore"), "link", restore)
        self.value.restored.connect(self.restore.click)
        for one in (self.confirm, self.restore):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Enter and Esc do it by keyboard
        layout.addWidget(self.crop)
        layout.addWidget(self.value)
        last = row()
        last.addWidget(label("small", words.say("scan_card", "edit_keys")), 1)
        last.addWidget(self.confirm)
        last.addWidget(self.restore)
        layout.addLayout(last)
        self.hide()

    def edit(self, view: PrintedFieldView, title: str) -> None:
        """Take a field up: its first character in doubt is selected."""
        value = view.value.reveal()
        self.crop.show_crop(view.crop)
        self.value.setText(value)
        self.value.setAccessibleName(self._words.say("scan_card", "edit", field=title))
        places = view.doubtful or view.differing
        if places and places[0] < len(value):
            self.value.setSelection(places[0], 1)

    def forget(self) -> None:
        """Keep nothing of a value."""
        self.crop.show_crop(None)
        self.value.clear()
        self.hide()


class ScanFields(QWidget):
    """The rows, and the one editor among them."""

    settled = pyqtSignal(object, object)  # FieldName, Personal[str]
    text_wanted = pyqtSignal()
    changed = pyqtSignal()  # the editor came or went

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._view: ScanView | None = None
        self._open: FieldName | None = None
        self._sent: set[FieldName] = set()  # settled, and no newer view says so yet
        self._layout = column(self, 0, 1)
        self.head = _Head(words)
        self._layout.addWidget(self.head)
        self.rows = {name: FieldRow(words, theme, name) for name in FieldName}
        for one in self.rows.values():
            one.wanted.connect(self.edit)
            self._layout.addWidget(one)
        self.editor = FieldEditor(words, theme, self._confirm, self.close_editor)
        self.editor.value.passed_on.connect(self._pass_on)
        self._layout.addWidget(self.editor)

    @property
    def edits(self) -> FieldName | None:
        """Which field is looked at."""
        return self._open

    def show_fields(self, view: ScanView | None, shown: Collection[FieldName]) -> None:
        """Show the fields of a view; what is being typed stays as long as its field reads the same."""
        before = None if self._view is None or self._open is None else self._view.field(self._open)
        self._view = view
        self._sent.clear()
        fields = {} if view is None else {one.field: one for one in view.fields}
        has_chip, settles = view is not None and view.has_chip, view is not None and view.may_settle
        for name, one in self.rows.items():
            one.show_field(fields.get(name), has_chip=has_chip, settles=settles)
            one.setVisible(name in fields and (name in shown or name is self._open))
        now = None if self._open is None else fields.get(self._open)
        if self._open is not None and (now is None or not settles or before is None or now.value != before.value):
            self.close_editor()
        visible = any(not one.isHidden() for one in self.rows.values())
        self.head.setVisible(visible and has_chip)
        self.setVisible(visible)

    def edit(self, name: FieldName) -> None:
        """Look at one field."""
        view = self._view
        field = None if view is None or not view.may_settle else view.field(name)
        if field is None or name is self._open:
            return
        self._open = name
        self.rows[name].show()
        self._layout.removeWidget(self.editor)  # stays this widget's child, and shown: the keyboard was taken for its text field
        self._layout.insertWidget(self._layout.indexOf(self.rows[name]) + 1, self.editor)
        self.editor.edit(field, self.rows[name].title)
        self.editor.show()
        self.changed.emit()
        self.editor.value.setFocus(Qt.FocusReason.OtherFocusReason)
        self.text_wanted.emit()

    def edit_next(self, after: FieldName | None = None, *, forwards: bool = True) -> bool:
        """Look at the next field that the teller should look at, and return whether there is one."""
        fields = () if self._view is None else self._view.fields
        waiting = [one.field for one in fields if one.to_look_at and one.field not in self._sent]
        order = list(FieldName)
        place = -1 if after is None else order.index(after)
        found = [one for one in waiting if (order.index(one) > place) is forwards and one is not after]
        if not found:
            return False
        self.edit(found[0] if forwards else found[-1])
        return True

    def close_editor(self) -> bool:
        """Leave the field as it was, and return whether one was looked at."""
        if self._open is None:
            return False
        self._open = None
        self.editor.forget()
        self.changed.emit()
        return True

    def _confirm(self) -> None:
        name, typed = self._open, self.editor.value.text()
        if name is None or not typed.strip():
            return
        self._sent.add(name)
        if not (self.edit_next(name) or self.edit_next()):
            self.close_editor()
        self.settled.emit(name, Personal(typed))

    def _pass_on(self, forwards: bool) -> None:
        name = self._open
        if not self.edit_next(name, forwards=forwards):
            self.close_editor()
            self.focusNextPrevChild(forwards)


class _Head(QWidget):
    """Above the two columns."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(_NAME_PX + 6, 0, _MARK_PX + 6, 0)
        grid.setHorizontalSpacing(6)
        for place, code in enumerate(("printed", "chip")):
            grid.addWidget(label("small", words.say("scan_card", code)), 0, place)
            grid.setColumnStretch(place, 1)


def _marked(text: str, doubtful: Collection[int], differing: Collection[int], theme: Theme) -> str:
    """Return rich text: what is in doubt on amber and underlined, what differs bold and underlined."""
    parts = []
    for place, one in enumerate(text):
        style = ""
        if place in differing:
            style = f"color:{theme.bad.text};font-weight:600;text-decoration:underline;"
        if place in doubtful:
            style += f"background-color:{theme.attention.mark};color:{theme.attention.on_mark};font-weight:600;"
            style += "text-decoration:underline;"
        plain = html.escape(one)
        parts.append(f'<span style="{style}">{plain}</span>' if style else plain)
        if place in (5, 13):  # a number's groups: area, birth date, the rest
            parts.append(_BREAK)
    return "".join(parts)
