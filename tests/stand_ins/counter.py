"""A station at a counter of stand-in devices, with its threads and its models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from teller_assist.decision.judgement import EdgeName
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.equipment import ToldAuthority, ToldCamera, ToldReader, ToldSource, made_up_card, portrait_of, wait_until

EMPTY_DESK: Pixels = np.full((480, 640, 3), 90, np.uint8)


class Counter:
    """One station under test, and the equipment in a test's hands."""

    def __init__(
        self,
        instruments: Instruments,
        settings: Settings,
        astronaut: Picture,
        keeping: CaseKeeping | None = None,
        draw: Callable[[int], int] = lambda _one_in: 1,  # nobody is judged first by chance
        **more: object,
    ) -> None:
        self.person = _seated(astronaut)
        self.camera, self.reader = ToldCamera(self.person), ToldReader()
        self.card = made_up_card(portrait_of(astronaut))
        self.authority = ToldAuthority(NetcheckCode.MATCH_PHOTO_SAME, portrait_of(astronaut, role="netcheck"))
        source = ToldSource(self.camera, self.reader, self.authority, **more)  # type: ignore[arg-type]
        self.source = source
        self.station = CounterStation(instruments, source, settings, keeping, draw=draw)
        wait_until(lambda: self.station._counter.equipment is not None)

    @property
    def view(self) -> StationView:
        return self.station.view()

    def wait_for(self, condition: Callable[[StationView], bool]) -> StationView:
        wait_until(lambda: condition(self.view))
        return self.view

    def to_decision(self) -> StationView:
        self.station.sign_on("柜员一")
        self.station.begin()
        self.station.record_consent()
        self.reader.lay_down(self.card)
        self.wait_for(lambda view: view.judgement_asked or view.gauge is not None)
        if self.view.judgement_asked:
            self.station.judge_first(TellerJudgement.CANNOT_SAY)
        return self.wait_for(
            lambda view: view.gauge is not None and view.portraits.pairs[EdgeName.CHIP_NETCHECK] is not PairWord.WAITING
        )


def _seated(astronaut: Picture) -> Pixels:
    frame = EMPTY_DESK.copy()
    frame[:, 80:560] = astronaut.pixels[:480, :480]
    return frame
