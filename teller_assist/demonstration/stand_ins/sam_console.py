"""The stand-in reader obeys lines: what a trainer types, or a script writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from teller_assist.demonstration.stand_ins.sam_card import SamCard
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.demonstration.stand_ins.sam_reader import SamReader

_HELP = "lay | lift | plug | unplug | fault NAME | no-fault | end"


class SamConsole:
    """One reader, the card that is laid down, and who is told what was done.

    Parameters
    ----------
    tell
        Gets one line an order.
    """

    def __init__(self, reader: SamReader, card: SamCard, tell: Callable[[str], None]) -> None:
        self._reader, self._card, self._tell = reader, card, tell

    def serve(self, lines: Iterable[str]) -> None:
        """Obey line after line until one says "end"; where they stop, the reader goes on for ever."""
        for line in lines:
            if line.strip() == "end":
                return
            self.obey(line)
        threading.Event().wait()

    def obey(self, line: str) -> None:
        """Do what one line says; one that means nothing changes nothing."""
        order, _, name = line.strip().partition(" ")
        if order == "fault" and name in set(SamFault):
            self._reader.faults.add(SamFault(name))
        elif order in ("lay", "lift", "plug", "unplug", "no-fault") and not name:
            self._do(order)
        else:
            self._tell(_HELP)
            return
        self._tell(f"{line.strip()}: done")

    def _do(self, order: str) -> None:
        if order == "lay":
            self._reader.lay(self._card)
        elif order == "no-fault":
            self._reader.faults.clear()
        else:
            {"lift": self._reader.lift, "plug": self._reader.plug, "unplug": self._reader.unplug}[order]()
