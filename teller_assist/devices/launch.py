"""What the process of one device is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from teller_assist.devices.kinds import DeviceKind
from teller_assist.settings.declaring import Value


@dataclass(frozen=True)
class Launch:
    """What a process is started with.

    Attributes
    ----------
    interpreter
        The Python that runs it.
    time_limits_s
        By operation.
    max_frame_px
        (width, height) of the largest frame; None: the kind has no frames.
    network
        It may use the network.
    """

    plugin_id: str
    kind: DeviceKind
    folder: Path
    entry: str
    interpreter: Path
    settings: Mapping[str, Value]
    time_limits_s: Mapping[str, float]
    hello_timeout_s: float
    max_frame_px: tuple[int, int] | None
    network: bool
