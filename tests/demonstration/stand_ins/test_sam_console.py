"""The stand-in reader obeys lines."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.sam_console import SamConsole
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from tests.stand_ins.sam_cards import resident_card

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only")


@pytest.fixture
def sam(tmp_path: Path) -> Iterator[Any]:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader") as reader:
        yield reader


def test_orders_are_done_and_told(sam: Any) -> None:
    told: list[str] = []
    console = SamConsole(sam, resident_card(), told.append)
    console.obey("unplug\n")
    assert not sam.is_plugged
    console.obey("plug")
    console.obey("fault stall")
    assert sam.is_plugged
    assert sam.faults == {SamFault.STALL}
    console.obey("no-fault")
    console.obey("lay")
    console.obey("lift")
    assert sam.faults == set()
    assert told == [f"{order}: done" for order in ("unplug", "plug", "fault stall", "no-fault", "lay", "lift")]


@pytest.mark.parametrize("line", ["", "lay two", "fault", "fault of mine", "fault noise split", "sing"])
def test_what_means_nothing_changes_nothing(sam: Any, line: str) -> None:
    told: list[str] = []
    SamConsole(sam, resident_card(), told.append).obey(line)
    assert sam.faults == set()
    assert told == ["lay | lift | plug | unplug | fault NAME | no-fault | end"]


def test_end_ends_it(sam: Any) -> None:
    SamConsole(sam, resident_card(), lambda line: None).serve(io.StringIO("lift\nend\nlay\n"))


def test_without_a_standard_input_it_goes_on(sam: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_event: threading.Event) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        SamConsole(sam, resident_card(), lambda line: None).serve(())
    assert sam.is_plugged
