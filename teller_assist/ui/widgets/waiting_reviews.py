"""Referred customers: how long each waits, what the manager said, and what the teller may do now. Counts up, never down."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QPushButton, QWidget

from teller_assist.evidence.transaction import PersonRole
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.documents_form import DocumentsForm
from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role, tell
from teller_assist.ui.widgets.signature_form import SignatureForm
from teller_assist.ui.words import Words
from teller_assist.workflow.view_reviews import ReviewAct, ReviewRow, ReviewStage, ReviewsView
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView

KEY = "F3"  # of the first row that offers something
# Stage -> (tone, icon); the others wait
ANSWERS = {
    ReviewStage.PROCEED: ("good", "check"),
    ReviewStage.MORE_DOCUMENTS: ("attention", "id_card_reader"),
    ReviewStage.TWO_TELLERS: ("attention", "persons"),
    ReviewStage.DO_NOT_PROCEED: ("attention", "minus"),
}


def look(one: ReviewRow) -> tuple[str, str]:
    """Return tone and icon of a row."""
    return ANSWERS.get(one.stage, ("attention", "warning") if one.overdue else ("muted", "waiting"))


def who(words: Words, one: ReviewRow) -> str:
    """Return how a customer is called: by the masked name, after a restart by the record's number."""
    return one.masked_name or words.say("review", "nameless", sequence=one.sequence)


def newest_need(view: ReviewsView) -> ReviewRow | None:
    """Return the row that asks for the teller most: an answer before a time-out; None: all just wait."""
    needy = [one for one in view.rows if one.act is not None]
    return next((one for one in needy if one.is_answered), needy[0] if needy else None)


class ReviewsCard(QFrame):
    """One row for each referred customer, between two customers."""

    settled = pyqtSignal(str, object, str, tuple)  # case id, ReviewAct, second teller, documents
    signed_with = pyqtSignal(str, str, object)  # case id, a second teller's login and Personal[str]
    text_wanted = pyqtSignal()  # a form with a text field has opened
    form_changed = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self.rows: dict[str, ReviewLines] = {}
        set_role(self, "card")
        self._layout = column(self, 0, 10)
        self._layout.setContentsMargins(10, 7, 10, 9)
        self._layout.addWidget(label("strong", words.say("review", "title")))
        self.hide()

    def show_reviews(self, view: ReviewsView, *, shown: bool, signing: SignOnView = NO_PASSWORD) -> None:
        """Show who waits now; what is typed or ticked in a row stays as long as the row offers the same.

        Parameters
        ----------
        signing
            How a second teller's signature fares.
        """
        self.setVisible(shown and bool(view.rows))
        wanted = {one.case_id for one in view.rows}
        for case_id in [one for one in self.rows if one not in wanted]:
            gone = self.rows.pop(case_id)
            gone.hide()
            self._layout.removeWidget(gone)
            gone.deleteLater()
        keyed = newest_need(view)
        for place, one in enumerate(sorted(view.rows, key=_needs_least), 1):
            if one.case_id not in self.rows:
                self.rows[one.case_id] = self._lines(one.case_id)
            lines = self.rows[one.case_id]
            if self._layout.indexOf(lines) != place:
                self._layout.insertWidget(place, lines)
            lines.show_row(one, view.within_minutes, key=KEY if one is keyed and shown else "")
            lines.show_signing(signing.about(one.case_id))

    @property
    def form(self) -> InlineForm | None:
        """The form that is open; None: none is."""
        return next((one.form for one in self.rows.values() if one.form is not None), None)

    def close_form(self) -> bool:
        """Close the form that is open, and return whether there was one."""
        return any(one.close_form() for one in self.rows.values())

    def _lines(self, case_id: str) -> ReviewLines:
        made = ReviewLines(self._words, self._theme)
        made.settled.connect(lambda act, teller, documents: self.settled.emit(case_id, act, teller, documents))
        made.signed_with.connect(lambda login, password: self.signed_with.emit(case_id, login, password))
        made.text_wanted.connect(self.text_wanted)
        made.form_changed.connect(self.form_changed)
        self._layout.addWidget(made)
        made.show()
        return made


def _needs_least(one: ReviewRow) -> int:
    """Sort answers before time-outs, and both before those who just wait."""
    return 0 if one.is_answered else 1 if one.overdue else 2


class ReviewLines(QWidget):
    """One referred customer."""

    settled = pyqtSignal(object, str, tuple)
    signed_with = pyqtSignal(str, object)  # login, Personal[str]
    text_wanted = pyqtSignal()
    form_changed = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._row: ReviewRow | None = None
        self._offered: tuple[ReviewAct | None, str] = (None, "")
        self._signing = NO_PASSWORD
        self.act: QPushButton | None = None
        self.form: InlineForm | None = None
        self._layout = column(self, 0, 2)
        self.head = label("note")
        self.stage = IconLine(theme, role="strong", side_px=16, wrap=True)
        self.note = label("small", wrap=True)
        self._buttons = QWidget()
        self._button_row = row(self._buttons, 8)
        self._button_row.addStretch(1)
        self.left = button(words.say("review_act", ReviewAct.CUSTOMER_LEFT), "link", self._open_left)
        first = QWidget()
        heading = row(first, 8)
        heading.addWidget(self.head, 1)
        heading.addWidget(self.left)
        for widget in (first, self.stage, self.note, self._buttons):
            self._layout.addWidget(widget)

    def show_row(self, one: ReviewRow, within_minutes: int, *, key: str) -> None:
        """Show how it stands; a form whose act is not offered any more closes."""
        words = self._words
        if self._row is not None and self._row.act is not one.act:
            self.close_form()
        self._row = one
        kind = words.say("business_kind", one.business_kind)
        if one.role is not PersonRole.HOLDER:
            kind += f" · {words.say('person_role', one.role)}"
        tell(self.head, f"{one.referred:%H:%M}  {who(words, one)}  {kind}")
        tone, icon_name = look(one)
        self.stage.show_line(icon_name, tone, stage_words(words, one))
        note = ""
        if one.is_answered:
            note = words.say("review_finding", one.finding)
        elif one.overdue:
            note = words.say("review", "overdue", minutes=within_minutes)
        tell(self.note, note)
        self.note.setVisible(bool(note))
        self._offer(one, key)

    def show_signing(self, view: SignOnView) -> None:
        """Show how the second teller's signature fares."""
        self._signing = view
        if isinstance(self.form, SignatureForm):
            self.form.show_signing(view)

    def close_form(self) -> bool:
        """Close the form, and return whether there was one."""
        if self.form is None:
            return False
        self.form.hide()
        self._layout.removeWidget(self.form)
        self.form.deleteLater()
        self.form = None
        self._show_buttons()
        self.form_changed.emit()
        return True

    def _close(self) -> None:
        self.close_form()

    def _offer(self, one: ReviewRow, key: str) -> None:
        if (one.act, key) == self._offered:
            return
        self._offered = (one.act, key)
        if self.act is not None:
            self.act.hide()
            self._button_row.removeWidget(self.act)
            self.act.deleteLater()
            self.act = None
        if one.act is not None:
            role = "main" if one.act is ReviewAct.PROCEED else "plain"
            self.act = button(self._words.say("review_act", one.act), role, self._press, key)
            self._button_row.insertWidget(0, self.act)
            self.act.show()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._buttons.setVisible(self.form is None and self.act is not None)
        self.left.setEnabled(self.form is None)

    def _press(self) -> None:
        one = self._row
        if one is None or one.act is None or self.form is not None:
            return
        if one.act is ReviewAct.TWO_TELLERS:
            signature = SignatureForm(self._words, self._theme)
            signature.show_signing(self._signing)
            signature.signed.connect(lambda teller: self._settle(ReviewAct.TWO_TELLERS, teller=teller))
            signature.signed_with.connect(self.signed_with)  # the form stays until they were checked
            self._open(signature)
            self.text_wanted.emit()
        elif one.act is ReviewAct.DOCUMENTS:
            form = _SeenDocuments(self._words, self._theme, one.documents)
            form.confirmed.connect(lambda ticked: self._settle(ReviewAct.DOCUMENTS, documents=ticked))
            self._open(form)
        else:
            self._settle(one.act)

    def _open_left(self) -> None:
        form = _Left(self._words)
        form.confirmed.connect(lambda: self._settle(ReviewAct.CUSTOMER_LEFT))
        self._open(form)

    def _open(self, form: InlineForm) -> None:
        self.form = form
        form.closed.connect(self._close)
        self._layout.addWidget(form)
        self._show_buttons()
        form.show()
        self.form_changed.emit()  # now that it has its height: the panel brings it into sight
        form.setFocus(Qt.FocusReason.OtherFocusReason)

    def _settle(self, act: ReviewAct, *, teller: str = "", documents: tuple[str, ...] = ()) -> None:
        self.close_form()
        self.settled.emit(act, teller, documents)


class _SeenDocuments(InlineForm):
    confirmed = pyqtSignal(tuple)

    def __init__(self, words: Words, theme: Theme, codes: tuple[str, ...]) -> None:
        super().__init__(words, words.say("review", "choose_documents"))
        self.documents = DocumentsForm(words, theme)
        self.documents.title.hide()
        set_role(self.documents, "")  # the form's own box is enough
        self.confirm = button(words.say("review", "confirm_documents"), "main", self._confirm)
        self.confirm.setEnabled(False)
        self.documents.changed.connect(lambda: self.confirm.setEnabled(bool(self.documents.ticked)))
        self.documents.show_documents(codes)
        self.fields.addWidget(self.documents)
        last = row()
        last.addWidget(self.confirm, 1)
        last.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fields.addLayout(last)

    def _confirm(self) -> None:
        self.confirmed.emit(self.documents.ticked)


class _Left(InlineForm):
    confirmed = pyqtSignal()

    def __init__(self, words: Words) -> None:
        super().__init__(words, words.say("review", "left_title"))
        self.confirm = button(words.say("review_act", ReviewAct.CUSTOMER_LEFT), "plain", self.confirmed.emit)
        self.fields.addWidget(label("note", words.say("review", "left_text"), wrap=True))
        last = row()
        last.addWidget(self.confirm, 1)
        last.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        self.fields.addLayout(last)


class ReviewsLine(QFrame):
    """The same in one line beside the customer who is at the counter; there is nothing to press."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        layout = row(self)
        layout.setContentsMargins(10, 5, 10, 5)
        self.line = IconLine(theme, role="note", side_px=16, wrap=True)
        layout.addWidget(self.line)
        self.hide()

    def show_reviews(self, view: ReviewsView, *, shown: bool, low: bool = False) -> None:
        """Show the row that asks for the teller most, else how many wait; on a low screen only what asks for the teller."""
        need = newest_need(view)
        self.setVisible(shown and bool(view.rows) and (need is not None or not low))
        if not view.rows:
            return
        tone, icon_name = ("muted", "waiting") if need is None else look(need)
        set_role(self, f"box_{tone}")
        self.line.show_line(icon_name, tone, line_words(self._words, view, need))


def stage_words(words: Words, one: ReviewRow) -> str:
    """Return where a row stands, in words."""
    return words.say("review_stage", one.stage, minutes=one.minutes)


def line_words(words: Words, view: ReviewsView, need: ReviewRow | None) -> str:
    """Return all of it in one sentence."""
    if need is None:
        return words.say("review", "line_waiting", count=len(view.rows), minutes=max(one.minutes for one in view.rows))
    if need.is_answered:
        return words.say("review", "line_answered", who=who(words, need), what=stage_words(words, need))
    return words.say("review", "line_overdue", who=who(words, need), minutes=need.minutes)
