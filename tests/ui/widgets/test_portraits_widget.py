from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import EdgeName
from teller_assist.demonstration.drawn_faces import drawn_face
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.original import Original
from teller_assist.ui.widgets.portraits import PAIRS, Portraits
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view import Chip, Mark
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.looking import clipped, settled, skin_pixels, texts
from tests.stand_ins.view_parts import pairs, portraits, with_printed_portrait

Show = Callable[[Any], Any]


@pytest.fixture
def row(shown: Show, zh: Words) -> Portraits:
    widget: Portraits = shown(Portraits(zh, LIGHT))
    widget.set_compact(False)
    return widget


@pytest.mark.parametrize(
    ("word", "short", "long"),
    [
        (PairWord.AGREE, "一致", "一致"),
        (PairWord.CANNOT_TELL, "难判断", "无法判断"),
        (PairWord.DIFFER, "不一致", "不一致"),
        (PairWord.WAITING, "等待", "等待中"),
        (PairWord.NOT_COMPARED, "未比对", "未比对"),
    ],
)
def test_a_word_and_an_icon_stand_between_two_portraits_and_no_number(
    row: Portraits, word: PairWord, short: str, long: str
) -> None:
    row.show_portraits(portraits(words=pairs(word, word, word)))
    for between in row.pairs.values():
        assert between.word.text() == short
        assert between.icon.name == PAIRS[word][1]
    assert row.pairs[EdgeName.LIVE_CHIP].word.accessibleName() == f"现场与芯片：{long}"
    assert row.documents.label.text() == f"芯片与联网核查：{long}"
    assert not any(character.isdigit() for text in texts(row) for character in text)


@pytest.mark.parametrize("word", PairWord)
def test_beside_a_chip_the_printed_portrait_is_told_only_where_it_does_not_agree(row: Portraits, word: PairWord) -> None:
    row.show_portraits(portraits(words=pairs(PairWord.AGREE, PairWord.AGREE, PairWord.AGREE, word)))
    assert row.printed.isVisible() is (word in (PairWord.DIFFER, PairWord.CANNOT_TELL))
    if word is PairWord.DIFFER:
        assert row.printed.label.text() == "现场与证面：不一致"
    row.show_portraits(None)
    assert not row.printed.isVisible()


def test_without_a_chip_the_printed_portrait_stands_in_its_place_with_its_own_word(row: Portraits) -> None:
    row.show_portraits(
        with_printed_portrait("live chip", pairs(PairWord.WAITING, PairWord.AGREE, PairWord.AGREE, PairWord.DIFFER))
    )
    assert row.captions["chip"].text() == "证面照"
    assert row.pictures["chip"].accessibleName().startswith("证面照片")
    assert row.pairs[EdgeName.LIVE_CHIP].word.text() == "不一致"
    assert row.pairs[EdgeName.LIVE_CHIP].word.accessibleName() == "现场与证面：不一致"
    assert not row.printed.isVisible(), "it stands between the pictures already"
    row.show_portraits(portraits())
    assert row.captions["chip"].text() == "芯片照"


def test_marks_are_compared_on_the_reference_that_shows_the_smallest_ones(row: Portraits, qtbot: QtBot) -> None:
    for made, role in (
        (portraits(mesh=False), "netcheck"),
        (portraits(mesh=True), "chip"),
        (portraits("live netcheck", mesh=True), "netcheck"),
    ):
        row.show_portraits(made)
        with qtbot.waitSignal(row.marks_wanted) as caught:
            row.marks.click()
        assert [one.role for one in caught.args] == ["live", role]


@pytest.mark.parametrize("there", ["netcheck chip", "live", ""])
def test_marks_need_a_live_face_and_a_reference(row: Portraits, there: str) -> None:
    row.show_portraits(portraits(there))
    assert not row.marks.isVisible()


def test_a_photo_aligned_by_its_layout_alone_is_not_offered_for_marks(row: Portraits) -> None:
    made = portraits("live netcheck")
    row.show_portraits(replace(made, netcheck=replace(made.netcheck, by_layout=True, smallest_mark_mm=None)))
    assert not row.marks.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_faces_for_their_marks_say_how_small_ones_are_seen(shown: Show, language: Language) -> None:
    words = Words(language)
    original: Original = shown(Original(words))
    original.resize(380, 900)
    made = portraits()
    original.show_marks(made.live, made.chip)
    settled(original)
    assert "5" in original.note.text(), "4.1 mm, rounded up"
    assert original.picture.pixmap() is not None
    assert original.restored.pixmap() is not None
    assert clipped(original) == []
    original.show_original(made.chip)
    assert not original.note.isVisible()
    assert not original.restored.isVisible()


@pytest.mark.parametrize("compact", [True, False])
def test_the_pictures_are_larger_while_they_are_judged_by_eye_and_no_word_stands_between(row: Portraits, compact: bool) -> None:
    row.set_compact(compact)
    sizes = []
    for word in (PairWord.AGREE, PairWord.UNSEEN, PairWord.AGREE):
        row.show_portraits(portraits(words=pairs(word, word, word)))
        settled(row)
        sizes.append(row.pictures["live"].height())
        assert [between.isVisible() for between in row.pairs.values()] == [word is PairWord.AGREE] * 2
    assert sizes[1] > 1.3 * sizes[0]
    assert sizes[2] == sizes[0]
    row.show_portraits(portraits(words=pairs(PairWord.UNSEEN, PairWord.UNSEEN, PairWord.UNSEEN)))
    assert row.documents.label.text() == "芯片与联网核查：您判断后显示"


def test_icons_tell_the_words_apart_without_colour() -> None:
    assert len({icon for _tone, icon in PAIRS.values()}) == len(PairWord)


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ("not_yet", "等待中"),
        ("no_photo", "未返回照片"),
        ("not_available", "核查不可用"),
        ("refused", "未采集"),
        ("blanked", "已遮蔽"),
    ],
)
def test_an_empty_frame_says_why(row: Portraits, absent: str, said: str) -> None:
    row.show_portraits(portraits("live chip", absent=absent))
    assert row.pictures["netcheck"].absent.text() == said
    assert not row.pictures["netcheck"].isEnabled()
    assert not row.pictures["live"].absent.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("compact", [True, False])
def test_captions_and_words_have_room(shown: Show, language: Language, compact: bool) -> None:
    widget = shown(Portraits(Words(language), LIGHT))
    widget.set_compact(compact)
    for word in PairWord:
        for absent in ("not_yet", "no_photo", "not_available", "refused", "blanked"):
            widget.show_portraits(portraits("live", pairs(word, word, word), absent=absent))
            widget.show_pad(Chip("uncertain", Mark.ATTENTION))
            assert clipped(settled(widget)) == [], (word, absent)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_photo_with_a_mesh_stands_beside_the_same_without_it(shown: Show, language: Language) -> None:
    row = shown(Portraits(Words(language), LIGHT))
    row.show_portraits(portraits())
    assert row.pictures["netcheck"].shows_picture
    assert row.pictures["restored"].shows_picture
    left, right, live = (row.pictures[role].geometry() for role in ("netcheck", "restored", "live"))
    assert left.right() < right.left() < right.right() < live.left()
    assert row.width() <= 368, "the panel's room"
    assert clipped(settled(row)) == []
    row.show_portraits(portraits(mesh=False))
    assert not row.pictures["restored"].isVisible()
    assert not row.captions["restored"].isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_photo_that_was_aligned_by_its_layout_says_so(shown: Show, language: Language) -> None:
    words = Words(language)
    row = shown(Portraits(words, LIGHT))
    view = portraits()
    row.show_portraits(view)
    assert not row.by_layout.isVisible()
    row.show_portraits(replace(view, netcheck=replace(view.netcheck, by_layout=True)))
    assert row.by_layout.isVisible()
    assert row.by_layout.label.text() == words.say("panel", "aligned_by_layout")
    assert clipped(settled(row)) == []
    row.show_portraits(None)
    assert not row.by_layout.isVisible()


@pytest.mark.parametrize("role", ["netcheck", "restored"])
def test_neither_of_the_two_opens_without_the_other(row: Portraits, qtbot: QtBot, zh: Words, shown: Show, role: str) -> None:
    view = portraits()
    row.show_portraits(view)
    with qtbot.waitSignal(row.opened) as caught:
        row.pictures[role].click()
    assert caught.args is not None
    assert caught.args[0] is view.netcheck
    original = shown(Original(zh))
    original.resize(368, 500)
    original.show_original(view.netcheck)
    assert "原图" in original.caption.text()
    assert "去除网纹" in original.caption.text()
    assert original.picture.pixmap().size() == original.restored.pixmap().size()
    original.show_original(view.chip)
    assert not original.restored.isVisible()


def test_a_click_asks_for_the_original(row: Portraits, qtbot: QtBot) -> None:
    view = portraits()
    row.show_portraits(view)
    with qtbot.waitSignal(row.opened) as caught:
        row.pictures["chip"].click()
    assert caught.args is not None
    assert caught.args[0] is view.chip


def test_a_portrait_without_an_original_opens_nothing(row: Portraits, qtbot: QtBot) -> None:
    view = portraits()
    row.show_portraits(replace(view, chip=replace(view.chip, original=None)))
    with qtbot.assertNotEmitted(row.opened):
        row.pictures["chip"].click()


def test_all_three_are_drawn_at_one_scale(row: Portraits) -> None:
    view = portraits()
    small = replace(view.chip, pixels=drawn_face(84, 108))
    row.show_portraits(replace(view, chip=small))
    large, half = (skin_pixels(row.pictures[role]) for role in ("live", "chip"))
    assert half < 0.4 * large, "half the size is a quarter of the pixels, not blown up"


def test_nothing_of_a_face_stays_when_there_is_no_customer(row: Portraits) -> None:
    row.show_portraits(portraits())
    assert skin_pixels(row) > 300
    row.show_portraits(None)
    assert skin_pixels(row) == 0


def test_the_original_is_shown_large_and_goes_on_a_click(shown: Show, zh: Words) -> None:
    original = shown(Original(zh))
    original.resize(368, 500)
    original.show_original(portraits().chip)
    assert original.caption.text() == "芯片照 · 原图"
    picture = original.picture.pixmap()
    assert (picture.width(), picture.height()) == (306, 378), "at most three times its size"
    original.back.click()
    assert original.isHidden()
    assert original.picture.pixmap() is None or original.picture.pixmap().isNull()
