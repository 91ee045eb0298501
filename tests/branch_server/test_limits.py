from __future__ import annotations

import pytest

from teller_assist.branch_server.limits import AtOnce
from teller_assist.errors import RequestError


def test_so_many_large_bodies_are_taken_in_at_once_and_no_more() -> None:
    large = AtOnce(2)
    with large, large:
        with pytest.raises(RequestError) as caught, large:
            raise AssertionError("a third one came in")
        assert (caught.value.reason, caught.value.facts["retry_after_s"]) == ("too_many_requests", 1)
    with large:
        pass


def test_one_that_failed_gives_its_place_back() -> None:
    large = AtOnce(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"), large:
            raise ValueError("broken")
