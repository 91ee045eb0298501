from collections.abc import Callable
from typing import Any

import pytest
from PyQt5.QtGui import QColor

from teller_assist.ui.theme import DARK, LIGHT
from teller_assist.ui.widgets.preview import Preview
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from teller_assist.workflow.view import CaptureView, Chip, Mark
from tests.stand_ins.looking import clipped, overlapping, skin_pixels, texts
from tests.stand_ins.view_parts import GOOD_PICTURE, POOR_PICTURE, capture
from tests.stand_ins.views import preview_frame

Show = Callable[[Any], Any]


@pytest.fixture
def preview(shown: Show, zh: Words) -> Preview:
    widget: Preview = shown(Preview(zh, LIGHT))
    widget.setFixedHeight(207)
    return widget


@pytest.mark.parametrize(
    ("view", "refused", "said"),
    [
        (capture(), False, []),
        (capture(permitted=False), False, ["取得客户同意前，不检测人脸"]),
        (capture(permitted=False), True, ["不使用人脸识别"]),
        (capture(stalled=True), False, ["摄像头没有画面，请检查连接"]),
        (capture(blanked=True), False, ["无操作，画面已遮蔽；移动鼠标恢复"]),
        (capture(captured=True), False, ["已采集"]),
        (capture(hint=sentence("hint", "no_face")), False, ["请客户正对镜头"]),
        (capture(captured=True, hint=sentence("hint", "waiting_for_card")), False, ["已采集，请放置身份证"]),
        (capture(quality=GOOD_PICTURE), False, ["光照", "清晰度", "姿态", "距离"]),
        (capture(quality=GOOD_PICTURE, permitted=False), False, ["取得客户同意前，不检测人脸"]),
        (capture(pad=Chip("bona_fide", Mark.GOOD)), False, ["真人"]),
        (capture(pad=Chip("not_available", Mark.UNKNOWN)), False, ["未做活体检测"]),
    ],
)
def test_what_is_written_over_the_picture(preview: Preview, view: CaptureView, refused: bool, said: list[str]) -> None:
    preview.show_capture(view, without_face=refused)
    assert sorted(texts(preview)) == sorted(said)


def test_no_words_lie_over_the_face_once_there_is_a_picture(preview: Preview) -> None:
    preview.show_capture(capture(permitted=False), without_face=False)
    assert preview.state.geometry().center().y() < preview.height() * 0.6
    preview.show_frame(preview_frame())
    assert preview.state.geometry().top() > preview.height() * 0.75


def test_the_source_is_named_where_it_covers_no_face(preview: Preview) -> None:
    preview.show_capture(capture(), without_face=False)
    preview.show_frame(preview_frame())
    assert texts(preview) == []
    assert preview.toolTip() == "1280×720 · 30帧/秒"
    preview.blank()
    assert preview.toolTip() == ""


@pytest.mark.parametrize(("view", "refused"), [(capture(stalled=True), False), (capture(blanked=True), False), (capture(), True)])
def test_the_picture_goes_and_no_later_frame_brings_it_back(preview: Preview, view: CaptureView, refused: bool) -> None:
    preview.show_capture(capture(), without_face=False)
    preview.show_frame(preview_frame())
    assert skin_pixels(preview) > 100
    preview.show_capture(view, without_face=refused)
    preview.show_frame(preview_frame())
    assert skin_pixels(preview) == 0
    assert not preview.shows_picture


def bracket_pixels(preview: Preview, colour: str) -> int:
    picture = preview.grab().toImage()
    wanted = QColor(colour).rgb()
    return sum(picture.pixel(x, y) == wanted for x in range(picture.width()) for y in range(picture.height()))


@pytest.mark.parametrize(("captured", "colour"), [(False, DARK.attention.text), (True, DARK.good.text)])
def test_brackets_stand_round_a_face_and_tell_when_it_is_captured(preview: Preview, captured: bool, colour: str) -> None:
    preview.show_capture(capture(captured=captured), without_face=False)
    preview.show_frame(preview_frame(box=None))
    assert bracket_pixels(preview, colour) == 0
    preview.show_frame(preview_frame())
    assert bracket_pixels(preview, colour) > 30


@pytest.mark.parametrize("height_px", [120, 160, 207])
def test_a_face_is_never_cut(preview: Preview, height_px: int) -> None:
    preview.setFixedHeight(height_px)
    preview.show_capture(capture(), without_face=False)
    preview.show_frame(preview_frame())
    assert preview._image is not None
    place = preview._picture_place(preview._image)
    assert preview.rect().adjusted(-1, -1, 1, 1).contains(place.toAlignedRect())
    assert place.width() / place.height() == pytest.approx(16 / 9)


@pytest.mark.parametrize("height_px", [160, 207])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("hint", ["head_raised_or_lowered", "face_small", "picture_blurred"])
def test_chips_and_hints_have_room(shown: Show, language: Language, height_px: int, hint: str) -> None:
    preview = shown(Preview(Words(language), LIGHT))
    preview.setFixedHeight(height_px)
    view = capture(quality=POOR_PICTURE, hint=sentence("advice", hint), pad=Chip("uncertain", Mark.ATTENTION))
    preview.show_capture(view, without_face=False)
    preview.show_frame(preview_frame())
    assert clipped(preview) == []
    assert overlapping(preview) == []


def test_a_chip_says_its_mark_to_a_screen_reader(preview: Preview) -> None:
    preview.show_capture(capture(quality=POOR_PICTURE), without_face=False)
    labels = {one.text(): one.accessibleName() for one in preview.quality.findChildren(type(preview.hint))}
    assert labels == {"光照": "光照：请注意", "清晰度": "清晰度：正常", "姿态": "姿态：请注意", "距离": "距离：未知"}
