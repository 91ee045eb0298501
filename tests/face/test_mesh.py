from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from teller_assist.app import Installation
from teller_assist.errors import SettingsFileError
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.detection import FaceDetector
from teller_assist.face.mesh import MeshLimits, MeshRemover, read_mesh_limits, working_size_px
from teller_assist.workflow.opening import open_mesh_remover

LIMITS = MeshLimits(0.5, 0.1)


class StandInSession:
    """Answers with the picture's negative and one cover everywhere; remembers what it was given."""

    def __init__(self, cover: float, lines: float) -> None:
        self.cover, self.lines = cover, lines
        self.given: list[npt.NDArray[np.float32]] = []

    def get_inputs(self) -> list[Any]:
        return [type("Input", (), {"name": "input"})]

    def run(self, _names: list[str], fed: dict[str, npt.NDArray[np.float32]]) -> list[npt.NDArray[np.float32]]:
        planes = fed["input"]
        self.given.append(planes)
        cover = np.full((1, 1, *planes.shape[2:]), self.cover, np.float32)
        return [255 - planes, cover, np.full((1, 1, 1, 1), self.lines, np.float32)]


def stand_in(cover: float = 0.5, lines: float = 0.9) -> MeshRemover:
    return MeshRemover(StandInSession(cover, lines), LIMITS)


def photo_of(pixels: Pixels) -> Picture:
    return Picture(pixels, "JPEG", "reference")


@pytest.fixture(scope="module")
def rendered(detector: FaceDetector, astronaut: Picture) -> Callable[[PhotoKind, int], Picture]:
    portrait: Portrait = prepare_portrait(astronaut.pixels, detector.detect(astronaut)[0].landmarks)
    return lambda kind, seed: photo_of(render(portrait, kind, rng_for("astronaut", kind, seed)).pixels)


@pytest.fixture(scope="module")
def remover(installation: Installation) -> MeshRemover:
    return open_mesh_remover(installation.root, installation.model_store)


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(np.float32) - other).mean())


@pytest.mark.full
@pytest.mark.parametrize("kind", [PhotoKind.MESH, PhotoKind.MESH_HEAVY])
def test_lines_are_seen_and_taken_out(
    remover: MeshRemover, rendered: Callable[[PhotoKind, int], Picture], kind: PhotoKind
) -> None:
    before, after = [], []
    for seed in range(5):
        photo, clean = rendered(kind, seed), rendered(PhotoKind.CLEAN, seed)
        reading = remover.read(photo)
        assert reading.has_lines
        assert reading.restored is not None
        assert reading.restored.pixels.shape == photo.pixels.shape
        assert not reading.restored.pixels.flags.writeable
        under_lines = np.abs(photo.pixels.astype(int) - clean.pixels).mean(axis=2) > 25
        before.append(difference(photo.pixels[under_lines], clean.pixels[under_lines]))
        after.append(difference(reading.restored.pixels[under_lines], clean.pixels[under_lines]))
    assert np.mean(after) < 0.4 * np.mean(before)


@pytest.mark.full
def test_a_heavy_mesh_weighs_more(remover: MeshRemover, rendered: Callable[[PhotoKind, int], Picture]) -> None:
    for seed in range(5):
        clean, medium, heavy = (
            remover.read(rendered(kind, seed)) for kind in (PhotoKind.CLEAN, PhotoKind.MESH, PhotoKind.MESH_HEAVY)
        )
        assert clean.heaviness < 0.5 * medium.heaviness
        assert medium.heaviness < heavy.heaviness
        assert clean.lines < 0.1 < 0.9 < medium.lines


@pytest.mark.full
def test_a_photo_without_lines_stays_untouched(remover: MeshRemover, rendered: Callable[[PhotoKind, int], Picture]) -> None:
    for seed in range(5):
        photo = rendered(PhotoKind.CLEAN, seed)
        reading = remover.read(photo)
        assert (reading.kind, reading.has_lines) == (PhotoKind.CLEAN, False)
        assert reading.to_compare is photo


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_no_lines(remover: MeshRemover, level: int) -> None:
    assert not remover.read(photo_of(np.full((220, 178, 3), level, np.uint8))).has_lines


@pytest.mark.parametrize("size", [(96, 118), (144, 178), (358, 441), (250, 250), (480, 640)])
def test_photos_of_other_sizes_are_read_too(
    remover: MeshRemover, rendered: Callable[[PhotoKind, int], Picture], size: tuple[int, int]
) -> None:
    photo = rendered(PhotoKind.MESH_HEAVY, 1)
    reading = remover.read(photo_of(np.asarray(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)))
    assert reading.restored is not None
    assert (reading.restored.width_px, reading.restored.height_px) == working_size_px(*size)


@pytest.mark.full
def test_one_remover_serves_several_threads(remover: MeshRemover, rendered: Callable[[PhotoKind, int], Picture]) -> None:
    photos = [rendered(PhotoKind.MESH, seed) for seed in range(6)]
    alone = [remover.read(photo).heaviness for photo in photos]
    with ThreadPoolExecutor(3) as pool:
        assert [reading.heaviness for reading in pool.map(remover.read, photos)] == alone


@pytest.mark.parametrize(
    ("cover", "lines", "kind"),
    [
        (0.3, 0.499, PhotoKind.CLEAN),
        (0.01, 0.501, PhotoKind.MESH),
        (0.0999, 0.9, PhotoKind.MESH),
        (0.1001, 0.9, PhotoKind.MESH_HEAVY),
    ],
)
def test_the_limits_part_the_kinds(cover: float, lines: float, kind: PhotoKind) -> None:
    reading = stand_in(cover, lines).read(photo_of(np.full((220, 178, 3), 90, np.uint8)))
    assert (reading.kind, reading.has_lines) == (kind, kind is not PhotoKind.CLEAN)
    assert reading.heaviness == pytest.approx(cover, abs=1e-6)


def test_the_network_gets_whole_multiples_and_the_border_is_cut_off_again() -> None:
    session = StandInSession(0.5, 0.9)
    pixels = np.random.default_rng(0).integers(0, 256, (220, 178, 3), dtype=np.uint8)
    reading = MeshRemover(session, LIMITS).read(photo_of(pixels))
    assert session.given[0].shape == (1, 3, 224, 192)
    assert reading.restored is not None
    assert np.array_equal(reading.restored.pixels, 255 - pixels)


@pytest.mark.parametrize("size", [(40, 2000), (3000, 20), (1, 1), (2, 900)])
def test_a_strip_is_no_portrait_and_stays_as_it_is(size: tuple[int, int]) -> None:
    photo = photo_of(np.zeros((*size, 3), np.uint8))
    reading = stand_in().read(photo)
    if size == (1, 1):
        assert reading.has_lines  # a single pixel is as square as any portrait
    else:
        assert reading.to_compare is photo


def test_a_face_of_the_restored_picture_is_told_in_the_photos_pixels() -> None:
    reading = stand_in().read(photo_of(np.zeros((440, 356, 3), np.uint8)))
    landmarks = np.array([[60, 90], [110, 90], [85, 120], [65, 140], [105, 140]], np.float32)
    face = FaceBox(50.0, 60.0, 80.0, 100.0, landmarks, 0.9)
    on_photo = reading.on_photo(face)
    assert on_photo.x_px == pytest.approx(100)
    assert on_photo.width_px == pytest.approx(160)
    assert np.allclose(on_photo.landmarks, 2 * landmarks + 0.5)  # centres of pixels lie at whole numbers
    back = reading.on_restored(on_photo)
    assert np.allclose(back.landmarks, landmarks, atol=1e-3)
    assert back.height_px == pytest.approx(face.height_px)


def test_limits_are_read() -> None:
    assert read_mesh_limits(b'schema = "mesh/2"\nlines_from = 0.5\nheavy_from = 0.12\n') == MeshLimits(0.5, 0.12)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"heavy_from",
        b"heavy_from = 0.1",
        b"lines_from = 0.02\nheavy_from = 1",
        b'lines_from = 0.02\nheavy_from = "0.1"',
        b"lines_from = 0.0\nheavy_from = 0.1",
        b"lines_from = 1.5\nheavy_from = 0.1",
        b"lines_from = 0.02\nheavy_from = nan",
    ],
)
def test_broken_limits_stop_the_start(content: bytes) -> None:
    with pytest.raises(SettingsFileError):
        read_mesh_limits(content)
