"""The three portraits as finished values for the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.decision.judgement import EdgeName
from teller_assist.evidence.pictures import Pixels


@dataclass(frozen=True, eq=False)
class PortraitView:
    """One of the three portraits, all at one scale.

    Attributes
    ----------
    role
        "netcheck", "live", "chip" or "printed": code of the wording group ``portrait``.
    pixels
        uint8, shape (height, width, 3), BGR, not writeable; None where there is none (yet).
    original
        The same place of the picture as it came, uncropped and unscaled, one click away; None where there is none.
    absent
        Code of the wording group ``portrait_absent`` where ``pixels`` is None.
    restored, restored_original
        Of a photo with a mesh: the portrait, and its original, without the mesh; shown beside the others. None where nothing was
        taken out.
    by_layout
        No face was found on the photo; it was aligned by the layout of such photos.
    imported
        The picture of the customer came from a file: it is captioned as "not live".
    smallest_mark_mm
        Marks smaller than this cannot be seen on the picture; None where no face was measured.
    """

    role: str
    pixels: Pixels | None
    original: Pixels | None = None
    absent: str = "not_yet"
    restored: Pixels | None = None
    restored_original: Pixels | None = None
    by_layout: bool = False
    smallest_mark_mm: float | None = None
    imported: bool = False


class PairWord(StrEnum):
    """What stands between two portraits: a word and an icon, never a number."""

    AGREE = "agree"
    CANNOT_TELL = "cannot_tell"
    DIFFER = "differ"
    WAITING = "waiting"
    UNSEEN = "unseen"  # the teller judges first
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, eq=False)
class PortraitsView:
    """The three portraits and the words between them.

    Attributes
    ----------
    chip
        The card's: the chip's portrait, or the printed one of a card without a chip.
    pairs
        Every edge; chip_netcheck is shown below the row, and live_printed where the chip's portrait is shown.
    """

    netcheck: PortraitView
    live: PortraitView
    chip: PortraitView
    pairs: dict[EdgeName, PairWord]

    @property
    def for_marks(self) -> PortraitView | None:
        """The reference on which the smallest marks can be seen, where there is a live picture to hold against it.

        A photo with a mesh comes last: its lines hide marks, and what was restored beneath them is a guess.
        """
        measured = [one for one in (self.chip, self.netcheck) if one.pixels is not None and one.smallest_mark_mm is not None]
        if self.live.pixels is None or self.live.smallest_mark_mm is None or not measured:
            return None
        return min(measured, key=lambda one: (one.restored is not None, one.smallest_mark_mm))
