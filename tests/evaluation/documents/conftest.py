"""Where no Chinese font is installed nothing can be drawn; tests that draw are then passed over."""

from __future__ import annotations

import pytest

from teller_assist.evaluation.documents.fonts import FontUse, fonts_for


@pytest.fixture
def chinese_font() -> None:
    if not fonts_for(FontUse.TEXT, "样本 SPECIMEN 0123456789X"):
        pytest.skip("no Chinese font is installed here")
