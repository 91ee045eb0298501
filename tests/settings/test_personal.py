from __future__ import annotations

import copy
import json
import pickle
import pprint
import string
from dataclasses import asdict, dataclass

import pytest

from teller_assist.settings.personal import Personal

NAME = "张三丰"


@dataclass(frozen=True)
class Card:
    name: Personal[str]
    year: int


def test_nothing_prints_the_value() -> None:
    value = Personal(NAME)
    texts = [
        repr(value),
        str(value),
        ascii(value),
        f"{value}",
        f"{value!r:>20}",
        f"{value:>20}",
        "%s %r" % (value, value),  # noqa: UP031 (the old form is what log records use)
        string.Template("$v").substitute(v=value),
        repr([value, {"v": value}]),
        pprint.pformat({"v": value}),
        repr(Card(value, 1990)),
        repr(asdict(Card(value, 1990))),
        json.dumps({"v": value}, default=str),
        repr(ValueError(value)),
        str(ValueError(value)),
    ]
    for text in texts:
        assert NAME not in text
        assert "***" in text


def test_json_does_not_take_it() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"v": Personal(NAME)})
    assert NAME not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_bytes_do_not_hold_it(protocol: int) -> None:
    pickled = pickle.dumps([Personal(NAME), Personal("110105")], protocol)
    assert NAME.encode() not in pickled
    assert b"110105" not in pickled
    assert pickle.loads(pickled) == ["***", "***"]  # noqa: S301


def test_reveal_is_the_way_out_and_copies_keep_the_value() -> None:
    card = Card(Personal(NAME), 1990)
    assert card.name.reveal() == NAME
    assert copy.deepcopy(card).name.reveal() == NAME
    assert copy.copy(card.name).reveal() == NAME


def test_equality_and_hash_follow_the_value() -> None:
    assert Personal(NAME) == Personal(NAME)
    assert Personal(NAME) != Personal("李四")
    assert Personal(NAME) != NAME
    assert len({Personal(NAME), Personal(NAME), Personal("李四")}) == 2


def test_it_cannot_be_changed_or_looked_into() -> None:
    value = Personal(NAME)
    with pytest.raises(AttributeError) as caught:
        value.name = "李四"
    assert NAME not in str(caught.value)
    with pytest.raises(TypeError):
        vars(value)
