"""When a face was seen before, in words; nothing found is never told."""

from __future__ import annotations

import datetime

from teller_assist.decision.second_identity import NOT_SEARCHED, FaceSearch, SecondIdentityFinding, SeenBefore
from teller_assist.workflow.second_identity_view import seen_before

SEARCH = FaceSearch(7, 400, 0.706, "1e-4", 9.9e-5, 0.039, "m/live-archive/2026-11-30", "m")
DAY = datetime.date(2026, 11, 27)


def test_days_and_business_are_told_with_what_the_search_is_worth() -> None:
    told = seen_before(SecondIdentityFinding(SEARCH, (SeenBefore("0" * 32, DAY, "loss_report"),)))
    assert told is not None
    for words in ("2026-11-27 挂失", "近7天", "400张人脸", "每26次", "未经实测"):
        assert words in told.zh
    for words in ("2026-11-27", "400 faces", "in 26", "extrapolated"):
        assert words in told.en


def test_neither_the_other_case_nor_a_score_is_told_at_the_counter() -> None:
    told = seen_before(SecondIdentityFinding(SEARCH, (SeenBefore("ab" * 16, DAY, "loss_report"),)))
    assert "abab" not in str(told)
    assert "0.7" not in str(told)


def test_a_kind_of_business_that_a_later_version_knows_is_told_by_its_code() -> None:
    told = seen_before(SecondIdentityFinding(SEARCH, (SeenBefore("0" * 32, DAY, "of_tomorrow"),)))
    assert told is not None
    assert "of_tomorrow" in told.zh


def test_nothing_searched_and_nothing_found_are_not_told() -> None:
    assert seen_before(NOT_SEARCHED) is None
    assert seen_before(SecondIdentityFinding(SEARCH)) is None
