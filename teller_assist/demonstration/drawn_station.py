"""A station that works on the camera's pictures and shows drawn ones: for screenshots that anybody may see.

Who is drawn follows the scenario's truth, which the station itself never learns; a caller's own customers are all drawn alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from teller_assist.demonstration.drawn_faces import LOOKS, Look, drawn_person
from teller_assist.evidence.pictures import Pixels
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_portraits import PortraitsView, PortraitView

_SCREEN_EDGE_PX = 14
OTHER_PERSON = frozenset({"impostor"})
REPLAYED = "presentation_attack"


class DrawnStation(CounterStation):
    """See ``CounterStation``; nothing that is shown was ever photographed.

    Attributes
    ----------
    scenario_of
        Returns a customer's scenario by number, from 1; set before anything is shown.
    seed
        Which drawing the first customer gets.
    """

    scenario_of: Callable[[int], str] = staticmethod(lambda _number: "unknown")
    seed: int = 0

    def view(self) -> StationView:
        """See ``Station``."""
        view = super().view()
        number = 1 if view.simulated is None else view.simulated.customer
        return replace(view, portraits=self._drawn_portraits(view.portraits, number))

    def newest_preview(self) -> PreviewFrame | None:
        """See ``Station``."""
        frame = super().newest_preview()
        if frame is None:
            return None
        simulated = self.view().simulated
        number = 1 if simulated is None else simulated.customer
        return replace(frame, pixels=self._drawn_frame(frame, number))

    def _drawn_as(self, number: int, *, live: bool) -> Look:
        other = live and self.scenario_of(number) in OTHER_PERSON
        return LOOKS[(self.seed + number - 1 + (2 if other else 0)) % len(LOOKS)]

    def _drawn_portraits(self, shown: PortraitsView, number: int) -> PortraitsView:
        return replace(
            shown,
            netcheck=_drawn_portrait(shown.netcheck, self._drawn_as(number, live=False), mesh=True),
            live=_drawn_portrait(shown.live, self._drawn_as(number, live=True)),
            chip=_drawn_portrait(shown.chip, self._drawn_as(number, live=False)),
        )

    def _drawn_frame(self, frame: PreviewFrame, number: int) -> Pixels:
        height, width = frame.pixels.shape[:2]
        look = self._drawn_as(number, live=True)
        pixels = np.full((height, width, 3), 0, np.uint8)
        pixels[:] = drawn_person(width, height, look)
        if self.scenario_of(number) == REPLAYED:  # the edge of a screen that is held before the camera
            edge = _SCREEN_EDGE_PX
            pixels[:edge], pixels[-edge:], pixels[:, : 4 * edge], pixels[:, -4 * edge :] = 25, 25, 25, 25
        return np.ascontiguousarray(pixels)


def _drawn_portrait(shown: PortraitView, look: Look, *, mesh: bool = False) -> PortraitView:
    if shown.pixels is None:
        return shown
    height, width = shown.pixels.shape[:2]
    original, restored_original = (
        None if pixels is None else drawn_person(pixels.shape[1], pixels.shape[0], look, mesh=mesh and pixels is shown.original)
        for pixels in (shown.original, shown.restored_original)
    )
    return replace(
        shown,
        pixels=drawn_person(width, height, look, mesh=mesh),
        original=original,
        restored=None if shown.restored is None else drawn_person(width, height, look),
        restored_original=restored_original,
    )
