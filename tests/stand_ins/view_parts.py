"""Made-up parts of the counter's view. The persons are invented, the faces drawn."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from teller_assist.alerts.states import Kept
from teller_assist.decision.judgement import EdgeName, NextStep
from teller_assist.demonstration.drawn_faces import drawn_face
from teller_assist.devices.kinds import DeviceState
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.wording import Sentences, codes, reason_sentences, sentence
from teller_assist.workflow.view import (
    CaptureView,
    Chip,
    ConsentView,
    DecisionView,
    DeviceChip,
    GaugeView,
    IdentityView,
    Mark,
    PassNeeds,
    Step,
    StepState,
)
from teller_assist.workflow.view_portraits import PairWord, PortraitsView, PortraitView
from teller_assist.workflow.view_today import TodayRow, TodayView

ALL = frozenset(TellerDecision)
NO_PASS = ALL - {TellerDecision.PASS}


def steps(done: int, now: StepState | None = StepState.NOW) -> dict[Step, StepState]:
    """The first ``done`` steps are done, the next one stands as told; scanning is skipped."""
    states = [StepState.DONE] * done + [StepState.TO_COME] * (5 - done)
    if now is not None and done < len(states):
        states[done] = now
    states[1] = StepState.SKIPPED
    return dict(zip(Step, states, strict=True))


def devices(**states: DeviceState) -> tuple[DeviceChip, ...]:
    """Every device ready but the named ones."""
    names = ("camera", "id_card_reader", "document_scanner", "branch_server")
    why = {DeviceState.OUT_OF_ORDER: "plugin_failed", DeviceState.NOT_AVAILABLE: "plugin_not_authorised"}
    made = []
    for name in names:
        state = states.get(name, DeviceState.READY)
        made.append(DeviceChip(name, state, reason_sentences(why[state]) if state in why else None))
    return tuple(made)


def identity(**changed: Any) -> IdentityView:
    usual = IdentityView(
        masked_name="林*晓",
        masked_number="330106 19** **** 0416",
        sex=Sex.FEMALE,
        age_years=34,
        ethnicity="汉",
        valid_until=datetime.date(2031, 5, 20),
        checks=(Chip("card_valid", Mark.GOOD), Chip("netcheck_agrees", Mark.GOOD, sentence("netcheck", "MATCH_PHOTO_SAME"))),
    )
    return replace(usual, **changed)


def pairs(
    live_netcheck: PairWord, live_chip: PairWord, chip_netcheck: PairWord, live_printed: PairWord = PairWord.NOT_COMPARED
) -> dict[EdgeName, PairWord]:
    return {
        EdgeName.LIVE_NETCHECK: live_netcheck,
        EdgeName.LIVE_CHIP: live_chip,
        EdgeName.CHIP_NETCHECK: chip_netcheck,
        EdgeName.LIVE_PRINTED: live_printed,
    }


def with_printed_portrait(shown: str, words: Mapping[EdgeName, PairWord]) -> PortraitsView:
    """A card without a chip: its printed portrait stands in the chip's place."""
    made = portraits(shown, words)
    return replace(made, chip=replace(made.chip, role="printed"))


def of_passport(shown: str, words: Mapping[EdgeName, PairWord]) -> PortraitsView:
    """A passport's portrait in the chip's place; nobody can be asked about it."""
    made = portraits(shown, words, mesh=False)
    netcheck = replace(made.netcheck, pixels=None, original=None, absent="nobody")
    return replace(made, chip=replace(made.chip, role="travel_document"), netcheck=netcheck)


def passport_identity(genuineness: str = "chip_issuer_not_checked", mark: Mark = Mark.ATTENTION) -> IdentityView:
    """A passport of nobody's state."""
    return identity(
        masked_name="S**********A",
        masked_number="XA*****12",
        ethnicity="",
        valid_until=datetime.date(2033, 5, 1),
        checks=(Chip("card_valid", Mark.GOOD), Chip(genuineness, mark), Chip("netcheck_nobody", Mark.UNKNOWN)),
        document=sentence("travel_document", "passport", state="UTO"),
    )


WAITING = pairs(PairWord.WAITING, PairWord.WAITING, PairWord.WAITING)


SMALLEST_MARK_MM = {"netcheck": 2.4, "live": 1.6, "chip": 4.1}


def portraits(
    shown: str = "netcheck live chip",
    words: Mapping[EdgeName, PairWord] = WAITING,
    *,
    absent: str = "not_yet",
    glasses: bool = False,
    mesh: bool = True,
) -> PortraitsView:
    """The named portraits are there, drawn; the networked-verification photo with a mesh that was taken out, or without one."""
    drawn = {
        "netcheck": drawn_face(168, 216, ground="#dfe6ee", shirt="#5b6b7a", mesh=mesh, glasses=glasses),
        "live": drawn_face(168, 216),
        "chip": drawn_face(168, 216, ground="#e9eef3", shirt="#2b3440", glasses=glasses),
    }
    originals = {"netcheck": (178, 220), "live": (640, 360), "chip": (102, 126)}
    made = {
        role: PortraitView(
            role, drawn[role], drawn_face(*originals[role], glasses=glasses), smallest_mark_mm=SMALLEST_MARK_MM[role]
        )
        if role in shown
        else PortraitView(role, None, None, absent)
        for role in drawn
    }
    if mesh and "netcheck" in shown:
        made["netcheck"] = replace(
            made["netcheck"],
            restored=drawn_face(168, 216, ground="#dfe6ee", shirt="#5b6b7a", glasses=glasses),
            restored_original=drawn_face(178, 220, ground="#dfe6ee", shirt="#5b6b7a", glasses=glasses),
        )
    return PortraitsView(made["netcheck"], made["live"], made["chip"], dict(words))


def gauge(outcome: Outcome, **changed: Any) -> GaugeView:
    strength = {Outcome.MATCH: 7.9, Outcome.INCONCLUSIVE: 2.4, Outcome.NON_MATCH: -4.6}[outcome]
    stranger = {
        Outcome.MATCH: Sentences(
            "与陌生人比对，每9,900次约有1次如此相似", "Of comparisons with strangers, about 1 in 9,900 looks this alike"
        ),
        Outcome.INCONCLUSIVE: Sentences(
            "与陌生人比对，每160次约有1次如此相似", "Of comparisons with strangers, about 1 in 160 looks this alike"
        ),
        Outcome.NON_MATCH: Sentences(
            "本人比对中，每1,300次约有1次比这更不相似",
            "Of comparisons of the same person, about 1 in 1,300 looks less alike than this",
        ),
    }[outcome]
    told = {
        Outcome.MATCH: sentence("reading", "favours_same", ratio="2,700", ratio_low="900", ratio_high="5,400"),
        Outcome.INCONCLUSIVE: sentence("reading", "favours_same", ratio="11", ratio_low="4", ratio_high="26"),
        Outcome.NON_MATCH: sentence("reading", "favours_stranger", ratio="100", ratio_low="37", ratio_high="250"),
    }[outcome]
    match = outcome is Outcome.MATCH
    usual = GaugeView(
        outcome=outcome,
        stranger=strength,
        stranger_ci95=(strength - 1.1, strength + 0.7),
        clamped=False,
        non_match_until=-2.1,
        match_from=4.6,
        axis_low=-9.5,
        axis_high=10.5,
        relative_band=(-0.05, 0.04) if match else None,
        headline=stranger,
        told=(told, sentence("reading", "close_relative")) if match else (told,),
        calibration=sentence("advice", "factory_calibration"),
    )
    return replace(usual, **changed)


def reasons(decision: TellerDecision) -> tuple[str, ...]:
    """As ``workflow.deciding`` offers them, which imports OpenCV."""
    return tuple(one for one in codes(f"{decision}_reason") if not one.startswith("manager_"))


def decision(
    enabled: frozenset[TellerDecision] = frozenset(),
    emphasised: TellerDecision | None = None,
    next_step: NextStep | None = None,
    **changed: Any,
) -> DecisionView:
    usual = DecisionView(
        enabled=enabled,
        emphasised=emphasised,
        pass_needs=PassNeeds.NOTHING,
        next_step=next_step,
        reason_codes={one: reasons(one) for one in (TellerDecision.REFER, TellerDecision.REJECT)},
        documents=tuple(one for one in codes("document") if one not in ("power_of_attorney", "guardianship_proof")),
    )
    return replace(usual, **changed)


def today(rows: int = 4, **changed: Any) -> TodayView:
    passed, referred, rejected = TellerDecision.PASS, TellerDecision.REFER, TellerDecision.REJECT
    made = (
        TodayRow(datetime.time(14, 27), "张*伟", BusinessKind.LOSS_REPORT, passed, alert=False, kept=Kept.DELIVERED),
        TodayRow(datetime.time(14, 15), "李*", BusinessKind.PASSWORD_RESET, referred, alert=True, kept=Kept.DELIVERED),
        TodayRow(datetime.time(14, 2), "王*芳", BusinessKind.ACCOUNT_OPENING, passed, alert=False, kept=Kept.DELIVERED),
        TodayRow(datetime.time(13, 51), "欧**修", BusinessKind.LARGE_WITHDRAWAL, rejected, alert=True, kept=Kept.DELIVERED),
        TodayRow(datetime.time(13, 40), "赵*", BusinessKind.ACTIVATION, None, alert=False, kept=Kept.DELIVERED),
    )[:rows]
    usual = TodayView(rows=made, checked=len(made), referred=sum(row.decision is referred for row in made), waiting=0)
    return replace(usual, **changed)


GOOD_PICTURE = tuple(Chip(code, Mark.GOOD) for code in ("light", "sharpness", "pose", "distance"))
POOR_PICTURE = (
    Chip("light", Mark.ATTENTION),
    Chip("sharpness", Mark.GOOD),
    Chip("pose", Mark.ATTENTION),
    Chip("distance", Mark.UNKNOWN),
)
LIVE_PERSON = Chip("bona_fide", Mark.GOOD)


def capture(**changed: Any) -> CaptureView:
    return replace(CaptureView(permitted=True, hint=None, captured=False, stalled=False, quality=(), pad=None), **changed)


CONSENTED = ConsentView(asked=False, given="separate_consent", refused=False, may_leave=True)
ASKED = ConsentView(asked=True, given="", refused=False)
REFUSED = ConsentView(asked=False, given="", refused=True, may_return=True)
LEFT = ConsentView(asked=False, given="separate_consent", refused=False, left=True, may_return=True)
CAPTURED = {"captured": True, "pad": LIVE_PERSON}
