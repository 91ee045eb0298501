import subprocess
import sys

import numpy as np
import pytest

from teller_assist.errors import UsageError
from teller_assist.evaluation.photo_kinds import RENDERED_KINDS, Portrait, prepare_portrait, render, rng_for
from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Pixels

SHAPES = {
    PhotoKind.LIVE: (480, 640, 3),
    PhotoKind.CHIP: (126, 102, 3),
    PhotoKind.MESH: (220, 178, 3),
    PhotoKind.MESH_HEAVY: (220, 178, 3),
    PhotoKind.CLEAN: (220, 178, 3),
    PhotoKind.RECAPTURE: (480, 640, 3),
}


def rendered(portrait: Portrait, kind: PhotoKind, seed: int = 0) -> bytes:
    return render(portrait, kind, rng_for("made-up/0001.jpg", kind, seed)).data


def test_every_kind_but_archive_is_rendered() -> None:
    assert set(RENDERED_KINDS) == set(PhotoKind) - {PhotoKind.ARCHIVE}


@pytest.mark.parametrize("kind", RENDERED_KINDS)
def test_each_kind_has_its_size(portrait: Portrait, kind: PhotoKind) -> None:
    pixels = render(portrait, kind, rng_for("a.jpg", kind, 0)).pixels
    assert pixels.shape == SHAPES[kind]
    assert pixels.dtype == np.uint8


def test_the_order_of_rendering_does_not_matter(portrait: Portrait) -> None:
    forwards = {kind: rendered(portrait, kind) for kind in RENDERED_KINDS}
    backwards = {kind: rendered(portrait, kind) for kind in reversed(RENDERED_KINDS)}
    assert forwards == backwards


@pytest.mark.parametrize("kind", RENDERED_KINDS)
def test_another_seed_and_another_photograph_give_other_renderings(portrait: Portrait, kind: PhotoKind) -> None:
    other_key = render(portrait, kind, rng_for("made-up/0002.jpg", kind, 0)).data
    assert len({rendered(portrait, kind, 0), rendered(portrait, kind, 1), other_key}) == 3


def test_mesh_heavy_and_clean_share_their_random_numbers_and_no_other_kinds_do() -> None:
    first = {kind: rng_for("a.jpg", kind, 0).random() for kind in PhotoKind}
    assert first[PhotoKind.MESH] == first[PhotoKind.MESH_HEAVY] == first[PhotoKind.CLEAN]
    assert len(set(first.values())) == len(PhotoKind) - 2


def test_rendering_leaves_the_portrait_as_it_was(portrait: Portrait) -> None:
    pixels, person = portrait.pixels.copy(), portrait.person.copy()
    for kind in RENDERED_KINDS:
        rendered(portrait, kind)
    assert np.array_equal(portrait.pixels, pixels)
    assert np.array_equal(portrait.person, person)


def test_read_only_pixels_can_be_rendered(drawn_person: Pixels) -> None:
    fixed = drawn_person.copy()
    fixed.flags.writeable = False
    assert rendered(prepare_portrait(fixed, CANONICAL_LANDMARKS), PhotoKind.CHIP)


def test_archive_is_not_rendered(portrait: Portrait) -> None:
    with pytest.raises(UsageError):
        render(portrait, PhotoKind.ARCHIVE, np.random.default_rng(0))


@pytest.mark.parametrize("kind", [PhotoKind.LIVE, PhotoKind.RECAPTURE])
def test_camera_pictures_show_a_person_and_not_noise(portrait: Portrait, kind: PhotoKind) -> None:
    pixels = render(portrait, kind, rng_for("a.jpg", kind, 4)).pixels
    assert 40 < pixels.mean() < 225
    assert pixels.std() > 15


@pytest.mark.full
def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "import hashlib, numpy as np\n"
        "from teller_assist.evaluation.photo_kinds import *\n"
        "from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS\n"
        "picture = np.random.default_rng(0).integers(0, 255, (300, 260, 3)).astype(np.uint8)\n"
        "portrait = prepare_portrait(picture, CANONICAL_LANDMARKS)\n"
        "print(*[hashlib.sha256(render(portrait, k, rng_for('a', k, 0)).data).hexdigest() for k in RENDERED_KINDS])\n"
    )
    runs = {subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
