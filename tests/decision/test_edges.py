"""All 4^3 combinations of the photo triangle."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from teller_assist.decision.edges import (
    DOCUMENT_REASONS,
    PERSON_REASONS,
    Edge,
    Edges,
    FaceReason,
    NotCompared,
    NotComparedWhy,
    conclude,
    portrait_contradicts,
)
from teller_assist.decision.judgement import TRIANGLE, EdgeName, FaceFinding
from teller_assist.evidence.kinds import Outcome
from teller_assist.wording import sentence

EDGES: dict[str, Edge] = {
    "M": Outcome.MATCH,
    "X": Outcome.NON_MATCH,
    "?": Outcome.INCONCLUSIVE,
    "-": NotCompared(NotComparedWhy.NO_PHOTO),
}
# live_chip, live_netcheck, chip_netcheck (each: any of these letters) -> outcome, finding, weightiest reason.
# M agrees, X differs, ? cannot tell, - not compared.
TABLE = [
    # live and chip agree
    ("M", "M?-", "M?-", "MATCH", "match", "live_chip_agrees"),
    ("M", "M?-", "X", "INCONCLUSIVE", "cannot_tell", "chip_netcheck_differs"),
    ("M", "X", "M?-", "INCONCLUSIVE", "cannot_tell", "live_netcheck_differs"),
    ("M", "X", "X", "INCONCLUSIVE", "cannot_tell", "netcheck_differs_from_both"),
    # live and chip differ
    ("X", "X?-", "M?-", "NON_MATCH", "non_match", "live_chip_differs"),
    ("X", "X?-", "X", "NON_MATCH", "non_match", "chip_netcheck_differs"),
    ("X", "M", "M?-", "INCONCLUSIVE", "cannot_tell", "edges_contradict"),
    ("X", "M", "X", "INCONCLUSIVE", "cannot_tell", "chip_differs_from_both"),
    # live against chip cannot tell
    ("?", "M?-", "M?-", "INCONCLUSIVE", "cannot_tell", "live_chip_cannot_tell"),
    ("?", "X", "M?-", "INCONCLUSIVE", "cannot_tell", "live_netcheck_differs"),
    ("?", "MX?-", "X", "INCONCLUSIVE", "cannot_tell", "chip_netcheck_differs"),
    # no live-chip edge: the authority's photograph alone carries "cannot tell" only
    ("-", "M", "M?-", "INCONCLUSIVE", "cannot_tell", "live_netcheck_agrees"),
    ("-", "X", "M?-", "INCONCLUSIVE", "cannot_tell", "live_netcheck_differs"),
    ("-", "?", "M?-", "INCONCLUSIVE", "cannot_tell", "live_netcheck_cannot_tell"),
    ("-", "MX?", "X", "INCONCLUSIVE", "cannot_tell", "chip_netcheck_differs"),
    ("-", "-", "M?-", "INCONCLUSIVE", "not_done", "no_photo"),
    ("-", "-", "X", "INCONCLUSIVE", "not_done", "chip_netcheck_differs"),
]
ALL = ["".join(letters) for letters in product(EDGES, repeat=3)]


def edges_of(letters: str) -> Edges:
    return Edges(*(EDGES[letter] for letter in letters))


def test_the_table_has_every_combination_once() -> None:
    listed = ["".join(letters) for row in TABLE for letters in product(*row[:3])]
    assert sorted(listed) == sorted(ALL)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join(row[:3]))
def test_what_the_edges_say_together(row: tuple[str, ...]) -> None:
    for letters in product(*row[:3]):
        concluded = conclude(edges_of("".join(letters)))
        assert (concluded.outcome.value, concluded.finding.value, str(concluded.reasons[0])) == row[3:], letters


@pytest.mark.parametrize("letters", ALL)
def test_the_outcome_never_says_more_than_live_against_chip(letters: str) -> None:
    edges = edges_of(letters)
    concluded = conclude(edges)
    assert concluded.outcome in (edges.live_chip, Outcome.INCONCLUSIVE)
    assert (concluded.finding is FaceFinding.NOT_DONE) == (letters[:2] == "--")
    assert len(set(concluded.reasons)) == len(concluded.reasons)
    for code in concluded.reasons:
        assert sentence("reason", code).zh


@pytest.mark.parametrize("letters", ALL)
def test_a_difference_is_named_for_what_it_is(letters: str) -> None:
    """The card's portrait against the authority's photograph is about the document, the live picture about the person."""
    reasons = set(conclude(edges_of(letters)).reasons)
    assert not reasons & DOCUMENT_REASONS or letters[2] == "X"
    assert not reasons & PERSON_REASONS or "X" in letters[:2]
    if "X" not in letters:
        assert not reasons & (DOCUMENT_REASONS | PERSON_REASONS | {FaceReason.EDGES_CONTRADICT})


@pytest.mark.parametrize("why", NotComparedWhy)
def test_why_live_and_chip_were_not_compared_is_told(why: NotComparedWhy) -> None:
    absent = NotCompared(why)
    assert conclude(Edges(absent, absent, absent)).reasons == (why.value,)
    assert sentence("reason", why.value).zh


def test_an_authority_s_photograph_that_cannot_be_used_is_said() -> None:
    unusable = NotCompared(NotComparedWhy.QUALITY_TOO_LOW)
    concluded = conclude(Edges(Outcome.MATCH, unusable, unusable))
    assert concluded.outcome is Outcome.MATCH
    assert concluded.reasons == (FaceReason.LIVE_CHIP_AGREES, FaceReason.NETCHECK_PHOTO_UNUSABLE)


def test_without_a_usable_live_picture_the_authority_s_photograph_is_not_blamed() -> None:
    blurred = NotCompared(NotComparedWhy.QUALITY_TOO_LOW)
    assert conclude(Edges(blurred, blurred, Outcome.MATCH)).reasons == ("quality_too_low",)


def test_an_edge_is_found_by_its_name() -> None:
    edges = Edges(Outcome.MATCH, Outcome.NON_MATCH, Outcome.INCONCLUSIVE)
    found = [edges.of(name) for name in TRIANGLE]
    assert found == [Outcome.MATCH, Outcome.NON_MATCH, Outcome.INCONCLUSIVE]
    assert edges.of(EdgeName.LIVE_PRINTED) == NotCompared(NotComparedWhy.NOT_ASKED)


@pytest.mark.parametrize(("letters", "printed"), list(product([one for one in ALL if one[0] != "-"], EDGES)))
def test_beside_a_chip_the_printed_portrait_changes_neither_outcome_nor_what_is_said_of_the_person(
    letters: str, printed: str
) -> None:
    edges = edges_of(letters)
    assert conclude(replace(edges, live_printed=EDGES[printed])) == conclude(edges)


# live_chip, live_netcheck, live_printed; M agrees, X differs, ? cannot tell, - not compared
@pytest.mark.parametrize(
    ("letters", "contradicts"),
    [
        *((letters, True) for letters in ("M-X", "X-M", "MMX", "XMM", "-MX", "-XM")),
        *((letters, False) for letters in ("M-M", "X-X", "?MX", "M-?", "M--", "--X", "-?X")),
    ],
)
def test_a_printed_portrait_contradicts_where_the_live_face_agrees_with_one_of_two_portraits(
    letters: str, contradicts: bool
) -> None:
    chip, netcheck, printed = (EDGES[letter] for letter in letters)
    assert portrait_contradicts(Edges(chip, netcheck, EDGES["-"], printed)) is contradicts


@pytest.mark.parametrize(
    ("letters", "reasons"),
    [
        ("-M", ["live_printed_agrees", "printed_portrait_alone", "no_card"]),
        ("-X", ["live_printed_differs", "printed_portrait_alone", "no_card"]),
        ("-?", ["live_printed_cannot_tell", "printed_portrait_alone", "no_card"]),
        ("MM", ["live_netcheck_agrees", "live_printed_agrees", "printed_and_netcheck_alone", "no_card"]),
        ("MX", ["live_printed_differs", "live_netcheck_agrees", "printed_and_netcheck_alone", "no_card"]),
        ("XM", ["live_netcheck_differs", "live_printed_agrees", "printed_and_netcheck_alone", "no_card"]),
    ],
)
def test_without_a_chip_the_printed_portrait_is_told_and_carries_no_outcome(letters: str, reasons: list[str]) -> None:
    no_card = NotCompared(NotComparedWhy.NO_CARD)
    concluded = conclude(Edges(no_card, EDGES[letters[0]], no_card, EDGES[letters[1]]))
    assert (concluded.outcome, concluded.finding) == (Outcome.INCONCLUSIVE, FaceFinding.CANNOT_TELL)
    assert list(map(str, concluded.reasons)) == reasons


def test_a_printed_portrait_that_cannot_be_compared_is_said_with_and_without_a_chip() -> None:
    unusable, no_card = NotCompared(NotComparedWhy.NO_FACE), NotCompared(NotComparedWhy.NO_CARD)
    absent = EDGES["-"]
    with_chip = conclude(Edges(Outcome.MATCH, absent, absent, unusable))
    assert with_chip.reasons == (FaceReason.LIVE_CHIP_AGREES, FaceReason.PRINTED_PORTRAIT_UNUSABLE)
    without = conclude(Edges(no_card, absent, no_card, unusable))
    assert without.reasons == ("no_card", FaceReason.PRINTED_PORTRAIT_UNUSABLE)
    assert without.finding is FaceFinding.NOT_DONE
