"""What the window may ask of a station, whoever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.printed import FieldName
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.settings.personal import Personal
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_reviews import ReviewAct
from teller_assist.workflow.view_scan import Box


class Station(Protocol):
    """The window's only partner. Every method returns at once; what follows shows in the next view.

    Methods that ask for something which is not possible now raise ``SessionError`` ("not_now").
    """

    def subscribe(self, changed: Callable[[], None], preview: Callable[[], None]) -> None:
        """Have two functions called, from any thread and without a payload: after a change of the view, after a new frame."""

    def view(self) -> StationView:
        """Return what to show now."""

    def newest_preview(self) -> PreviewFrame | None:
        """Return the newest frame that was not taken yet, or None; older ones are gone."""

    def sign_on(self, teller: str) -> None:
        """Sign a teller on by name, or back on after a lock; only where no password is asked for."""

    def sign_on_with(self, login: str, password: Personal[str]) -> None:
        """Have a teller's login and password checked; the view says how it came out."""

    def lock(self) -> None:
        """Blank faces and identity until a teller signs on again."""

    def touch(self) -> None:
        """Note that somebody is at work: starts the idle clock anew."""

    def choose_business(self, kind: BusinessKind) -> None:
        """Choose what the next customer comes for."""

    def choose_role(self, role: PersonRole) -> None:
        """Choose as who the next person is checked; afterwards it is the holder again."""

    def begin(self, *, another: bool = False) -> None:
        """Begin a transaction: look for a card and, once permitted, for a face.

        Parameters
        ----------
        another
            A further person of the same business: the holder for whom an agent came, say.
        """

    def state_identity(self, why: NoChip, *, name: str, number: str) -> None:
        """Take name and number from the teller, because no chip can be read.

        Parameters
        ----------
        name, number
            Not taken, and may be empty, for a foreign document: the transaction goes on by other documents then.
        """

    def read_travel_document(self, access: ChipAccess) -> None:
        """Read the chip of a passport or travel permit, in place of an ID card, once it lies on its reader."""

    def stop_travel_document(self) -> None:
        """Wait for that chip no longer."""

    def read_bank_card(self) -> None:
        """Read the customer's bank card once it stands in its reader, in place of one that was read before."""

    def stop_bank_card(self) -> None:
        """Wait for that card no longer."""

    def note_notice(self) -> None:
        """Note that the notice was printed for this customer."""

    def record_consent(self) -> None:
        """Record that the customer agreed to face recognition."""

    def refuse_consent(self) -> None:
        """Record that the customer does not want it: the non-face path."""

    def look_at_devices(self) -> None:
        """Judge the plugins of this machine anew, for the devices dialog."""

    def test_device(self, device: str, *, confirmed: bool = False) -> None:
        """Run the self-test of one device; the devices are let go for it and opened again afterwards.

        Parameters
        ----------
        device
            Code of the wording group ``device``.
        confirmed
            The teller wants it although a customer is being served. A customer who comes later stops it.
        """

    def stop_test(self) -> None:
        """Stop the self-test that runs."""

    def scan_document(self) -> None:
        """Have the document on the scanner scanned and read, in place of a scan that still runs."""

    def read_box(self, box: Box) -> None:
        """Have the newest scan read again, the document where the teller says that it lies.

        Parameters
        ----------
        box
            x, y of the upper left corner, width and height: shares of the scan's width and height.
        """

    def settle_field(self, name: FieldName, value: Personal[str]) -> None:
        """Note that the teller looked at a field that was read: confirmed where the value is the same, edited where it is not."""

    def read_card_again(self) -> None:
        """Put the card aside, or what was typed in its place, and wait for one; only before anything was compared or alerted."""

    def ask_authority_again(self) -> None:
        """Ask the networked verification once more: it was down, or did not confirm. The earlier answer stays on record."""

    def note_absence(self) -> None:
        """Note that the holder is not here and somebody acts for them, who was checked before: documents, and no face."""

    def leave_face_path(self) -> None:
        """Go on with documents although the customer agreed: the camera is down, the face cannot be captured."""

    def take_picture(self) -> None:
        """Take the best frame so far instead of waiting for a better one."""

    def point_at_face(self, x_share: float, y_share: float) -> None:
        """Look for the face at a place of the preview instead of the largest one, until it is gone.

        Parameters
        ----------
        x_share, y_share
            0 to 1, of the frame's width and height.
        """

    def import_picture(self, path: Path) -> None:
        """Take the customer's picture from a file instead of the camera; it is marked as not live wherever it shows."""

    def judge_first(self, judgement: TellerJudgement) -> None:
        """Take the teller's own judgement, which is asked for before the reading is shown and cannot be changed afterwards."""

    def note_answer(self, question: ChallengeQuestion, *, right: bool) -> None:
        """Note whether the customer answered a question rightly; may be corrected until the decision."""

    def retake(self) -> None:
        """Throw the capture away and look for a better one."""

    def decide(self, decision: TellerDecision, *, reason: str, second_teller: str, documents: tuple[str, ...]) -> None:
        """Take the teller's decision; it can be undone for five seconds.

        Parameters
        ----------
        reason
            A reason code for REFER and REJECT, "" for PASS.
        second_teller
            The second signature where PASS needs it and no password is asked for, else "".
        documents
            Ticked documents on the non-face path.
        """

    def pass_with(self, login: str, password: Personal[str]) -> None:
        """Decide PASS with a second teller's signature, whose login and password are checked first."""

    def undo(self) -> None:
        """Take the decision back within its five seconds."""

    def abandon(self) -> None:
        """End the transaction without a decision."""

    def next_customer(self) -> None:
        """Simulated profile only: bring the next made-up customer to the counter."""

    def settle_review(self, case_id: str, act: ReviewAct, *, second_teller: str, documents: tuple[str, ...]) -> None:
        """Do with a referred customer what the manager said, or what the counter does without an answer; only between customers.

        Parameters
        ----------
        second_teller
            The second signature where the act needs it and no password is asked for, else "".
        documents
            Ticked documents where the act needs them.
        """

    def settle_review_with(self, case_id: str, login: str, password: Personal[str]) -> None:
        """Have two tellers sign for a referred customer; the second one's login and password are checked first."""

    def ask_for_training(self) -> None:
        """Have a training pair shown, where no customer is here."""

    def judge_training(self, judgement: TellerJudgement) -> None:
        """Take the teller's judgement of the training pair, which is announced as one then."""

    def end_training(self) -> None:
        """Take the training pair away; one that was not judged does not count."""

    def forget_training(self) -> None:
        """Forget every judgement of a training pair."""

    def close(self) -> None:
        """Stop every thread and process; may be called twice."""
