"""Where no ID card can be read: name and number by hand, or a passport's chip in its place."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPushButton, QWidget

from teller_assist.evidence.id_number import is_number
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role, tell, tell_button
from teller_assist.ui.widgets.travel_document_fields import TravelDocumentFields
from teller_assist.ui.words import Words
from teller_assist.workflow.view_cards import TravelDocumentView
from teller_assist.workflow.view_scan import PrintedFieldView, ScanView

_NUMBER_LENGTH = 18
_COLUMNS = 2
_FILLED = (FieldName.NAME, FieldName.ID_NUMBER)  # from a scan


class NoChipForm(InlineForm):
    """Why there is no chip; then the name and the number as a document or the customer gives them.

    A passport or travel permit has a chip of its own: what opens it is typed, where this counter has a reader for it.
    """

    stated = pyqtSignal(object, str, str)  # NoChip, name, number
    chip_wanted = pyqtSignal(object)  # ChipAccess
    chip_stopped = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__(words, words.say("panel", "no_chip_title"))
        self._words = words
        self._why: NoChip | None = None
        self._filled: dict[FieldName, str] = {}  # with what a scan said; "" while that is blanked
        self._own: set[FieldName] = set()  # what the teller typed, changed or cleared
        self._read: tuple[object, ...] = ()  # of what the fields were filled in last
        self.fields.addWidget(self._reasons())
        self.name, self.number = self._field("no_chip_name"), self._field("no_chip_number")
        self.name.setMaxLength(100)
        self.number.setMaxLength(40)  # with blanks between its parts
        self.note = label("note", wrap=True)
        self.travel_document = TravelDocumentFields(words, theme)
        self.travel_document.wanted.connect(self.chip_wanted)
        self.travel_document.stopped.connect(self.chip_stopped)
        self._travel_view = TravelDocumentView()
        self._edits = dict(zip(_FILLED, (self.name, self.number), strict=True))
        self._typed = QWidget()
        typed = column(self._typed, 0, 3)
        for name, one in self._edits.items():
            typed.addWidget(label("small", one.accessibleName()))
            typed.addWidget(one)
            one.textChanged.connect(partial(self._text_changed, name))
            one.returnPressed.connect(self._confirm)
        self.confirm = button(words.say("panel", "no_chip_confirm"), "main", self._confirm)
        self.filled = IconLine(theme, role="note", wrap=True)
        self.filled.hide()
        self.fields.addWidget(self._typed)
        self.fields.addWidget(self.travel_document)
        self.fields.addWidget(self.filled)
        self.fields.addWidget(self.note)
        last = row()
        last.addWidget(self.confirm, 1)
        last.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fields.addLayout(last)
        self._show_state()

    def _reasons(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5)
        self._group = QButtonGroup(self)
        self.reasons: dict[NoChip, QPushButton] = {}
        for place, why in enumerate(NoChip):
            one = button(self._words.say("no_chip", why), "choice", partial(self._choose, why))
            one.setCheckable(True)
            self._group.addButton(one)
            self.reasons[why] = one
            grid.addWidget(one, place // _COLUMNS, place % _COLUMNS)
        return holder

    def _field(self, code: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(self._words.say("panel", code))
        return made

    @property
    def waits(self) -> bool:
        """Whether a travel document is waited for."""
        return self.travel_document.waits

    def show_travel_document(self, view: TravelDocumentView) -> None:
        """Show whether and how a passport's chip can be read."""
        self._travel_view = view
        self.travel_document.show_view(view)
        self._show_state()

    def show_scan(self, view: ScanView | None) -> None:
        """Fill in what was read of the document, and again when that changes; a field that the teller changed is the teller's."""
        if view is not None and view.blanked:
            self._blank()
            return
        found = {} if view is None else {one.field: one for one in view.fields if one.field in _FILLED}
        read = tuple((one.field, one.value, one.doubtful) for one in found.values())
        by_hand = bool(self._own) and not self._filled  # begun by hand: no part of another document belongs in it
        if view is None or not found or by_hand or read == self._read:
            return
        first = not any(self._filled.values())
        self._read = read
        for name, edit in self._edits.items():
            if name not in self._own and (name in found or name in self._filled):
                self._fill(name, found[name].value.reveal()[: edit.maxLength()] if name in found else "")
        if DocumentKind.TEMPORARY in view.kinds and self._why is None:
            self.reasons[NoChip.TEMPORARY_CARD].click()
        filled_in = {name: one for name, one in found.items() if name not in self._own}
        self._tell_filled(filled_in)
        if first:  # later the keyboard stays where the teller works
            self._select_doubt(filled_in)

    def _fill(self, name: FieldName, text: str) -> None:
        self._filled[name] = text
        self._edits[name].setText(text)  # forgets what Ctrl+Z would bring back, unlike clear()

    def _text_changed(self, name: FieldName, text: str) -> None:
        if text == self._filled.get(name):
            self._own.discard(name)
        else:
            self._own.add(name)
        self._show_state()

    def _blank(self) -> None:
        """Take what a scan filled in away while nobody is at work; it comes back with the scan."""
        self._read = ()
        for name in self._filled.keys() - self._own:
            self._fill(name, "")
        self._tell_filled({})

    def _tell_filled(self, found: dict[FieldName, PrintedFieldView]) -> None:
        """Say below the fields that they were filled in, and what of it is in doubt; nothing where all is the teller's."""
        doubts = [(one.value.reveal(), one.doubtful) for one in found.values()]
        characters = "、".join(value[place] for value, places in doubts for place in places if place < len(value))
        say = self._words.say
        if characters:
            self.filled.show_line("warning", "attention", say("scan_card", "filled_doubtful", characters=characters))
        else:
            self.filled.show_line("info", "muted", say("scan_card", "filled") if found else "")
        self.filled.setVisible(bool(found))

    def _select_doubt(self, found: dict[FieldName, PrintedFieldView]) -> None:
        """Put the keyboard on the first character in doubt."""
        for name, edit in self._edits.items():
            if name in found and found[name].doubtful:
                edit.setFocus(Qt.FocusReason.OtherFocusReason)
                edit.setSelection(found[name].doubtful[0], 1)
                return

    def _choose(self, why: NoChip) -> None:
        self._why = why
        self._show_state()
        if why is NoChip.FOREIGN_DOCUMENT:
            self.travel_document.number.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.name.text():
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_state(self) -> None:
        """Say what is still missing; a wrong number is said as soon as it is whole."""
        foreign = self._why is NoChip.FOREIGN_DOCUMENT
        with_chip = foreign and self._travel_view.why_not is None
        self._typed.setVisible(not foreign)
        self.travel_document.setVisible(with_chip)
        self.note.setVisible(not with_chip)
        say = self._words.say
        tell_button(self.confirm, say("panel", "travel_document_by_hand" if with_chip else "no_chip_confirm"))
        set_role(self.confirm, "link" if with_chip else "main")
        whole = len("".join(self.number.text().split())) >= _NUMBER_LENGTH
        wrong = whole and not is_number(self.number.text())
        code = "no_chip_foreign" if foreign else "no_chip_number_wrong" if wrong else "no_chip_text"
        why_not = self._travel_view.why_not if foreign else None
        tell(self.note, say("panel", code) + ("" if why_not is None else self._words.of(why_not)))
        self.confirm.setEnabled(self._ready())

    def _ready(self) -> bool:
        if self._why is None:
            return False
        return self._why is NoChip.FOREIGN_DOCUMENT or (bool(self.name.text().strip()) and is_number(self.number.text()))

    def _confirm(self) -> None:
        if self._ready():
            foreign = self._why is NoChip.FOREIGN_DOCUMENT
            self.stated.emit(self._why, "" if foreign else self.name.text(), "" if foreign else self.number.text())
