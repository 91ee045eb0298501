"""Packs that wait to be fetched."""

from __future__ import annotations

import pytest

from teller_assist.branch_server.packs_ready import KEPT_S, PacksReady
from teller_assist.errors import RequestError


def test_a_pack_is_fetched_once_by_who_made_it_and_not_for_long() -> None:
    now_s = [0.0]
    packs = PacksReady(clock=lambda: now_s[0])
    token = packs.put("wang", "a.zip.age", b"content")
    for login, wrong in (("zhao", token), ("wang", token + "x"), ("wang", "")):
        with pytest.raises(RequestError):
            packs.take(login, wrong)
    assert packs.take("wang", token) == ("a.zip.age", b"content")
    with pytest.raises(RequestError):
        packs.take("wang", token)
    late = packs.put("wang", "b.zip.age", b"content")
    now_s[0] += KEPT_S
    with pytest.raises(RequestError):
        packs.take("wang", late)


def test_only_some_packs_are_held_in_memory_and_the_newest_stay() -> None:
    packs = PacksReady()
    tokens = [packs.put("wang", f"{number}", b"x") for number in range(12)]
    held = []
    for token in tokens:
        try:
            held.append(packs.take("wang", token)[0])
        except RequestError:
            continue
    assert held == [str(number) for number in range(4, 12)]
