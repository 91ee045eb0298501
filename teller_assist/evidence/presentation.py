"""Whether a living person stood before the camera (presentation attack detection, ISO/IEC 30107)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PadState(StrEnum):
    """What the detection of presentation attacks says; the states of contracts."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"
    UNCERTAIN = "uncertain"
    NOT_AVAILABLE = "not_available"  # the detector is not on this machine, or saw nothing it can judge
    NOT_APPLICABLE = "not_applicable"  # no face was captured: documents only


@dataclass(frozen=True)
class PadReading:
    """One reading.

    Attributes
    ----------
    why
        Codes of the wording group ``pad_why``, the weightiest first; never empty.
    """

    state: PadState
    why: tuple[str, ...]
