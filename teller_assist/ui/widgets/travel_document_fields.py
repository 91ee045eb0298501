"""What opens the chip of a passport or travel permit, typed: three items, or the whole machine-readable zone."""

from __future__ import annotations

import datetime
from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLineEdit, QWidget

from teller_assist.documents.typed_access import is_zone, typed_access
from teller_assist.errors import ZoneUnreadableError
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, tell_button
from teller_assist.ui.words import Words
from teller_assist.wording import error_sentences
from teller_assist.workflow.asked_cards import AskedChip
from teller_assist.workflow.view_cards import TravelDocumentView

_ZONE_MOST = 140  # three lines of thirty, with blanks between them
_DATE_MOST = 10


class TravelDocumentFields(QWidget):
    """Number, birth date and last day; what is typed stays until the form closes, so that a slip costs one character."""

    wanted = pyqtSignal(object)  # ChipAccess
    stopped = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._view = TravelDocumentView()
        self.number = self._field("travel_document_number", _ZONE_MOST)
        self.birth_date = self._field("travel_document_birth_date", _DATE_MOST)
        self.valid_until = self._field("travel_document_valid_until", _DATE_MOST)
        for one in (self.birth_date, self.valid_until):
            one.setPlaceholderText(words.say("panel", "travel_document_date"))
        self.note = IconLine(theme, role="note", wrap=True)
        self.read = button(words.say("panel", "travel_document_read"), "main", self._press)
        layout = column(self, 0, 3)
        layout.addWidget(label("small", self.number.accessibleName()))
        layout.addWidget(self.number)
        dates = row(None, 8)
        for one in (self.birth_date, self.valid_until):
            holder = QWidget()
            beside = column(holder, 0, 3)
            beside.addWidget(label("small", one.accessibleName()))
            beside.addWidget(one)
            dates.addWidget(holder, 1)
        layout.addLayout(dates)
        layout.addWidget(self.note)
        layout.addWidget(self.read)
        for one in (self.number, self.birth_date, self.valid_until):
            one.textChanged.connect(lambda _text: self._show_state())
            one.returnPressed.connect(partial(self._enter, one))
        self._show_state()

    @property
    def waits(self) -> bool:
        """Whether a document is waited for, or being read."""
        return self._view.state in (AskedChip.READING, AskedChip.FAILED)

    def show_view(self, view: TravelDocumentView) -> None:
        """Show how the reading stands; a chip that did not open takes the keyboard back to what was typed."""
        refused = view.state is AskedChip.REFUSED and self._view.state is not AskedChip.REFUSED
        self._view = view
        self._show_state()
        if refused and self.isVisible():
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)
            self.number.selectAll()

    def _field(self, code: str, most: int) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(self._words.say("panel", code))
        made.setMaxLength(most)
        return made

    def _show_state(self) -> None:
        whole_zone = is_zone(self.number.text())
        for one in (self.number, self.birth_date, self.valid_until):
            one.setEnabled(not self.waits and (one is self.number or not whole_zone))
        tell_button(self.read, self._words.say("panel", "travel_document_stop" if self.waits else "travel_document_read"))
        self.read.setEnabled(self.waits or (self._view.may_read and isinstance(self._typed(), ChipAccess)))
        self._show_note()

    def _show_note(self) -> None:
        typed, told = self._typed(), self._view.told
        if self.waits and told is not None:
            failed = self._view.state is AskedChip.FAILED
            self.note.show_line("warning" if failed else "waiting", "attention" if failed else "muted", self._words.of(told))
        elif isinstance(typed, ZoneUnreadableError):
            self.note.show_line("warning", "attention", self._words.of(error_sentences(typed)))
        elif self._view.state is AskedChip.REFUSED and told is not None:
            self.note.show_line("warning", "attention", self._words.of(told))
        else:
            self.note.show_line("info", "muted", self._words.say("panel", "travel_document_text"))

    def _typed(self) -> ChipAccess | ZoneUnreadableError | None:
        """Return what was typed, or what is wrong with it; None as long as something is missing."""
        number, birth_date, valid_until = (one.text().strip() for one in (self.number, self.birth_date, self.valid_until))
        if not (number and birth_date and valid_until) and not is_zone(number):
            return None
        try:
            return typed_access(number, birth_date, valid_until, datetime.datetime.now().astimezone().date())
        except ZoneUnreadableError as error:
            return error

    def _enter(self, field: QLineEdit) -> None:
        if self.read.isEnabled():
            self._press()
        elif field is not self.valid_until:
            self.focusNextChild()

    def _press(self) -> None:
        typed = self._typed()
        if self.waits:
            self.stopped.emit()
        elif isinstance(typed, ChipAccess) and self._view.may_read:
            self.wanted.emit(typed)
