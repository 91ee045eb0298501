"""What lies under a stand-in scanner's lenses: a drawn page, or pictures of a folder; after a still the next one lies there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from teller_assist.evidence.pictures import Pixels
from teller_assist.pictures.decode import PictureLimits, read_picture

MAIN_PX, SECOND_PX = (1600, 1200), (640, 480)
_MOVING_LONG_PX = 1024
_MOVING_PICTURES, _ROLLED_ROWS = 6, 7
_NOISE_DEVIATION = 1.6
_JPEG_QUALITY = 85
_MAT, _PAPER, _INK = (90, 80, 70), (245, 245, 245), (40, 40, 40)
_SEED = 1
_CARD_SIDES = ("card_front.jpg", "card_back.jpg")


@dataclass(frozen=True)
class Page:
    """One page under one lens, as JPEG files.

    Attributes
    ----------
    moving
        What the lens shows, smaller, each with other noise.
    """

    still: bytes
    moving: tuple[bytes, ...]


class ScannerPages:
    """The pages by lens; safe to be asked from several threads.

    Parameters
    ----------
    lenses
        At least one page for each lens.
    """

    def __init__(self, lenses: Sequence[Sequence[Page]]) -> None:
        self._lenses = lenses
        self._laid = [0] * len(lenses)
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many lenses there are."""
        return len(self._lenses)

    def moving(self, lens: int, number: int) -> bytes:
        """Return the picture of a number."""
        pictures = self._page(lens).moving
        return pictures[number % len(pictures)]

    def still(self, lens: int) -> bytes:
        """Return the still; the next page is laid down then."""
        with self._lock:
            page = self._page(lens)
            self._laid[lens] += 1
        return page.still

    def _page(self, lens: int) -> Page:
        pages = self._lenses[lens]
        return pages[self._laid[lens] % len(pages)]


def drawn_pages(main_px: tuple[int, int] = MAIN_PX, second_px: tuple[int, int] = SECOND_PX) -> ScannerPages:
    """Return a test page for each of two lenses."""
    return ScannerPages([[_page(drawn_page(*main_px, "MAIN"))], [_page(drawn_page(*second_px, "SECOND"))]])


def filed_pages(folder: Path, limits: PictureLimits) -> ScannerPages:
    """Return a folder's pictures for the main lens, and a test page for the second.

    Parameters
    ----------
    folder
        With ``page_*.jpg``, or with ``card_front.jpg`` and perhaps ``card_back.jpg``, as a simulated customer's has them.

    Raises
    ------
    PictureError
        One of them cannot be used; file_missing: there is none.
    """
    paths = sorted(folder.glob("page_*.jpg"))
    laid = [read_picture(path, role="document", limits=limits).pixels for path in paths]
    if not paths:
        sides = [folder / name for name in _CARD_SIDES if name == _CARD_SIDES[0] or (folder / name).is_file()]
        laid = [_on_mat(read_picture(path, role="document", limits=limits).pixels) for path in sides]
    return ScannerPages([[_page(pixels) for pixels in laid], [_page(drawn_page(*SECOND_PX, "SECOND"))]])


def drawn_page(width_px: int, height_px: int, name: str) -> Pixels:
    """Return a sheet with lines on a mat.

    Returns
    -------
    uint8, shape (height_px, width_px, 3), BGR.
    """
    picture = np.full((height_px, width_px, 3), _MAT, np.uint8)
    left, top, right, bottom = width_px // 8, height_px // 10, width_px * 7 // 8, height_px * 9 // 10
    cv2.rectangle(picture, (left, top), (right, bottom), _PAPER, -1)
    scale = height_px / 500
    cv2.putText(picture, "SPECIMEN", (left + 20, top + height_px // 8), cv2.FONT_HERSHEY_SIMPLEX, scale, _INK, 2)
    cv2.putText(picture, name, (left + 20, top + height_px // 4), cv2.FONT_HERSHEY_SIMPLEX, scale / 2, _INK, 2)
    rng = np.random.default_rng(_SEED)
    for row in range(top + height_px // 3, bottom - height_px // 20, max(6, height_px // 30)):
        end = int(rng.integers((left + right) // 2, right - 20))
        cv2.line(picture, (left + 20, row), (end, row), _INK, max(1, height_px // 240))
    return picture


def jpeg_of(pixels: Pixels) -> bytes:
    """Return a picture as a JPEG file."""
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()


def _page(pixels: Pixels) -> Page:
    scale = min(1.0, _MOVING_LONG_PX / max(pixels.shape[:2]))
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    noise = _NOISE_DEVIATION * np.random.default_rng(_SEED).standard_normal(small.shape, np.float32)
    rolled = [np.roll(noise, number * _ROLLED_ROWS, axis=0) for number in range(_MOVING_PICTURES)]
    moving = tuple(jpeg_of(np.clip(small + one, 0, 255).astype(np.uint8)) for one in rolled)
    return Page(jpeg_of(pixels), moving)


def _on_mat(card: Pixels) -> Pixels:
    """Return a card in the middle of the lens's picture, at its own resolution where it fits."""
    width, height = MAIN_PX
    scale = min(1.0, 0.9 * width / card.shape[1], 0.9 * height / card.shape[0])
    laid = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((height, width, 3), _MAT, np.uint8)
    top, left = (height - laid.shape[0]) // 2, (width - laid.shape[1]) // 2
    picture[top : top + laid.shape[0], left : left + laid.shape[1]] = laid
    return picture
