from __future__ import annotations

import cv2
import numpy as np
import pytest

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.mesh import MeshWeigher, mesh_heaviness, read_heavy_from


def with_lines(picture: Picture, every_px: int, darkness: float) -> Picture:
    """The photo at 178 pixels width with dark diagonal lines over it."""
    pixels: Pixels = np.asarray(cv2.resize(picture.pixels[:300, 100:350], (178, 214), interpolation=cv2.INTER_AREA))
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    lines = ((x + y) % every_px < 2) | ((x - y) % every_px < 2)
    dark = np.where(lines[:, :, None], pixels * (1 - darkness), pixels)
    return Picture(dark.astype(np.uint8), "frame", "reference")


def test_more_and_darker_lines_weigh_more(astronaut: Picture) -> None:
    by_darkness = [mesh_heaviness(with_lines(astronaut, 14, darkness)) for darkness in (0.0, 0.3, 0.6, 0.9)]
    assert by_darkness == sorted(by_darkness)
    by_number = [mesh_heaviness(with_lines(astronaut, every_px, 0.6)) for every_px in (40, 24, 14)]
    assert by_number == sorted(by_number)
    assert 2 * by_darkness[0] < by_darkness[-1] <= 1


def test_the_size_of_the_picture_hardly_matters(astronaut: Picture) -> None:
    small = with_lines(astronaut, 14, 0.6)
    large = Picture(np.asarray(cv2.resize(small.pixels, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)), "frame", "reference")
    assert mesh_heaviness(large) == pytest.approx(mesh_heaviness(small), rel=0.15)


def test_the_limit_itself_is_heavy(astronaut: Picture) -> None:
    photo = with_lines(astronaut, 14, 0.6)
    heaviness = mesh_heaviness(photo)
    assert MeshWeigher(heavy_from=heaviness).weigh(photo).kind is PhotoKind.MESH_HEAVY
    reading = MeshWeigher(heavy_from=heaviness + 1e-6).weigh(photo)
    assert (reading.kind, reading.heaviness) == (PhotoKind.MESH, heaviness)


@pytest.mark.parametrize("level", [0, 255])
def test_a_blank_picture_has_no_mesh(level: int) -> None:
    assert mesh_heaviness(Picture(np.full((220, 178, 3), level, np.uint8), "frame", "reference")) == 0.0


def test_a_limit_is_read() -> None:
    assert read_heavy_from(b'schema = "mesh/1"\nheavy_from = 0.12\n') == 0.12


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"heavy_from", b"heavy_from = 1", b'heavy_from = "0.1"', b"heavy_from = 0.0", b"heavy_from = nan"]
)
def test_a_broken_limit_stops_the_start(content: bytes) -> None:
    with pytest.raises(SettingsFileError):
        read_heavy_from(content)
