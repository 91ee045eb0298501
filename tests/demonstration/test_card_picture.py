from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teller_assist.demonstration.card_picture import MARGIN_PX, draw_card_front
from teller_assist.errors import PhotographsMissingError
from teller_assist.evaluation.documents import fonts
from teller_assist.evaluation.documents.drawing import style
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX

NUMBER = IdNumber("190001199003150176")
RED_PORTRAIT = np.full((126, 102, 3), (0, 0, 200), np.uint8)


@pytest.fixture
def holders(tmp_path: Path) -> Path:
    path = tmp_path / "holders.toml"
    path.write_text('ethnicities = ["汉"]\naddresses = ["样本省示例市虚构区模拟街22号3单元401室"]\n', encoding="utf-8")
    return path


def drawn(name: str, holders: Path, number: IdNumber = NUMBER) -> Pixels:
    try:
        data = draw_card_front(name, number, RED_PORTRAIT, holders)
    except PhotographsMissingError as error:
        pytest.skip(f"the card cannot be drawn here: {error}")
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.full
def test_the_card_has_its_size_at_300_dpi_and_the_portrait_at_the_right(holders: Path) -> None:
    card = drawn("林晓样", holders)
    assert card.shape == (CARD_SIZE_PX[1] + 2 * MARGIN_PX, CARD_SIZE_PX[0] + 2 * MARGIN_PX, 3)
    assert abs(CARD_SIZE_PX[0] / CARD_SIZE_PX[1] - 85.6 / 54.0) < 0.002
    red = (card[:, :, 0].astype(int) - card[:, :, 1] > 120).nonzero()
    assert red[1].min() > card.shape[1] / 2
    assert (red[1].max() - red[1].min()) / (red[0].max() - red[0].min()) == pytest.approx(102 / 126, abs=0.02)


def test_the_drawing_is_the_same_every_time_and_another_for_another_holder(holders: Path) -> None:
    first = drawn("林晓样", holders)
    assert np.array_equal(first, drawn("林晓样", holders))
    changed = (np.abs(first.astype(int) - drawn("陈示例", holders)).max(axis=2) > 40).nonzero()
    assert changed[0].max() < MARGIN_PX + 150, "only the line with the name differs"


def test_the_specimen_mark_stands_clear_of_every_field(holders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = drawn("林晓样", holders)
    monkeypatch.setattr(style, "SPECIMEN", "")
    mark = (np.abs(marked.astype(int) - drawn("林晓样", holders)).max(axis=2) > 40).nonzero()
    assert len(mark[0]) > 100
    assert mark[0].max() < MARGIN_PX + 75, "above the first field"


def test_without_a_chinese_font_there_is_an_error_instead_of_empty_boxes(holders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "installed_fonts", tuple)
    with pytest.raises(PhotographsMissingError) as refusal:
        draw_card_front("林晓样", NUMBER, RED_PORTRAIT, holders)
    assert refusal.value.facts["why"] == "no_chinese_font"
