"""通过, 转复核, 拒绝: the teller's decision, its reasons and signatures, and taking it back."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QPushButton, QWidget

from teller_assist.decision.judgement import NextStep
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.documents_form import DocumentsForm
from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.no_chip_form import NoChipForm
from teller_assist.ui.widgets.pieces import button, column, label, row, set_role, tell
from teller_assist.ui.widgets.reason_form import ReasonForm
from teller_assist.ui.widgets.signature_form import SignatureForm
from teller_assist.ui.widgets.undo_bar import UndoBar
from teller_assist.ui.words import Words
from teller_assist.workflow.view import ConsentView, DecisionView, PassNeeds
from teller_assist.workflow.view_cards import TravelDocumentView
from teller_assist.workflow.view_scan import ScanState, ScanView
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView

KEYS = {TellerDecision.PASS: "F6", TellerDecision.REFER: "F7", TellerDecision.REJECT: "F8"}


class DecisionBar(QWidget):
    """Three buttons; the recommended one is emphasised and that is never 拒绝."""

    decided = pyqtSignal(object, str, str, tuple)  # TellerDecision, reason, second teller, documents
    signed_with = pyqtSignal(str, object)  # PASS, with a second teller's login and Personal[str]
    undone = pyqtSignal()
    picture_wanted = pyqtSignal()
    import_wanted = pyqtSignal()
    retake = pyqtSignal()
    abandoned = pyqtSignal()
    face_path_left = pyqtSignal()
    consent_given = pyqtSignal()  # after all
    form_changed = pyqtSignal()  # a form has opened or closed
    text_wanted = pyqtSignal()  # a form with a text field has opened
    identity_stated = pyqtSignal(object, str, str)  # NoChip, name, number
    chip_wanted = pyqtSignal(object)  # a travel document's: ChipAccess
    chip_stopped = pyqtSignal()
    scan_wanted = pyqtSignal()  # to fill in what is typed otherwise

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme, self._signing = words, theme, NO_PASSWORD
        self._view: DecisionView | None = None
        self._looking = False
        self._scan: ScanView | None = None
        self._travel_document = TravelDocumentView()
        self.form: InlineForm | None = None
        self._layout = column(self, 0, 5)
        self.documents = DocumentsForm(words, theme)
        self.documents.changed.connect(self._enable)
        self.needs = label("small_strong", wrap=True)
        self.buttons = {one: self._button(one) for one in TellerDecision}
        self._row = QWidget()
        buttons = row(self._row, 8)
        for decision, one in self.buttons.items():
            buttons.addWidget(one, 4 if decision is TellerDecision.PASS else 3)
        self.undo = UndoBar(words, theme)
        self.undo.undone.connect(self.undone)
        self.take_button = button(words.say("panel", "take_picture"), "link", self.picture_wanted.emit, "F2")
        self.take_button.hide()
        self.import_button = button(words.say("panel", "import_picture"), "link", self.import_wanted.emit)
        self.import_button.hide()
        self.retake_button = button(words.say("panel", "retake"), "link", self.retake.emit)
        self.abandon_button = button(words.say("panel", "abandon"), "link", self.abandoned.emit)
        self.leave_button = button(words.say("panel", "leave_face_path"), "link", self.face_path_left.emit)
        self.return_button = button(words.say("panel", "return_to_face_path"), "link", self.consent_given.emit)
        self.no_chip_button = button(words.say("panel", "no_chip"), "link", self._open_no_chip)
        self.no_chip_button.hide()
        self._others = QWidget()
        others = row(self._others, 2)
        looking = (self.take_button, self.import_button)
        for one in (*looking, self.retake_button, self.no_chip_button, self.leave_button, self.return_button):
            others.addWidget(one)
        others.addStretch(1)
        others.addWidget(self.abandon_button)
        self.show_face_path(ConsentView(asked=False, given="", refused=False))
        for widget in (self.documents, self.needs, self._row, self.undo, self._others):
            self._layout.addWidget(widget)

    def _button(self, decision: TellerDecision) -> QPushButton:
        return button(self._words.say("decision", decision), "decision", lambda: self._press(decision), KEYS[decision])

    def show_face_path(self, view: ConsentView) -> None:
        """Offer to go on without face recognition, or to come back to it."""
        self.leave_button.setVisible(view.may_leave)
        self.return_button.setVisible(view.may_return)

    def show_no_chip(self, *, possible: bool) -> None:
        """Offer to type name and number; a form for it that is open closes when a chip was read after all."""
        self.no_chip_button.setVisible(possible)
        if not possible and isinstance(self.form, NoChipForm):
            self.close_form()

    def show_scan(self, view: ScanView | None) -> None:
        """Let what was read of a document fill in what the teller would type."""
        self._scan = view
        if isinstance(self.form, NoChipForm):
            self.form.show_scan(view)

    def show_travel_document(self, view: TravelDocumentView) -> None:
        """Show how the chip of a passport or travel permit can be read."""
        self._travel_document = view
        if isinstance(self.form, NoChipForm):
            self.form.show_travel_document(view)

    @property
    def tells_of_chip(self) -> bool:
        """Whether the form that is open tells how the reading of such a chip stands."""
        return isinstance(self.form, NoChipForm)

    def _open_no_chip(self) -> None:
        form = NoChipForm(self._words, self._theme)
        form.stated.connect(self._state_identity)
        form.chip_wanted.connect(self.chip_wanted)
        form.chip_stopped.connect(self.chip_stopped)
        form.show_travel_document(self._travel_document)
        form.show_scan(self._scan)
        self._open(form)
        self.text_wanted.emit()
        if self._scan is not None and self._scan.may_scan and self._scan.state is ScanState.NOT_ASKED:
            self.scan_wanted.emit()  # the document that is typed from lies here: the machine reads it meanwhile

    def _state_identity(self, why: NoChip, name: str, number: str) -> None:
        self.close_form()
        self.identity_stated.emit(why, name, number)

    def show_decision(self, view: DecisionView, *, captured: bool, judging: bool = False, looking: bool = False) -> None:
        """Show what may be decided now; an open form closes when its decision is no longer possible.

        Parameters
        ----------
        judging
            The teller's own judgement comes first: its bar stands where the buttons are otherwise.
        looking
            A face is being looked for: the teller may take the picture now, or import one.
        """
        if view.taken is not None or (self.form is not None and not self._still_possible(view)):
            self.close_form()
        self._view, self._looking = view, looking
        waits = view.taken is not None
        self.undo.show_taken(view.taken, view.undo_until_s)
        self.documents.show_documents(view.documents)
        self.documents.setVisible(view.pass_needs is PassNeeds.DOCUMENTS and not waits and self.form is None)
        tell(self.needs, "" if view.pass_needs is PassNeeds.NOTHING else self._words.say("pass_needs", view.pass_needs))
        can_pass = TellerDecision.PASS in view.enabled
        signature = view.pass_needs is PassNeeds.DUAL_SIGNATURE  # the documents' form says it itself
        self.needs.setVisible(signature and can_pass and not waits and self.form is None)
        self._row.setVisible(not waits and self.form is None and not judging)
        self._others.setVisible(not waits and self.form is None)
        self.take_button.setVisible(looking)
        self.import_button.setVisible(looking)
        self.retake_button.setVisible(captured)
        set_role(self.retake_button, "link_strong" if view.next_step is NextStep.RETAKE else "link")
        for decision, one in self.buttons.items():
            strong = decision is view.emphasised and decision is not TellerDecision.REJECT
            set_role(one, "emphasised" if strong else "decision")
            one.setAccessibleDescription(KEYS[decision] + (f" · {self.needs.text()}" if decision is TellerDecision.PASS else ""))
        self._enable()

    def show_signing(self, view: SignOnView) -> None:
        """Show how the second teller's signature fares."""
        self._signing = view
        if isinstance(self.form, SignatureForm):
            self.form.show_signing(view)

    def _close(self) -> None:
        self.close_form()

    def close_form(self) -> bool:
        """Close the open form, if there is one, and return whether there was."""
        if self.form is None:
            return False
        if isinstance(self.form, NoChipForm) and self.form.waits:
            self.chip_stopped.emit()
        self.form.hide()
        self._layout.removeWidget(self.form)
        self.form.deleteLater()
        self.form = None
        if self._view is not None:
            self.show_decision(self._view, captured=self.retake_button.isVisibleTo(self._others), looking=self._looking)
        self.form_changed.emit()
        return True

    def _still_possible(self, view: DecisionView) -> bool:
        before = self._view
        same = before is not None and (before.enabled, before.pass_needs) == (view.enabled, view.pass_needs)
        return same and before is not None and before.reason_codes == view.reason_codes

    def _enable(self) -> None:
        view = self._view
        for decision, one in self.buttons.items():
            enabled = view is not None and decision in view.enabled
            if decision is TellerDecision.PASS and view is not None and view.pass_needs is PassNeeds.DOCUMENTS:
                enabled = enabled and bool(self.documents.ticked)
            one.setEnabled(enabled)

    def _press(self, decision: TellerDecision) -> None:
        view = self._view
        if view is None or decision not in view.enabled:
            return
        if decision is not TellerDecision.PASS:
            form = ReasonForm(self._words, decision, view.reason_codes[decision])
            form.chosen.connect(lambda reason: self._decide(decision, reason=reason))
            self._open(form)
        elif view.pass_needs is PassNeeds.DUAL_SIGNATURE:
            signature = SignatureForm(self._words, self._theme)
            signature.show_signing(self._signing)
            signature.signed.connect(lambda teller: self._decide(decision, second_teller=teller))
            signature.signed_with.connect(self.signed_with)  # the form stays until they were checked
            self._open(signature)
            self.text_wanted.emit()
        else:
            ticked = self.documents.ticked if view.pass_needs is PassNeeds.DOCUMENTS else ()
            self._decide(decision, documents=ticked)

    def _open(self, form: InlineForm) -> None:
        self.form = form
        form.closed.connect(self._close)
        self._layout.insertWidget(0, form)
        for one in (self.documents, self.needs, self._row, self._others):
            one.hide()
        self.form_changed.emit()  # before it is shown, so that the window never has to grow for it
        form.show()
        form.setFocus(Qt.FocusReason.OtherFocusReason)

    def _decide(
        self, decision: TellerDecision, *, reason: str = "", second_teller: str = "", documents: tuple[str, ...] = ()
    ) -> None:
        self.close_form()
        self.decided.emit(decision, reason, second_teller, documents)
