"""The whole panel: paints one ``StationView`` and turns every wish of the teller into a signal. It decides nothing."""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication, QEvent, QSize, Qt
from PyQt5.QtWidgets import QFrame, QLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from teller_assist.alerts.states import SignOnWay
from teller_assist.evidence.kinds import Outcome
from teller_assist.ui.panel_parts import PanelParts
from teller_assist.ui.theme import PANEL_WIDTH_PX, SCROLL_BAR_PX, Theme, style_sheet
from teller_assist.ui.widgets.pieces import column
from teller_assist.ui.words import Words
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.view import Screen, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PortraitView

LOWEST_PX = 560
COMPACT_FROM_PX = 680
FULL_FROM_PX = 900
ROOMY_FROM_PX = 1150
ROWS_BESIDE_A_CUSTOMER = 4
_SIDE_PX = 12


class Panel(PanelParts):
    """The docked window's content, 392 px wide.

    Parameters
    ----------
    words
        In which language it speaks.
    theme
        Light or dark.
    at_left
        It stands at the screen's left edge: the arrow that collapses it points there.
    """

    def __init__(self, words: Words, theme: Theme, *, at_left: bool = False) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(PANEL_WIDTH_PX)
        self._view: StationView | None = None
        self._at_left = at_left
        self._root = column(self, 0, 0)
        self._root.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the screen says how high it is, not the content
        self.dress(words, theme)

    def dress(self, words: Words, theme: Theme) -> None:
        """Make every widget anew in another language or theme, and show what was shown."""
        reopen = self._view is not None and not self.devices_dialog.isHidden()
        for one in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            one.setParent(None)
            one.deleteLater()
        self.words, self.theme = words, theme
        self._outcome: Outcome | None = None  # that stands in the gauge
        self.setStyleSheet(style_sheet(theme))
        self.make_parts(words, theme, at_left=self._at_left)
        self._lay_out()
        self._connect()
        self._fit_height()
        if self._view is not None:
            self.show_view(self._view)
        else:
            self._pages.setCurrentWidget(self.skeleton)
        if reopen:
            self._open_devices("")

    def show_view(self, view: StationView) -> None:
        """Paint a view."""
        self._view = view
        runs = view.screen is Screen.CUSTOMER
        signed_on = view.screen in (Screen.READY, Screen.CUSTOMER)
        offline = signed_on and view.sign_on.way is SignOnWay.OFFLINE
        self.header.show_place(view.counter, view.teller if signed_on else "", signed_on=signed_on, offline=offline)
        self.simulated.show_simulated(view.simulated, signed_on=signed_on)
        self.devices.show_devices(view.devices)
        self.devices_dialog.show_view(view)
        told_below = self.decision.tells_of_chip and view.problem is not None and view.problem == view.travel_document.told
        self.problem.show_problem(None if view.screen is Screen.OPENING or told_below else view.problem)
        page = {Screen.OPENING: self.skeleton, Screen.SIGN_ON: self.sign_on_page, Screen.LOCKED: self.sign_on_page}.get(
            view.screen, self._counter_page
        )
        if page is not self._pages.currentWidget():
            self.sign_on_page.clear_teller(view.sign_on.login)
            self._pages.setCurrentWidget(page)
        self.sign_on_page.show_state(locked=view.screen is Screen.LOCKED, signing=view.sign_on)
        self.decision.show_signing(view.sign_on.about(""))
        self.devices.setVisible(view.screen is not Screen.OPENING)
        self.training.show_training(view.training)
        self._show_customer(view, runs=runs)
        self._show_ready(view, shown=view.screen is Screen.READY)
        self._fit_preview()
        self._make_room_for_form()
        self._scroll_to_reading(view)

    def show_preview(self, frame: PreviewFrame) -> None:
        """Show a newer frame of the camera; only while a transaction runs."""
        if self._view is not None and self._view.screen is Screen.CUSTOMER:
            self.preview.show_frame(frame)

    def take_escape(self) -> bool:
        """Close what Esc closes first, the original or a form, and return whether there was one."""
        if not self.original.isHidden():
            self.original.close_picture()
            return True
        if self.devices_dialog.take_escape():
            return True
        return self.scan_box.close_box() or self.scan.close_editor() or self.decision.close_form() or self.reviews.close_form()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Never ask for more height than the smallest screen has."""
        return QSize(PANEL_WIDTH_PX, LOWEST_PX)

    @property
    def compact(self) -> bool:
        """Whether the height asks for the compact arrangement."""
        return self.height() < FULL_FROM_PX

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Change the arrangement with the height."""
        self._fit_height()
        self._make_room_for_form()

    def _lay_out(self) -> None:
        comes_and_goes = (self.problem, self.alert, self.reviews_line)
        top = self._padded(self.simulated, self.devices, self.stepper, *comes_and_goes)
        self._top = top
        self._counter_page = QWidget()
        page = column(self._counter_page, 0, 0)
        page.addWidget(self._scrolled(), 1)
        page.addWidget(self._padded(self.judgement, self.advice, self.challenge, self.decision))
        self._pages = QStackedWidget()
        for one in (self.skeleton, self.sign_on_page, self._counter_page):
            self._pages.addWidget(one)
            if one is not self._counter_page:  # a hidden page must not ask for height
                one.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        for one, stretch in ((self.header, 0), (top, 0), (self._pages, 1), (self.footer, 0)):
            self._root.addWidget(one, stretch)
            one.show()  # Qt itself would show it one round of events later

    def _padded(self, *widgets: QWidget) -> QWidget:
        holder = QFrame()
        layout = column(holder, 0, 6)
        layout.setContentsMargins(_SIDE_PX, 6, _SIDE_PX, 0)
        for one in widgets:
            layout.addWidget(one)
        return holder

    def _scrolled(self) -> QScrollArea:
        middle = QWidget()
        middle.setObjectName("middle")
        self._middle: QVBoxLayout = column(middle, 0, 8)
        self._middle.setContentsMargins(_SIDE_PX, 6, _SIDE_PX - SCROLL_BAR_PX, 6)
        papers = (self.identity, self.scan, self.bank_card)
        customer = (*papers, self.consent, self.preview, self.portraits, self.gauge, self.notices)
        for one in (*customer, self.training, self.ready, self.reviews, self.training.line):
            self._middle.addWidget(one)
        self._middle.addWidget(self.today, 1)
        self._middle.addStretch(0)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(middle)
        area.setMinimumHeight(40)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # in the margin, so that no width ever changes
        bar = area.verticalScrollBar()
        if bar is not None:
            bar.setEnabled(False)
            bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        return area

    def _connect(self) -> None:
        self.connect_wishes()
        self.scan.box_wanted.connect(self._open_box)
        self.devices.opened.connect(self._open_devices)
        for portraits in (self.portraits, self.training.portraits):
            portraits.opened.connect(self._open_original)
            portraits.marks_wanted.connect(self._open_marks)
        self.training.gone.connect(self.original.close_picture)
        for form in (self.decision, self.reviews, self.scan):
            form.form_changed.connect(self._make_room_for_form)

    def _show_customer(self, view: StationView, *, runs: bool) -> None:
        """Show the running transaction; without one every face and every word about a person goes."""
        self.stepper.setVisible(runs)
        self.stepper.show_steps(view.steps)
        self.alert.show_alert(view.alert if runs else None, view.more_alerts, view.seen_before)
        self.identity.show_identity(view.identity if runs else None)
        self.scan.show_scan(view.scan if runs else None, decided=view.gauge is not None)
        self.decision.show_scan(view.scan if runs else None)
        self.scan_box.show_scan(view.scan if runs else None)
        self.bank_card.show_card(view.bank_card if runs else None)
        self.portraits.show_portraits(view.portraits if runs else None)
        self.gauge.show_gauge(view.gauge if runs else None, _why_no_reading(view))
        self.advice.show_advice(view.decision.next_step if runs else None, view.reasons)
        self.notices.show_notices(view.notices if self._pages.currentWidget() is self._counter_page else ())
        self.preview.show_capture(view.capture, without_face=view.consent.without_face)
        if not runs or view.capture.blanked:
            self.preview.blank()
            if view.capture.blanked or not self.training.shows_pair:
                self.original.close_picture()
        self.consent.show_consent(view.consent)
        self.consent.setVisible(runs and not self.consent.isHidden() and view.gauge is None)
        faces = runs and not view.consent.without_face
        self.portraits.setVisible(runs)
        self.gauge.setVisible(faces)
        if not runs:
            self.decision.close_form()
        self.decision.show_face_path(view.consent)
        self.decision.show_travel_document(view.travel_document)
        self.decision.show_no_chip(possible=runs and view.may_state_identity)
        asked = runs and view.judgement_asked
        self.judgement.show_judgement(asked=asked, given=view.teller_judgement if runs else None)
        self.challenge.show_questions(view.challenge if runs else ())
        self._fold_advice(view)
        looking = runs and view.capture.permitted and not view.capture.captured and not view.consent.without_face
        self.decision.show_decision(view.decision, captured=view.capture.captured, judging=asked, looking=looking)
        self.decision.setVisible(runs)
        self.footer.show_reference(view.reference if runs else "")

    def _show_ready(self, view: StationView, *, shown: bool) -> None:
        self.ready.setVisible(shown)
        self.ready.show_choice(view.business_kind, view.role, may_go_on=view.may_go_on)
        self.ready.make_room(keys=self.training.asks, height=self.training.shows_pair and self.compact)
        self.today.setVisible(shown or (view.screen is Screen.CUSTOMER and not self.compact))
        self.reviews.show_reviews(view.reviews, shown=shown, signing=view.sign_on)
        self.reviews_line.show_reviews(view.reviews, shown=view.screen is Screen.CUSTOMER, low=self.compact)
        self.today.show_today(view.today, rows_most=None if shown else ROWS_BESIDE_A_CUSTOMER)

    def _make_room_for_form(self) -> None:
        """Leave out what a form can do without: its reasons are written beside it or are the teller's own."""
        view = self._view
        if view is None:
            return
        low = self.height() < COMPACT_FROM_PX
        documents = low and not self.decision.documents.isHidden()
        runs = view.screen is Screen.CUSTOMER
        form = self.decision.form is not None or documents or view.judgement_asked
        self.advice.setVisible(runs and view.decision.next_step is not None and not form)
        self.stepper.setVisible(runs and not (form and self.compact))
        self._settle()
        if self.reviews.form is not None:
            self._area.ensureWidgetVisible(self.reviews.form, 0, 8)
        if self.scan.fields.edits is not None:
            self._area.ensureWidgetVisible(self.scan.fields.editor, 0, 8)

    def _scroll_to_reading(self, view: StationView) -> None:
        """Bring a new outcome into sight on a low screen; afterwards the teller's own scrolling stays as it is."""
        outcome = view.gauge.outcome if view.gauge is not None and view.screen is Screen.CUSTOMER else None
        if outcome is self._outcome:
            return
        self._outcome = outcome
        if outcome is None:
            self._area.ensureVisible(0, 0)
        else:
            self._area.ensureWidgetVisible(self.gauge.headline, 0, 8)

    def _place_original(self) -> None:
        room = self.rect().adjusted(_SIDE_PX, self.header.height() + 6, -_SIDE_PX, -self.footer.height())
        for one in (self.original, self.scan_box, self.devices_dialog):
            one.setGeometry(room)

    def _open_devices(self, device: str) -> None:
        self._place_original()
        self.devices_dialog.open_at(device)

    def _open_box(self) -> None:
        view = self.scan.view
        if view is not None and view.may_draw_box:
            self._place_original()
            self.scan_box.open_box(view)

    def _settle(self) -> None:
        """Lay everything out now: layouts within layouts would settle one after the other, before the teller's eyes."""
        for _round in range(4):  # a layout within layouts settles a round after the outer one
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            self._top.setMinimumHeight(max(self._top.heightForWidth(PANEL_WIDTH_PX), 0))  # only the scrolled part gives way

    def _open_original(self, portrait: PortraitView) -> None:
        self._place_original()
        self.original.show_original(portrait)

    def _open_marks(self, live: PortraitView, reference: PortraitView) -> None:
        self._place_original()
        self.original.show_marks(live, reference)

    def _fit_height(self) -> None:
        compact = self.compact
        for one in (self.identity, self.portraits, self.training, self.gauge, self.advice):
            one.set_compact(compact)
        if self._view is not None:
            self._fold_advice(self._view)
            self._show_ready(self._view, shown=self._view.screen is Screen.READY)
        self._fit_preview()
        self._place_original()

    def _fold_advice(self, view: StationView) -> None:
        """Fold the advice where the height or the questions below it, which say the same, ask for it."""
        self.advice.set_compact(self.compact or bool(view.challenge))

    def _fit_preview(self) -> None:
        """Show the preview until there is something to judge; then the live portrait is enough unless the panel is very high."""
        view = self._view
        if view is None:
            return
        self.preview.setFixedHeight(160 if self.compact else 207)
        faces = view.screen is Screen.CUSTOMER and not view.consent.without_face
        compared = view.gauge is not None or view.judgement_asked
        shown = faces and (not compared or self.height() >= ROOMY_FROM_PX)
        self.preview.setVisible(shown)
        self.portraits.show_pad(view.capture.pad if faces and not shown else None)


def _why_no_reading(view: StationView) -> str:
    """Return what stands in the empty gauge: a code of the wording group ``gauge``."""
    if view.judgement_asked:
        return "judge_first"
    if view.decision.next_step is not None:
        return "none"
    if view.steps[Step.COMPARE] is StepState.NOW:
        return "comparing"
    return "waiting_for_card" if view.capture.captured and view.identity is None else "waiting"
