"""A station that does what a test says: shows views, refuses wishes, hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

Wish = tuple[str, tuple[Any, ...]]


class ScriptedStation:
    """A ``Station`` without devices.

    Parameters
    ----------
    view
        What it shows first.
    noted
        Called with every wish, on the caller's thread.

    Attributes
    ----------
    wishes
        Every call but those that only read.
    raises
        By the name of a method: what it raises.
    hangs
        Names of methods that do not return before ``go_on`` is set.
    """

    def __init__(self, view: StationView, noted: Callable[[Wish], None] = lambda _wish: None) -> None:
        self._view = view
        self._frame: PreviewFrame | None = None
        self._noted = noted
        self._listeners: list[tuple[Callable[[], None], Callable[[], None]]] = []
        self.wishes: list[Wish] = []
        self.raises: dict[str, Exception] = {}
        self.hangs: set[str] = set()
        self.go_on = threading.Event()
        self.views_given = 0
        self.is_closed = False

    def show(self, view: StationView) -> None:
        """Change the view, as a session does from any of its threads."""
        self._view = view
        for changed, _ in self._listeners:
            changed()

    def send(self, frame: PreviewFrame) -> None:
        """Have the camera deliver a frame."""
        self._frame = frame
        for _, preview in self._listeners:
            preview()

    def names(self) -> list[str]:
        """Return the wishes' names without the touches."""
        return [name for name, _ in self.wishes if name != "touch"]

    def subscribe(self, changed: Callable[[], None], preview: Callable[[], None]) -> None:
        self._listeners.append((changed, preview))

    def view(self) -> StationView:
        self._meet("view")
        self.views_given += 1
        return self._view

    def newest_preview(self) -> PreviewFrame | None:
        self._meet("newest_preview")
        frame, self._frame = self._frame, None
        return frame

    def sign_on(self, teller: str) -> None:
        self._note("sign_on", teller)

    def sign_on_with(self, login: str, password: Personal[str]) -> None:
        self._note("sign_on_with", login, password)

    def pass_with(self, login: str, password: Personal[str]) -> None:
        self._note("pass_with", login, password)

    def lock(self) -> None:
        self._note("lock")

    def touch(self) -> None:
        self._note("touch")

    def choose_business(self, kind: BusinessKind) -> None:
        self._note("choose_business", kind)

    def choose_role(self, role: PersonRole) -> None:
        self._note("choose_role", role)

    def look_at_devices(self) -> None:
        self._note("look_at_devices")

    def test_device(self, device: str, *, confirmed: bool = False) -> None:
        self._note("test_device", device, confirmed)

    def stop_test(self) -> None:
        self._note("stop_test")

    def scan_document(self) -> None:
        self._note("scan_document")

    def read_box(self, box: Box) -> None:
        self._note("read_box", box)

    def settle_field(self, name: FieldName, value: Personal[str]) -> None:
        self._note("settle_field", name, value)

    def read_card_again(self) -> None:
        self._note("read_card_again")

    def point_at_face(self, x_share: float, y_share: float) -> None:
        self._note("point_at_face", x_share, y_share)

    def state_identity(self, why: NoChip, *, name: str, number: str) -> None:
        self._note("state_identity", why, name, number)

    def read_travel_document(self, access: ChipAccess) -> None:
        self._note("read_travel_document", access)

    def stop_travel_document(self) -> None:
        self._note("stop_travel_document")

    def read_bank_card(self) -> None:
        self._note("read_bank_card")

    def stop_bank_card(self) -> None:
        self._note("stop_bank_card")

    def ask_authority_again(self) -> None:
        self._note("ask_authority_again")

    def note_absence(self) -> None:
        self._note("note_absence")

    def begin(self, *, another: bool = False) -> None:
        self._note("begin", *([another] if another else []))

    def note_notice(self) -> None:
        self._note("note_notice")

    def record_consent(self) -> None:
        self._note("record_consent")

    def refuse_consent(self) -> None:
        self._note("refuse_consent")

    def ask_for_training(self) -> None:
        self._note("ask_for_training")

    def judge_training(self, judgement: TellerJudgement) -> None:
        self._note("judge_training", judgement)

    def end_training(self) -> None:
        self._note("end_training")

    def forget_training(self) -> None:
        self._note("forget_training")

    def leave_face_path(self) -> None:
        self._note("leave_face_path")

    def take_picture(self) -> None:
        self._note("take_picture")

    def import_picture(self, path: Path) -> None:
        self._note("import_picture", path)

    def judge_first(self, judgement: TellerJudgement) -> None:
        self._note("judge_first", judgement)

    def note_answer(self, question: ChallengeQuestion, *, right: bool) -> None:
        self._note("note_answer", question, right)

    def retake(self) -> None:
        self._note("retake")

    def decide(self, decision: TellerDecision, *, reason: str, second_teller: str, documents: tuple[str, ...]) -> None:
        self._note("decide", decision, reason, second_teller, documents)

    def settle_review(self, case_id: str, act: ReviewAct, *, second_teller: str, documents: tuple[str, ...]) -> None:
        self._note("settle_review", case_id, act, second_teller, documents)

    def settle_review_with(self, case_id: str, login: str, password: Personal[str]) -> None:
        self._note("settle_review_with", case_id, login, password)

    def undo(self) -> None:
        self._note("undo")

    def abandon(self) -> None:
        self._note("abandon")

    def next_customer(self) -> None:
        self._note("next_customer")

    def close(self) -> None:
        self._note("close")
        self.is_closed = True

    def _note(self, name: str, *arguments: Any) -> None:
        self.wishes.append((name, arguments))
        self._noted((name, arguments))
        self._meet(name)

    def _meet(self, name: str) -> None:
        if name in self.hangs:
            self.go_on.wait(60)
        if name in self.raises:
            raise self.raises[name]
