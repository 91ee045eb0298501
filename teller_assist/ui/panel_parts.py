"""Every widget of the panel, made in one language and theme, and which wish of the teller each of them stands for."""

from __future__ import annotations

from teller_assist.ui.teller_wishes import TellerWishes
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.advice import Advice
from teller_assist.ui.widgets.alert_banner import AlertBanner
from teller_assist.ui.widgets.bank_card import BankCardCard
from teller_assist.ui.widgets.challenge_card import ChallengeCard
from teller_assist.ui.widgets.consent_bar import ConsentBar
from teller_assist.ui.widgets.decision_bar import DecisionBar
from teller_assist.ui.widgets.device_chips import DeviceChips
from teller_assist.ui.widgets.devices_dialog import DevicesDialog
from teller_assist.ui.widgets.footer import Footer
from teller_assist.ui.widgets.gauge import Gauge
from teller_assist.ui.widgets.header import Header
from teller_assist.ui.widgets.identity_card import IdentityCard
from teller_assist.ui.widgets.judgement_bar import JudgementBar
from teller_assist.ui.widgets.notices import Notices, Problem
from teller_assist.ui.widgets.original import Original
from teller_assist.ui.widgets.portraits import Portraits
from teller_assist.ui.widgets.preview import Preview
from teller_assist.ui.widgets.ready import Ready
from teller_assist.ui.widgets.scan_box import ScanBox
from teller_assist.ui.widgets.scan_card import ScanCard
from teller_assist.ui.widgets.sign_on import SignOn
from teller_assist.ui.widgets.simulated_bar import SimulatedBar
from teller_assist.ui.widgets.skeleton import Skeleton
from teller_assist.ui.widgets.stepper import Stepper
from teller_assist.ui.widgets.today_list import TodayList
from teller_assist.ui.widgets.training_card import TrainingCard
from teller_assist.ui.widgets.waiting_reviews import ReviewsCard, ReviewsLine
from teller_assist.ui.words import Words


class PanelParts(TellerWishes):
    """What ``Panel`` lays out."""

    def make_parts(self, words: Words, theme: Theme, *, at_left: bool) -> None:
        """Make every widget anew.

        Parameters
        ----------
        at_left
            The panel stands at the screen's left edge.
        """
        self.header = Header(words, theme, at_left=at_left)
        self.simulated = SimulatedBar(words, theme)
        self.devices = DeviceChips(words, theme)
        self.problem = Problem(words, theme)
        self.skeleton = Skeleton(words, theme)
        self.sign_on_page = SignOn(words, theme)
        self.stepper = Stepper(words, theme)
        self.alert = AlertBanner(words, theme)
        self.identity = IdentityCard(words, theme)
        self.scan, self.scan_box = ScanCard(words, theme), ScanBox(words, theme)
        self.scan_box.setParent(self)
        self.bank_card = BankCardCard(words, theme)
        self.consent = ConsentBar(words, theme)
        self.preview = Preview(words, theme)
        self.portraits = Portraits(words, theme)
        self.gauge = Gauge(words, theme)
        self.advice = Advice(words, theme)
        self.notices = Notices(words, theme)
        self.ready = Ready(words)
        self.today = TodayList(words, theme)
        self.reviews, self.reviews_line = ReviewsCard(words, theme), ReviewsLine(words, theme)
        self.training = TrainingCard(words, theme)
        self.judgement = JudgementBar(words, theme)
        self.challenge = ChallengeCard(words, theme)
        self.decision = DecisionBar(words, theme)
        self.footer = Footer(words)
        self.devices_dialog = DevicesDialog(words, theme)
        self.devices_dialog.setParent(self)
        self.original = Original(words)
        self.original.setParent(self)

    def connect_wishes(self) -> None:
        """Turn what the widgets say into the panel's own signals."""
        for theirs, ours in (
            (self.header.language_chosen, self.language_chosen),
            (self.header.theme_chosen, self.theme_chosen),
            (self.header.lock, self.lock),
            (self.header.collapse, self.collapse),
            (self.devices_dialog.opened, self.devices_wanted),
            (self.devices_dialog.test_wanted, self.device_test_wanted),
            (self.devices_dialog.stop_wanted, self.device_test_stopped),
            (self.scan.scan_wanted, self.scan_wanted),
            (self.scan.field_settled, self.field_settled),
            (self.scan.text_wanted, self.text_wanted),
            (self.scan_box.drawn, self.box_drawn),
            (self.decision.scan_wanted, self.scan_wanted),
            (self.simulated.next_customer, self.next_customer),
            (self.sign_on_page.sign_on, self.sign_on),
            (self.sign_on_page.sign_on_with, self.sign_on_with),
            (self.decision.signed_with, self.signed_with),
            (self.ready.business_chosen, self.business_chosen),
            (self.ready.role_chosen, self.role_chosen),
            (self.ready.begin, self.begin),
            (self.ready.go_on, self.go_on),
            (self.consent.absence_noted, self.absence_noted),
            (self.decision.identity_stated, self.identity_stated),
            (self.bank_card.wanted, self.bank_card_wanted),
            (self.bank_card.stopped, self.bank_card_stopped),
            (self.decision.chip_wanted, self.chip_wanted),
            (self.decision.chip_stopped, self.chip_stopped),
            (self.consent.given, self.consent_given),
            (self.consent.refused, self.consent_refused),
            (self.consent.notice_wanted, self.notice_wanted),
            (self.identity.read_again, self.card_put_aside),
            (self.identity.ask_again, self.authority_wanted),
            (self.preview.pointed_at, self.face_pointed_at),
            (self.judgement.judged, self.judged_first),
            (self.training.asked_for, self.training_asked_for),
            (self.training.judged, self.training_judged),
            (self.training.ended, self.training_ended),
            (self.training.forgotten, self.training_forgotten),
            (self.challenge.noted, self.answer_noted),
            (self.decision.decided, self.decided),
            (self.decision.undone, self.undone),
            (self.reviews.settled, self.review_settled),
            (self.reviews.signed_with, self.review_signed_with),
            (self.reviews.text_wanted, self.text_wanted),
            (self.decision.face_path_left, self.face_path_left),
            (self.decision.consent_given, self.consent_given),
            (self.decision.picture_wanted, self.picture_wanted),
            (self.decision.import_wanted, self.import_wanted),
            (self.decision.retake, self.retake),
            (self.decision.abandoned, self.abandoned),
            (self.decision.text_wanted, self.text_wanted),
        ):
            theirs.connect(ours)
