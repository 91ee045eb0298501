"""From evidence to judgement under the shipped policy."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.edges import Edge, Edges, NotCompared, NotComparedWhy
from teller_assist.decision.judgement import AlertKind, FaceFinding, Judgement, NextStep, Severity
from teller_assist.decision.judging import CustomerEvidence, DeviceProblem, DocumentProblem, judge
from teller_assist.decision.kinship import LOOK_ALIKE, NO_ENTRY, NOT_LOOKED_UP, POSSIBLE_TWIN, RELATIVE, register_finding
from teller_assist.decision.policy import read_policy
from teller_assist.decision.second_identity import NOT_SEARCHED, FaceSearch, SecondIdentityFinding, SeenBefore
from teller_assist.decision.travel_document import TravelDocumentFinding
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.evidence.printed import FieldName
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerJudgement
from teller_assist.evidence.travel_document import CheckState, PassiveAuthentication
from teller_assist.settings.personal import Personal
from teller_assist.wording import codes, sentence

POLICY = read_policy((Path(__file__).resolve().parents[2] / "config" / "policy.toml").read_bytes())
ABSENT = NotCompared(NotComparedWhy.NO_PHOTO)
BONA_FIDE = PadReading(PadState.BONA_FIDE, ("passive_bona_fide",))
ATTACK = PadReading(PadState.ATTACK, ("passive_attack",))
LOOP = PadReading(PadState.ATTACK, ("frame_repeat",))
UNCERTAIN = PadReading(PadState.UNCERTAIN, ("track_broken",))
MODEL_MISSING = PadReading(PadState.NOT_AVAILABLE, ("passive_model_missing",))
NOT_APPLICABLE = PadReading(PadState.NOT_APPLICABLE, ("no_face_captured",))
READINGS = (BONA_FIDE, ATTACK, LOOP, UNCERTAIN, MODEL_MISSING, NOT_APPLICABLE)

GOOD = CustomerEvidence(
    edges=Edges(Outcome.MATCH, Outcome.MATCH, Outcome.MATCH),
    netcheck=NetcheckCode.MATCH_PHOTO_SAME,
    kinship=NO_ENTRY,
    pad=BONA_FIDE,
    business_kind=BusinessKind.ACCOUNT_OPENING,
    attempts=1,
)


SEARCH = FaceSearch(7, 400, 0.706, "1e-4", 9.9e-5, 0.039, "m/live-archive/2026-11-30", "m")
NOBODY_FOUND = SecondIdentityFinding(SEARCH)
SEEN = SecondIdentityFinding(SEARCH, (SeenBefore("0" * 32, datetime.date(2026, 11, 27), "loss_report"),))


def judged(**changed: object) -> Judgement:
    return judge(replace(GOOD, **changed), POLICY)  # type: ignore[arg-type]


def alerts_of(judgement: Judgement) -> list[tuple[str, str, str]]:
    return [(alert.kind.value, alert.severity.value, alert.why) for alert in judgement.alerts]


def live(outcome: Edge) -> Edges:
    return Edges(outcome, ABSENT, ABSENT)


def differing(field: FieldName, agreement: Agreement = Agreement.DIFFERENT) -> FieldComparison:
    return FieldComparison(field, Personal("1"), Personal("2"), None, agreement)


def judged_with_a_printed_portrait() -> Iterator[Judgement]:
    no_card, no_face = NotCompared(NotComparedWhy.NO_CARD), NotCompared(NotComparedWhy.NO_FACE)
    compared: list[Edge] = [*Outcome, no_face]
    for chip, netcheck, printed in product([*Outcome, no_card], [*Outcome, ABSENT], compared):
        yield judged(edges=Edges(chip, netcheck, ABSENT, printed))


AUTHENTICATIONS = [PassiveAuthentication(*states) for states in product(CheckState, repeat=3)]


def judged_with_a_travel_document() -> Iterator[Judgement]:
    for checks, expired, chip in product(AUTHENTICATIONS, (True, False), Outcome):
        yield judged(edges=live(chip), travel_document=TravelDocumentFinding(checks, expired=expired, calibrated=False))


EDGES: st.SearchStrategy[Edge] = st.sampled_from([*Outcome, *(NotCompared(why) for why in NotComparedWhy)])
EVIDENCE = st.builds(
    CustomerEvidence,
    edges=st.builds(Edges, EDGES, EDGES, EDGES, EDGES),
    netcheck=st.sampled_from(NetcheckCode),
    kinship=st.sampled_from([NO_ENTRY, RELATIVE, POSSIBLE_TWIN, LOOK_ALIKE, NOT_LOOKED_UP]),
    pad=st.sampled_from(READINGS),
    business_kind=st.sampled_from(BusinessKind),
    attempts=st.integers(0, 7),
    document_problems=st.sampled_from([(), (DocumentProblem.CARD_EXPIRED,), tuple(DocumentProblem)]),
    teller_judgement=st.sampled_from([None, *TellerJudgement]),
    imported=st.booleans(),
    device_problems=st.sampled_from([(), tuple(DeviceProblem)]),
    netcheck_before=st.sampled_from([(), (NetcheckCode.CARD_LOST, NetcheckCode.SERVICE_DOWN)]),
    second_identity=st.sampled_from([NOT_SEARCHED, NOBODY_FOUND, SEEN]),
    travel_document=st.one_of(
        st.none(),
        st.builds(TravelDocumentFinding, st.sampled_from(AUTHENTICATIONS), expired=st.booleans(), calibrated=st.booleans()),
    ),
    printed=st.lists(st.builds(differing, st.sampled_from(FieldName), st.sampled_from(Agreement)), max_size=4).map(tuple),
)


def test_everything_in_order_proceeds_without_an_alert() -> None:
    judgement = judged()
    assert (judgement.outcome, judgement.face, judgement.next_step) == (Outcome.MATCH, FaceFinding.MATCH, NextStep.PROCEED)
    assert judgement.alerts == ()
    assert judgement.rule == "clear_match"
    assert judgement.reasons == (
        "live_chip_agrees",
        "live_netcheck_agrees",
        "no_relative_in_register",
        "netcheck_match_photo_same",
        "pad_bona_fide",
    )


@pytest.mark.parametrize(
    ("changed", "next_step", "alerts"),
    [
        ({"edges": live(Outcome.NON_MATCH)}, "auxiliary_document", [("impostor", "review", "live_chip_differs")]),
        (
            {"edges": live(Outcome.NON_MATCH), "kinship": RELATIVE},
            "manager_review",
            [("impostor", "review", "live_chip_differs"), ("kinship", "review", "relative_in_register")],
        ),
        (
            {"edges": live(Outcome.NON_MATCH), "netcheck": NetcheckCode.MATCH_PHOTO_DIFFERENT},
            "manager_review",
            [("impostor", "stop", "live_chip_differs"), ("netcheck_result", "stop", "netcheck_match_photo_different")],
        ),
        (
            {"edges": Edges(Outcome.MATCH, Outcome.NON_MATCH, Outcome.INCONCLUSIVE)},
            "retake",
            [("impostor", "review", "live_netcheck_differs")],
        ),
        (
            {"edges": Edges(Outcome.MATCH, Outcome.MATCH, Outcome.NON_MATCH)},
            "auxiliary_document",
            [("document_mismatch", "review", "chip_netcheck_differs")],
        ),
        (
            {"document_problems": (DocumentProblem.CARD_EXPIRED,)},
            "auxiliary_document",
            [("document_mismatch", "review", "card_expired")],
        ),
        ({"kinship": RELATIVE}, "challenge_questions", [("kinship", "info", "relative_in_register")]),
        ({"kinship": POSSIBLE_TWIN}, "challenge_questions", [("kinship", "review", "possible_twin")]),
        (
            {"kinship": RELATIVE, "business_kind": BusinessKind.PASSWORD_RESET},
            "challenge_questions",
            [("kinship", "review", "relative_in_register")],
        ),
        ({"kinship": NOT_LOOKED_UP}, "challenge_questions", []),
        ({"pad": ATTACK}, "retake", [("presentation_attack", "review", "passive_attack")]),
        ({"pad": LOOP, "attempts": 2}, "manager_review", [("presentation_attack", "review", "frame_repeat")]),
        (
            {"pad": ATTACK, "edges": live(Outcome.NON_MATCH)},
            "manager_review",
            [("presentation_attack", "stop", "passive_attack"), ("impostor", "stop", "live_chip_differs")],
        ),
        ({"pad": MODEL_MISSING}, "proceed", []),
        ({"pad": UNCERTAIN}, "retake", []),
        (
            {"netcheck": NetcheckCode.NAME_MISMATCH},
            "auxiliary_document",
            [("netcheck_result", "review", "netcheck_name_mismatch")],
        ),
        (
            {"netcheck": NetcheckCode.NAME_MISMATCH, "name_agreement": NameAgreement.ENCODING},
            "auxiliary_document",
            [("netcheck_result", "review", "netcheck_name_encoding")],
        ),
        (
            {"netcheck": NetcheckCode.NAME_MISMATCH, "name_agreement": NameAgreement.DIFFERENT},
            "auxiliary_document",
            [("netcheck_result", "review", "netcheck_name_mismatch")],
        ),
        ({"netcheck": NetcheckCode.CARD_LOST}, "refuse_card", [("netcheck_result", "stop", "netcheck_card_lost")]),
        ({"netcheck": NetcheckCode.SERVICE_DOWN}, "challenge_questions", [("netcheck_result", "info", "netcheck_service_down")]),
        ({"netcheck": NetcheckCode.MATCH_NO_PHOTO, "edges": live(Outcome.MATCH)}, "proceed", []),
        ({"edges": live(Outcome.INCONCLUSIVE)}, "retake", []),
        (
            {"edges": live(Outcome.INCONCLUSIVE), "attempts": 4},
            "auxiliary_document",
            [("attempts_exceeded", "review", "attempts_exceeded")],
        ),
        (
            {"edges": live(NotCompared(NotComparedWhy.FACE_PATH_LEFT)), "pad": NOT_APPLICABLE, "attempts": 0},
            "verify_by_hand",
            [("non_face_path", "info", "face_path_left")],
        ),
        (
            {"edges": live(NotCompared(NotComparedWhy.CONSENT_REFUSED)), "pad": NOT_APPLICABLE, "attempts": 0},
            "verify_by_hand",
            [("non_face_path", "info", "consent_refused")],
        ),
        (
            {"edges": live(NotCompared(NotComparedWhy.QUALITY_TOO_LOW))},
            "verify_by_hand",
            [("quality", "info", "quality_too_low")],
        ),
        ({"edges": live(NotCompared(NotComparedWhy.MODELS_MISSING)), "pad": MODEL_MISSING}, "verify_by_hand", []),
    ],
)  # fmt: skip
def test_next_step_and_alerts(changed: dict[str, object], next_step: str, alerts: list[tuple[str, str, str]]) -> None:
    judgement = judged(**changed)
    assert judgement.next_step.value == next_step
    assert alerts_of(judgement) == alerts


def test_another_picture_is_not_asked_for_where_the_document_is_the_problem() -> None:
    edges = Edges(Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Outcome.NON_MATCH)
    assert [judged(edges=edges, attempts=attempts).next_step for attempts in (1, 5)] == [
        NextStep.AUXILIARY_DOCUMENT,
        NextStep.DUAL_SIGNATURE,
    ]


@pytest.mark.parametrize("alone", list(Outcome))
def test_another_picture_is_not_asked_for_where_the_chip_portrait_cannot_be_compared(alone: Outcome) -> None:
    judgement = judged(edges=Edges(NotCompared(NotComparedWhy.NO_FACE), alone, ABSENT), attempts=1)
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT


def test_an_attack_beside_a_document_problem_stays_the_manager_s() -> None:
    judgement = judged(pad=ATTACK, document_problems=(DocumentProblem.CARD_EXPIRED,))
    assert judgement.next_step is NextStep.RETAKE
    assert [alert.kind for alert in judgement.alerts] == [AlertKind.PRESENTATION_ATTACK, AlertKind.DOCUMENT_MISMATCH]


def test_the_authority_s_photograph_alone_raises_no_alert_about_the_person() -> None:
    judgement = judged(edges=Edges(ABSENT, Outcome.NON_MATCH, ABSENT))
    assert judgement.face is FaceFinding.CANNOT_TELL
    assert judgement.alerts == ()
    assert judgement.reasons[:2] == ("live_netcheck_differs", "netcheck_photo_alone")


def test_with_an_imported_picture_two_tellers_confirm_and_the_reason_stands_before_the_face() -> None:
    judgement = judged(imported=True)
    assert judgement.next_step is NextStep.DUAL_SIGNATURE
    assert judgement.reasons[:2] == ("picture_imported", "live_chip_agrees")
    assert judgement.alerts == ()
    assert judged(imported=True, edges=live(Outcome.NON_MATCH)).next_step is NextStep.AUXILIARY_DOCUMENT


def test_what_the_authority_said_before_keeps_its_severity_and_leads_to_another_document() -> None:
    judgement = judged(netcheck_before=(NetcheckCode.CARD_LOST,))
    assert [(alert.severity, alert.why) for alert in judgement.alerts] == [(Severity.STOP, "netcheck_answered_otherwise")]
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT
    milder = judged(netcheck=NetcheckCode.NAME_MISMATCH, netcheck_before=(NetcheckCode.CARD_LOST,))
    assert [(alert.severity, alert.why) for alert in milder.alerts] == [(Severity.STOP, "netcheck_name_mismatch")]
    assert judged(netcheck_before=(NetcheckCode.SERVICE_DOWN,)).alerts == ()


def test_what_is_amiss_comes_before_what_agrees() -> None:
    judgement = judged(netcheck=NetcheckCode.NOT_FOUND, pad=ATTACK, document_problems=(DocumentProblem.CARD_EXPIRED,))
    assert judgement.reasons[:4] == ("card_expired", "netcheck_not_found", "pad_attack", "live_chip_agrees")


# ---------------------------------------------------------------- what holds for all evidence


@given(EVIDENCE)
def test_at_most_one_alert_of_a_kind_and_the_most_severe_first(evidence: CustomerEvidence) -> None:
    judgement = judge(evidence, POLICY)
    kinds = [alert.kind for alert in judgement.alerts]
    assert len(set(kinds)) == len(kinds)
    ranks = [[Severity.STOP, Severity.REVIEW, Severity.INFO].index(alert.severity) for alert in judgement.alerts]
    assert ranks == sorted(ranks)


@given(EVIDENCE)
def test_every_code_has_words_and_no_reason_comes_twice(evidence: CustomerEvidence) -> None:
    judgement = judge(evidence, POLICY)
    assert judgement.reasons
    assert len(set(judgement.reasons)) == len(judgement.reasons)
    for code in judgement.reasons:
        assert sentence("reason", code).zh
    for alert in judgement.alerts:
        assert sentence("alert_headline", alert.why).zh
        assert sentence("alert_text", alert.why).zh
    for why in evidence.pad.why:
        assert sentence("pad_why", why).zh


@given(EVIDENCE)
def test_each_alert_has_its_evidence(evidence: CustomerEvidence) -> None:
    kinds = {alert.kind for alert in judge(evidence, POLICY).alerts}
    assert (AlertKind.PRESENTATION_ATTACK in kinds) == (evidence.pad.state is PadState.ATTACK)
    assert (AlertKind.KINSHIP in kinds) == (evidence.kinship.why in (RELATIVE.why, POSSIBLE_TWIN.why))
    assert (AlertKind.LOOK_ALIKE in kinds) == evidence.kinship.look_alike
    assert (AlertKind.DEVICE in kinds) == bool(evidence.device_problems)
    assert (AlertKind.SECOND_IDENTITY in kinds) == bool(evidence.second_identity.seen)
    assert (AlertKind.ATTEMPTS_EXCEEDED in kinds) == (evidence.attempts > 3)
    assert AlertKind.IMPOSTOR not in kinds or Outcome.NON_MATCH in (evidence.edges.live_chip, evidence.edges.live_netcheck)
    disagrees = AlertKind.JUDGEMENT_DISAGREEMENT in kinds
    assert not disagrees or (evidence.teller_judgement and judge(evidence, POLICY).face is not FaceFinding.CANNOT_TELL)
    assert kinds <= {*(AlertKind(kind) for kind in RAISED)}


RAISED = (
    "impostor", "kinship", "presentation_attack", "document_mismatch", "netcheck_result", "quality", "attempts_exceeded",
    "non_face_path", "look_alike", "second_identity", "judgement_disagreement", "device",
)  # fmt: skip


@given(EVIDENCE)
def test_nothing_but_a_reported_card_is_refused_and_nothing_proceeds_against_evidence(evidence: CustomerEvidence) -> None:
    judgement = judge(evidence, POLICY)
    if judgement.next_step is NextStep.REFUSE_CARD:
        assert evidence.netcheck in (NetcheckCode.CARD_LOST, NetcheckCode.CARD_INVALID)
        assert evidence.pad.state is not PadState.ATTACK
    if judgement.next_step is NextStep.PROCEED:
        assert judgement.outcome is Outcome.MATCH
        assert Outcome.NON_MATCH not in (evidence.edges.live_netcheck, evidence.edges.chip_netcheck)
        assert evidence.kinship == NO_ENTRY
        assert not evidence.second_identity.seen
        assert not evidence.document_problems
        assert not evidence.printed_contradicts
        assert not evidence.imported
        assert NetcheckCode.CARD_LOST not in evidence.netcheck_before


@given(EVIDENCE)
def test_more_captures_never_lead_back_to_another_one(evidence: CustomerEvidence) -> None:
    steps = [judge(replace(evidence, attempts=attempts), POLICY).next_step for attempts in range(7)]
    retakes = [step is NextStep.RETAKE for step in steps]
    assert retakes == sorted(retakes, reverse=True)
    assert not any(retakes[4:]), "at most three captures are followed by another one"


# ---------------------------------------------------------------- words for a teller with the customer at the counter

ACCUSING = ("冒用", "冒充", "嫌疑", "欺诈", "骗", "伪造", "作案", "fraud", "fake", "impost", "spoof", "suspect", "forge")
GROUPS = ("next_step", "next_step_text", "alert_headline", "alert_text", "reason", "pad_state", "pad_why")


def every_word() -> Iterator[tuple[str, str]]:
    for group in GROUPS:
        for code in codes(group):
            words = sentence(group, code)
            yield f"{group}.{code}", words.zh + words.en.lower()


def test_nobody_is_accused() -> None:
    for place, words in every_word():
        assert not [word for word in ACCUSING if word in words], place


def test_no_alert_names_its_kind_where_that_would_accuse() -> None:
    assert sentence("alert_headline", "live_chip_differs").zh == "现场人像与芯片照不一致"


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    assert codes("alert_headline") == codes("alert_text")
    for code in codes("alert_text"):
        headline, text = sentence("alert_headline", code), sentence("alert_text", code)
        assert len(headline.zh) <= 20, code
        assert len(headline.en) <= 60, code
        assert re.search(r"请|核对|重新|办理|查看", text.zh), code
        assert text.zh.endswith("。"), code


def test_differing_pictures_alone_are_said_to_be_no_ground_for_a_refusal() -> None:
    assert "不能拒绝" in sentence("alert_text", "live_chip_differs").zh
    assert "不是拒绝的理由" in sentence("reason", "non_match_is_no_refusal").zh


def test_every_reachable_code_is_used_and_no_word_is_left_over() -> None:
    """Every reason and alert with words can come up, and the other way round."""
    reasons, alerts = set[str](), set[str]()
    edges = [*Outcome, *(NotCompared(why) for why in NotComparedWhy)]
    kin = [NO_ENTRY, RELATIVE, POSSIBLE_TWIN, LOOK_ALIKE, NOT_LOOKED_UP]
    for chip, netcheck_edge, cross in product(edges, [*Outcome, ABSENT, NotCompared(NotComparedWhy.NO_FACE)], [*Outcome, ABSENT]):
        judgement = judged(edges=Edges(chip, netcheck_edge, cross))
        reasons |= set(judgement.reasons)
        alerts |= {alert.why for alert in judgement.alerts}
    for netcheck, finding, reading in product(NetcheckCode, kin, READINGS):
        judgement = judged(netcheck=netcheck, kinship=finding, pad=reading, attempts=4, document_problems=tuple(DocumentProblem))
        reasons |= set(judgement.reasons)
        alerts |= {alert.why for alert in judgement.alerts}
    for problem in DocumentProblem:
        alerts |= {alert.why for alert in judged(document_problems=(problem,)).alerts}
    encoding = judged(netcheck=NetcheckCode.NAME_MISMATCH, name_agreement=NameAgreement.ENCODING)
    reasons |= set(encoding.reasons)
    alerts |= {alert.why for alert in encoding.alerts}
    for answers in (dict.fromkeys(ChallengeQuestion, True), {ChallengeQuestion.OWN_NUMBER: False}):
        reasons |= set(judged(kinship=RELATIVE, challenge=answers).reasons)
    for own, outcome in ((TellerJudgement.SURELY_SAME, Outcome.NON_MATCH), (TellerJudgement.PERHAPS_DIFFERENT, Outcome.MATCH)):
        judgement = judged(teller_judgement=own, edges=live(outcome))
        reasons |= set(judgement.reasons)
        alerts |= {alert.why for alert in judgement.alerts}
    reasons |= set(judged(edges=live(Outcome.NON_MATCH)).reasons)
    for role, kind in product(PersonRole, (BusinessKind.ACTIVATION, BusinessKind.PASSWORD_RESET)):
        reasons |= set(judged(role=role, business_kind=kind).reasons)
    for why in NoChip:
        reasons |= set(judged(without_chip=why).reasons)
    reasons |= set(judged(imported=True).reasons)
    for device in DeviceProblem:
        down = judged(device_problems=(device,))
        reasons |= set(down.reasons)
        alerts |= {alert.why for alert in down.alerts}
    otherwise = judged(netcheck_before=(NetcheckCode.NOT_FOUND,))
    reasons |= set(otherwise.reasons)
    alerts |= {alert.why for alert in otherwise.alerts}
    judgement = judged(second_identity=SEEN)
    reasons |= set(judgement.reasons)
    alerts |= {alert.why for alert in judgement.alerts}
    for field in FieldName:
        judgement = judged(printed=(differing(field),))
        reasons |= set(judgement.reasons)
        alerts |= {alert.why for alert in judgement.alerts}
    printed = [*judged_with_a_printed_portrait(), *judged_with_a_travel_document()]
    reasons |= {reason for judgement in printed for reason in judgement.reasons}
    alerts |= {alert.why for judgement in printed for alert in judgement.alerts}
    reasons |= {"kinship_server_unreachable", "kinship_server_refused"}  # see test_kinship.py
    assert reasons == set(codes("reason"))
    assert alerts == set(codes("alert_headline"))


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (FieldName.ID_NUMBER, "printed_number_differs"),
        (FieldName.NAME, "printed_name_differs"),
        (FieldName.BIRTH, "printed_birth_differs"),
        (FieldName.SEX, "printed_sex_differs"),
    ],
)
def test_a_printed_card_that_names_another_holder_than_its_chip_goes_to_the_manager(field: FieldName, why: str) -> None:
    judgement = judged(printed=(differing(field),))
    assert judgement.next_step is NextStep.MANAGER_REVIEW
    assert alerts_of(judgement) == [("document_mismatch", "review", why)]
    assert judgement.reasons[0] == why


@pytest.mark.parametrize(("chip", "printed"), [(Outcome.MATCH, Outcome.NON_MATCH), (Outcome.NON_MATCH, Outcome.MATCH)])
def test_a_printed_portrait_of_another_person_than_the_chips_goes_to_the_manager(chip: Outcome, printed: Outcome) -> None:
    judgement, without = judged(edges=Edges(chip, ABSENT, ABSENT, printed)), judged(edges=Edges(chip, ABSENT, ABSENT))
    assert judgement.outcome is without.outcome is chip, "a print neither makes nor softens an outcome"
    assert judgement.next_step is NextStep.MANAGER_REVIEW
    assert ("document_mismatch", "review", "printed_portrait_differs") in alerts_of(judgement)
    assert judgement.reasons[0] == "printed_portrait_differs"


@pytest.mark.parametrize("printed", [*Outcome, ABSENT])
def test_the_printed_portrait_of_a_card_without_a_chip_asks_for_another_document_and_accuses_nobody(printed: Edge) -> None:
    no_card = NotCompared(NotComparedWhy.NO_CARD)
    judgement = judged(edges=Edges(no_card, ABSENT, no_card, printed), without_chip=NoChip.TEMPORARY_CARD)
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT
    assert AlertKind.IMPOSTOR not in {alert.kind for alert in judgement.alerts}


@pytest.mark.parametrize("field", [FieldName.ADDRESS, FieldName.AUTHORITY, FieldName.ETHNICITY, FieldName.VALID_TO])
def test_another_field_that_differs_is_told_and_changes_nothing(field: FieldName) -> None:
    judgement, without = judged(printed=(differing(field),)), judged()
    assert (judgement.next_step, judgement.alerts) == (without.next_step, without.alerts)
    assert len(judgement.reasons) == len(without.reasons) + 1


@pytest.mark.parametrize("agreement", [Agreement.EQUAL, Agreement.EQUIVALENT, Agreement.MISSING])
def test_a_field_that_agrees_or_was_compared_with_nothing_says_nothing(agreement: Agreement) -> None:
    assert judged(printed=tuple(differing(field, agreement) for field in FieldName)) == judged()


def test_the_weightiest_of_several_contradictions_names_the_one_alert() -> None:
    judgement = judged(printed=tuple(differing(field) for field in FieldName), document_problems=(DocumentProblem.CARD_EXPIRED,))
    assert alerts_of(judgement) == [("document_mismatch", "review", "printed_number_differs")]
    assert judgement.reasons[:3] == ("card_expired", "printed_number_differs", "printed_name_differs")


def test_an_attack_beside_a_printed_contradiction_keeps_its_own_step() -> None:
    assert judged(pad=ATTACK, printed=(differing(FieldName.NAME),)).next_step is judged(pad=ATTACK).next_step


def test_a_look_alike_on_record_asks_for_questions_before_a_match_proceeds() -> None:
    judgement = judged(kinship=LOOK_ALIKE)
    assert judgement.next_step is NextStep.CHALLENGE_QUESTIONS
    assert alerts_of(judgement) == [("look_alike", "review", "look_alike_in_register")]
    assert judgement.reasons.count("look_alike_in_register") == 1


def test_a_face_seen_under_another_number_asks_for_questions_as_a_relative_would_and_a_manager_looks() -> None:
    judgement = judged(second_identity=SEEN)
    assert judgement.next_step is judged(kinship=RELATIVE).next_step is NextStep.CHALLENGE_QUESTIONS
    assert alerts_of(judgement) == [("second_identity", "review", "second_identity_recent")]
    assert "second_identity_recent" in judgement.reasons
    assert judgement.outcome is Outcome.MATCH, "the outcome is the comparison's with this card alone"


def test_its_questions_lead_on_as_those_about_a_relative_do() -> None:
    for answers in (dict.fromkeys(ChallengeQuestion, True), {ChallengeQuestion.OWN_NUMBER: False}):
        seen, relative = judged(second_identity=SEEN, challenge=answers), judged(kinship=RELATIVE, challenge=answers)
        assert seen.next_step is relative.next_step


def test_a_search_that_found_nobody_claims_nothing() -> None:
    assert judged(second_identity=NOBODY_FOUND) == judged()


@given(EVIDENCE)
def test_a_face_seen_before_changes_steps_that_ask_for_nothing_and_no_others(evidence: CustomerEvidence) -> None:
    seen, alone = (judge(replace(evidence, second_identity=one), POLICY) for one in (SEEN, NOT_SEARCHED))
    if alone.next_step not in (NextStep.PROCEED, NextStep.VERIFY_BY_HAND):
        assert seen.next_step is alone.next_step
    assert seen.next_step is not NextStep.REFUSE_CARD or alone.next_step is NextStep.REFUSE_CARD
    assert (seen.outcome, seen.face, seen.kinship, seen.rule) == (alone.outcome, alone.face, alone.kinship, alone.rule)


def test_a_relative_who_also_looks_alike_gives_both_alerts_and_both_reasons() -> None:
    judgement = judged(kinship=register_finding(relative=True, possible_twin=True, look_alike=True))
    assert {alert.kind for alert in judgement.alerts} == {AlertKind.KINSHIP, AlertKind.LOOK_ALIKE}
    assert {"possible_twin", "look_alike_in_register"} <= set(judgement.reasons)


def test_a_teller_who_disagrees_with_a_match_is_told_to_take_another_document_and_a_manager_looks() -> None:
    judgement = judged(teller_judgement=TellerJudgement.PERHAPS_DIFFERENT)
    assert judgement.outcome is Outcome.MATCH
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT
    assert alerts_of(judgement) == [("judgement_disagreement", "review", "teller_different_reading_same")]
    assert "teller_different_reading_same" in judgement.reasons


def test_a_teller_who_disagrees_with_a_non_match_adds_an_alert_and_changes_no_step() -> None:
    alone, beside = (
        judged(edges=live(Outcome.NON_MATCH)),
        judged(edges=live(Outcome.NON_MATCH), teller_judgement=TellerJudgement.PROBABLY_SAME),
    )
    assert beside.next_step is alone.next_step
    assert set(alerts_of(beside)) - set(alerts_of(alone)) == {
        ("judgement_disagreement", "review", "teller_same_reading_different")
    }


@pytest.mark.parametrize(
    ("own", "outcome"),
    [
        (TellerJudgement.CANNOT_SAY, Outcome.MATCH),
        (TellerJudgement.CANNOT_SAY, Outcome.NON_MATCH),
        (TellerJudgement.SURELY_SAME, Outcome.MATCH),
        (TellerJudgement.SURELY_DIFFERENT, Outcome.NON_MATCH),
        (TellerJudgement.SURELY_SAME, Outcome.INCONCLUSIVE),
        (TellerJudgement.SURELY_DIFFERENT, Outcome.INCONCLUSIVE),
    ],
)
def test_who_cannot_say_and_who_agrees_changes_nothing(own: TellerJudgement, outcome: Outcome) -> None:
    assert judged(edges=live(outcome), teller_judgement=own) == judged(edges=live(outcome))


ALL_RIGHT = dict.fromkeys(ChallengeQuestion, True)


@pytest.mark.parametrize(
    ("answers", "netcheck", "step"),
    [
        ({}, NetcheckCode.MATCH_PHOTO_SAME, NextStep.CHALLENGE_QUESTIONS),
        ({ChallengeQuestion.OWN_NUMBER: True}, NetcheckCode.MATCH_PHOTO_SAME, NextStep.CHALLENGE_QUESTIONS),
        (ALL_RIGHT, NetcheckCode.MATCH_PHOTO_SAME, NextStep.PROCEED),
        (ALL_RIGHT, NetcheckCode.MATCH_NO_PHOTO, NextStep.PROCEED),
        (ALL_RIGHT, NetcheckCode.SERVICE_DOWN, NextStep.DUAL_SIGNATURE),
        (ALL_RIGHT, NetcheckCode.NOT_ASKED, NextStep.DUAL_SIGNATURE),
        ({ChallengeQuestion.VALID_FROM: False}, NetcheckCode.MATCH_PHOTO_SAME, NextStep.MANAGER_REVIEW),
        ({**ALL_RIGHT, ChallengeQuestion.OWN_NUMBER: False}, NetcheckCode.SERVICE_DOWN, NextStep.MANAGER_REVIEW),
    ],
)
def test_the_answers_decide_what_follows_the_questions(
    answers: dict[ChallengeQuestion, bool], netcheck: NetcheckCode, step: NextStep
) -> None:
    assert judged(kinship=RELATIVE, netcheck=netcheck, challenge=answers).next_step is step


def test_answers_change_nothing_where_no_questions_are_advised_and_silence_no_alert() -> None:
    assert judged(edges=live(Outcome.NON_MATCH), challenge=ALL_RIGHT).next_step is NextStep.AUXILIARY_DOCUMENT
    assert alerts_of(judged(kinship=POSSIBLE_TWIN, challenge=ALL_RIGHT)) == alerts_of(judged(kinship=POSSIBLE_TWIN))


def test_a_document_problem_stands_before_the_answers() -> None:
    judgement = judged(kinship=RELATIVE, challenge=ALL_RIGHT, document_problems=(DocumentProblem.CARD_EXPIRED,))
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT


def test_right_answers_do_not_settle_a_disagreement() -> None:
    judgement = judged(kinship=RELATIVE, challenge=ALL_RIGHT, teller_judgement=TellerJudgement.SURELY_DIFFERENT)
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT
