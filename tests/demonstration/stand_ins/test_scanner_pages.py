"""What lies under the stand-in scanners' lenses."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from teller_assist.demonstration.stand_ins.scanner_pages import drawn_pages, filed_pages
from teller_assist.errors import PictureError
from teller_assist.pictures.decode import decode_picture
from tests.conftest import LIMITS


def shade_of(jpeg: bytes) -> int:
    return round(float(decode_picture(jpeg, role="document", limits=LIMITS).pixels.mean()))


def test_two_lenses_show_pictures_with_noise_and_larger_stills() -> None:
    pages = drawn_pages((1600, 1200), (320, 240))
    assert pages.count == 2
    sizes = [Image.open(io.BytesIO(one)).size for one in (pages.still(0), pages.moving(0, 0), pages.still(1), pages.moving(1, 0))]
    assert sizes == [(1600, 1200), (1024, 768), (320, 240), (320, 240)]
    assert len({pages.moving(0, number) for number in range(6)}) == 6, "a sensor's noise is another one each time"


def test_a_folders_pages_follow_each_other_still_by_still(tmp_path: Path) -> None:
    for number, shade in ((2, 200), (1, 100)):
        cv2.imwrite(str(tmp_path / f"page_{number}.jpg"), np.full((48, 64, 3), shade, np.uint8))
    pages = filed_pages(tmp_path, LIMITS)
    assert shade_of(pages.moving(0, 5)) == pytest.approx(100, abs=2)
    assert [shade_of(pages.still(0)) for _ in range(3)] == [100, 200, 100]


def test_a_customers_card_lies_on_a_mat_front_then_back(tmp_path: Path) -> None:
    for name, shade in (("card_front.jpg", 220), ("card_back.jpg", 30)):
        cv2.imwrite(str(tmp_path / name), np.full((638, 1011, 3), shade, np.uint8))
    pages = filed_pages(tmp_path, LIMITS)
    for shade in (220, 30):
        picture = decode_picture(pages.still(0), role="document", limits=LIMITS).pixels
        assert picture.shape == (1200, 1600, 3)
        assert abs(int(picture[600, 800].mean()) - shade) < 5
        assert abs(int(picture[20, 20].mean()) - 80) < 5


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError) as caught:
        filed_pages(tmp_path, LIMITS)
    assert caught.value.reason == "file_missing"
