"""Widgets of a few lines each: one table a widget."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from teller_assist.alerts.states import Kept
from teller_assist.decision.judgement import Alert, AlertKind, NextStep, Severity
from teller_assist.decision.second_identity import FaceSearch, SecondIdentityFinding, SeenBefore
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import BugError
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.transaction import BusinessKind, PersonRole
from teller_assist.ui.theme import DARK, LIGHT
from teller_assist.ui.widgets.advice import Advice
from teller_assist.ui.widgets.alert_banner import AlertBanner
from teller_assist.ui.widgets.consent_bar import ConsentBar
from teller_assist.ui.widgets.device_chips import DeviceChips
from teller_assist.ui.widgets.footer import Footer
from teller_assist.ui.widgets.header import Header
from teller_assist.ui.widgets.icons import ICONS, IconView, draw_icon, icon
from teller_assist.ui.widgets.identity_card import IdentityCard
from teller_assist.ui.widgets.notices import Notices, Problem
from teller_assist.ui.widgets.ready import Ready
from teller_assist.ui.widgets.sign_on import SignOn
from teller_assist.ui.widgets.simulated_bar import SimulatedBar
from teller_assist.ui.widgets.stepper import Stepper
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.widgets.today_list import TodayList
from teller_assist.ui.words import Language, Words
from teller_assist.wording import codes, reason_sentences, sentence
from teller_assist.workflow.second_identity_view import seen_before
from teller_assist.workflow.view import ConsentView, SimulatedView, Step, StepState
from tests.stand_ins.looking import clipped, settled, texts
from tests.stand_ins.view_parts import ASKED, CONSENTED, LEFT, REFUSED, devices, identity, steps, today
from tests.stand_ins.views import view

Show = Callable[..., Any]

# ---------------------------------------------------------------- header, footer


@pytest.mark.parametrize(
    ("counter", "teller", "said"),
    [("3号柜台", "10427", "3号柜台 · 柜员 10427"), ("", "10427", "柜员 10427"), ("3号柜台", "", "3号柜台"), ("", "", "")],
)
def test_the_header_names_counter_and_teller(shown: Show, zh: Words, counter: str, teller: str, said: str) -> None:
    header = shown(Header(zh, LIGHT), width_px=392)
    header.show_place(counter, teller, signed_on=bool(teller))
    assert texts(header) == ["柜面核身助手", said] if said else ["柜面核身助手"]
    assert header.lock_button.isVisible() is bool(teller)
    assert header.height() == 44


def test_the_headers_icons_have_names(shown: Show, zh: Words) -> None:
    header = shown(Header(zh, DARK), width_px=392)
    buttons = (header.language_button, header.theme_button, header.lock_button, header.collapse_button)
    assert [one.accessibleName() for one in buttons] == ["Switch to English", "浅色界面", "锁定", "收起为窄条（Ctrl+Alt+B）"]


@pytest.mark.parametrize(("language", "said"), [("zh", "仅作辅助，由柜员决定"), ("en", "It assists; the teller decides")])
def test_the_footer_says_who_decides(shown: Show, language: Language, said: str) -> None:
    assert texts(shown(Footer(Words(language)))) == [said]


# ---------------------------------------------------------------- devices, steps


@pytest.mark.parametrize(
    ("state", "icon_name", "said"),
    [
        (DeviceState.STARTING, "waiting", "摄像头：正在启动"),
        (DeviceState.READY, "check", "摄像头：可用"),
        (DeviceState.RESTARTING, "waiting", "摄像头：正在重新启动"),
        (DeviceState.OUT_OF_ORDER, "cross", "摄像头：已停用，请联系IT人员"),
        (DeviceState.CLOSED, "minus", "摄像头：已关闭"),
        (DeviceState.NOT_AVAILABLE, "warning", "摄像头：不可用"),
    ],
)
def test_a_device_chip_has_icon_word_mark_and_says_why(
    shown: Show, zh: Words, state: DeviceState, icon_name: str, said: str
) -> None:
    chips = shown(DeviceChips(zh, LIGHT))
    chips.show_devices(devices(camera=state))
    assert texts(chips) == ["摄像头", "读卡器", "高拍仪", "服务器"]
    assert chips._chips["camera"].mark.name == icon_name
    told = chips.word("camera").accessibleName().split("\n")
    assert told[0] == said
    assert len(told) == (2 if state in (DeviceState.OUT_OF_ORDER, DeviceState.NOT_AVAILABLE) else 1)


def test_a_station_that_was_set_up_without_a_server_alarms_nobody(shown: Show, zh: Words) -> None:
    chips, strip = shown(DeviceChips(zh, LIGHT)), shown(Strip(zh, LIGHT), width_px=48)
    told = devices(branch_server=DeviceState.NOT_AVAILABLE)
    chips.show_devices(told)
    strip.show_view(view(devices=told))
    assert texts(chips)[-1] == "未登记"
    assert chips.word("branch_server").accessibleName().startswith("服务器：")
    assert chips._chips["branch_server"].property("role") == "chip"
    assert chips._chips["branch_server"].mark.name == strip._devices["branch_server"].mark.name == "minus"
    chips.show_devices(devices(branch_server=DeviceState.RESTARTING))
    assert texts(chips)[-1] == "服务器"
    assert chips._chips["branch_server"].property("role") == "chip_attention"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_device_chips_fit(shown: Show, language: Language) -> None:
    chips = shown(DeviceChips(Words(language), LIGHT))
    chips.show_devices(devices(camera=DeviceState.OUT_OF_ORDER))
    assert clipped(settled(chips)) == []


def test_the_steps_say_how_they_stand(shown: Show, zh: Words) -> None:
    stepper = shown(Stepper(zh, LIGHT))
    stepper.show_steps(steps(2, StepState.ATTENTION))
    assert texts(stepper) == ["读卡", "扫描", "采集", "比对", "决定"]
    said = {step: label.accessibleName() for step, label in stepper.words.items()}
    assert said == {
        Step.READ_CARD: "读卡：完成",
        Step.SCAN: "扫描：不需要",
        Step.CAPTURE: "采集：请处理",
        Step.COMPARE: "比对：未开始",
        Step.DECIDE: "决定：未开始",
    }


# ---------------------------------------------------------------- alerts, notices, problems


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("why", codes("alert_headline"))
def test_every_alert_fits_with_its_headline_and_text(shown: Show, language: Language, why: str) -> None:
    words = Words(language)
    banner = shown(AlertBanner(words, LIGHT))
    banner.show_alert(Alert(AlertKind.KINSHIP, Severity.REVIEW, why), 2)
    banner.setFixedHeight(settled(banner).heightForWidth(368))
    assert texts(banner)[:2] == [words.say("alert_headline", why), words.say("alert_text", why)]
    assert "2" in texts(banner)[2]
    assert clipped(settled(banner)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_when_a_face_was_seen_before_stands_below_whatever_alert_is_weightiest(shown: Show, language: Language) -> None:
    words = Words(language)
    banner = shown(AlertBanner(words, LIGHT))
    seen = [SeenBefore("0" * 32, datetime.date(2026, 11, day), "large_withdrawal") for day in (26, 27)]
    told = seen_before(SecondIdentityFinding(FaceSearch(30, 9000, 0.706, "1e-4", 9.9e-5, 0.59, "c", "m"), tuple(seen)))
    banner.show_alert(Alert(AlertKind.IMPOSTOR, Severity.STOP, "live_chip_differs"), 1, told)
    banner.setFixedHeight(settled(banner).heightForWidth(368))
    assert "2026-11-26" in texts(banner)[2]
    assert clipped(settled(banner)) == []
    banner.show_alert(Alert(AlertKind.IMPOSTOR, Severity.STOP, "live_chip_differs"), 1)
    assert "2026" not in " ".join(texts(banner))


@pytest.mark.parametrize(
    ("kind", "severity", "icon_name", "spoken"),
    [
        (AlertKind.KINSHIP, Severity.REVIEW, "persons", "请核实："),
        (AlertKind.LOOK_ALIKE, Severity.INFO, "persons", "告知："),
        (AlertKind.IMPOSTOR, Severity.REVIEW, "warning", "请核实："),
        (AlertKind.NETCHECK_RESULT, Severity.STOP, "stop", "请暂停办理："),
        (AlertKind.KINSHIP, Severity.STOP, "stop", "请暂停办理："),
        (AlertKind.DEVICE, Severity.INFO, "info", "告知："),
    ],
)
def test_an_alerts_severity_has_an_icon_and_is_spoken(
    shown: Show, zh: Words, kind: AlertKind, severity: Severity, icon_name: str, spoken: str
) -> None:
    banner = shown(AlertBanner(zh, LIGHT))
    banner.show_alert(Alert(kind, severity, "live_chip_differs"), 0)
    assert banner.icon.name == icon_name
    assert banner.headline.accessibleName().startswith(spoken)
    assert len(texts(banner)) == 2, "no further alerts, no count"
    banner.show_alert(None, 0)
    assert not banner.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("step", NextStep)
def test_every_next_step_is_said(shown: Show, language: Language, step: NextStep) -> None:
    words = Words(language)
    advice = shown(Advice(words, LIGHT))
    advice.show_advice(step, ("live_chip_agrees", "possible_twin"))
    advice.setFixedHeight(settled(advice).heightForWidth(368))
    said = texts(advice)
    assert words.say("next_step", step) in said[0]
    assert said[1:] == [
        words.say("next_step_text", step),
        words.say("reason", "live_chip_agrees"),
        words.say("reason", "possible_twin"),
    ]
    assert clipped(settled(advice)) == []


def test_a_compact_advice_is_its_headline_until_more_is_asked_for(shown: Show, zh: Words) -> None:
    advice = shown(Advice(zh, LIGHT))
    advice.set_compact(True)
    advice.show_advice(NextStep.RETAKE, ("live_chip_cannot_tell",))
    assert texts(advice) == ["建议：请重新采集"]
    advice.more.click()
    assert len(texts(advice)) == 3
    advice.show_advice(NextStep.PROCEED, ())
    assert texts(advice) == ["建议：可以继续办理"], "another advice is folded again"


@pytest.mark.parametrize("code", ["passive_pad_missing", "no_register", "no_document_reading"])
def test_notices_are_said_and_go(shown: Show, zh: Words, code: str) -> None:
    notices = shown(Notices(zh, LIGHT))
    notices.show_notices((sentence("notice", code), sentence("notice", "no_netcheck")))
    assert texts(notices) == [sentence("notice", code).zh, sentence("notice", "no_netcheck").zh]
    notices.show_notices(())
    assert not notices.isVisible()


def test_a_problem_says_what_happened_and_what_to_do(shown: Show, zh: Words) -> None:
    problem = shown(Problem(zh, LIGHT))
    problem.show_problem(reason_sentences("card_unreadable"))
    assert texts(problem) == [reason_sentences("card_unreadable").zh]
    problem.show_problem(None)
    assert not problem.isVisible()


# ---------------------------------------------------------------- the customer


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ["林*晓", "330106 19** **** 0416", "女 · 34岁 · 汉", "有效期至 2031-05-20", "证件在有效期内", "联网核查一致"]),
        (
            {"valid_until": None},
            ["林*晓", "330106 19** **** 0416", "女 · 34岁 · 汉", "长期有效", "证件在有效期内", "联网核查一致"],
        ),
        (
            {"sex": Sex.MALE, "checks": (), "valid_until": datetime.date(2027, 1, 2)},
            ["林*晓", "330106 19** **** 0416", "男 · 34岁 · 汉", "有效期至 2027-01-02"],
        ),
    ],
)
def test_the_identity_card(shown: Show, zh: Words, changed: dict[str, Any], said: list[str]) -> None:
    card = shown(IdentityCard(zh, LIGHT))
    card.show_identity(identity(**changed))
    assert texts(card) == said
    assert clipped(settled(card)) == []


def test_without_an_identity_the_card_keeps_no_word(shown: Show, zh: Words) -> None:
    card = shown(IdentityCard(zh, LIGHT))
    card.show_identity(identity())
    card.show_identity(None)
    assert not card.isVisible()
    assert [one.text() for one in (card.name, card.number, card.person, card.validity)] == [""] * 4


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        (ASKED, ["是否同意采集人脸用于本次核身？", sentence("consent", "text").zh]),
        (CONSENTED, ["客户已单独同意采集人脸"]),
        (ConsentView(asked=False, given="legal_basis", refused=False), ["按本行已确认的法定依据采集人脸"]),
        (REFUSED, ["客户不同意人脸识别，改用其他证件核实。"]),
        (LEFT, ["本次不使用人脸识别，改用其他证件核实。"]),
        (ConsentView(asked=False, given="", refused=False), []),
    ],
)
def test_the_consent_step(shown: Show, zh: Words, consent: ConsentView, said: list[str]) -> None:
    bar = shown(ConsentBar(zh, LIGHT))
    bar.show_consent(consent)
    assert texts(bar) == said


def test_neither_answer_to_the_consent_question_is_pressed_on_anybody(shown: Show, zh: Words) -> None:
    bar = shown(ConsentBar(zh, LIGHT))
    bar.show_consent(ASKED)
    assert bar.agree.property("role") == bar.refuse.property("role")
    assert abs(bar.agree.width() - bar.refuse.width()) <= 1
    assert (bar.agree.text(), bar.refuse.text()) == ("客户同意  F5", "客户不同意  F9")


def test_the_notice_can_be_printed_while_consent_is_asked_for_and_says_so_for_this_customer_only(
    shown: Show, qtbot: QtBot, zh: Words
) -> None:
    bar = shown(ConsentBar(zh, LIGHT))
    bar.show_consent(ASKED)
    with qtbot.waitSignal(bar.notice_wanted):
        bar.notice.click()
    bar.show_printed()
    bar.show_consent(ASKED)
    assert bar.notice.text() == "告知书已打印"
    bar.show_consent(CONSENTED)
    assert not bar.notice.isVisible()
    bar.show_consent(ASKED)
    assert bar.notice.text() == "打印告知书"


# ---------------------------------------------------------------- between customers


def test_one_kind_of_business_is_chosen(shown: Show, qtbot: QtBot, zh: Words) -> None:
    ready = shown(Ready(zh))
    ready.show_choice(BusinessKind.LOSS_REPORT, PersonRole.HOLDER, may_go_on=False)
    told = ["1  开户", "2  激活", "3  挂失", "4  解挂", "5  密码重置", "6  大额取款", "7  销户"]
    assert [one.text() for one in ready.buttons.values()] == told
    assert ready.begin_button.text() == "开始核身  F4"
    assert [kind for kind, one in ready.buttons.items() if one.isChecked()] == [BusinessKind.LOSS_REPORT]
    with qtbot.waitSignal(ready.business_chosen) as caught:
        ready.buttons[BusinessKind.ACCOUNT_CLOSING].click()
    assert caught.args == [BusinessKind.ACCOUNT_CLOSING]
    assert [kind for kind, one in ready.buttons.items() if one.isChecked()] == [BusinessKind.ACCOUNT_CLOSING]


def test_the_footer_says_who_decides_or_the_core_systems_reference_however_long(shown: Show, zh: Words) -> None:
    footer = shown(Footer(zh))
    footer.setFixedWidth(392)
    footer.show_reference("")
    assert footer.text.text() == "仅作辅助，由柜员决定"
    footer.show_reference("CBS-17")
    assert footer.text.text() == "核心流水号 CBS-17 · 仅作辅助，由柜员决定"
    footer.show_reference("W" * 64)
    assert footer.text.fontMetrics().horizontalAdvance(footer.text.text()) <= 392
    assert footer.text.text().endswith(" · 仅作辅助，由柜员决定")
    assert footer.text.toolTip() == "核心流水号 " + "W" * 64
    footer.show_reference("")
    assert footer.text.text() == "仅作辅助，由柜员决定"
    assert footer.text.toolTip() == ""


def test_one_role_is_chosen_and_a_further_person_offered_only_where_there_can_be_one(
    shown: Show, qtbot: QtBot, zh: Words
) -> None:
    ready = shown(Ready(zh))
    ready.show_choice(BusinessKind.LOSS_REPORT, PersonRole.HOLDER, may_go_on=False)
    assert [one.text() for one in ready.roles.values()] == ["本人", "代理人", "监护人"]
    assert not ready.go_on_button.isVisible()
    with qtbot.waitSignal(ready.role_chosen) as caught:
        ready.roles[PersonRole.GUARDIAN].click()
    assert caught.args == [PersonRole.GUARDIAN]
    ready.show_choice(BusinessKind.LOSS_REPORT, PersonRole.HOLDER, may_go_on=True)
    assert [role for role, one in ready.roles.items() if one.isChecked()] == [PersonRole.HOLDER]
    with qtbot.waitSignal(ready.go_on):
        ready.go_on_button.click()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"waiting": None}, "本机未登记到网点服务器，记录不保存、不发送。"),
        ({}, "已保存并全部送达网点服务器。"),
        ({"waiting": 3}, "已保存（加密），待发送到网点服务器：3"),
        ({"waiting": 3, "refused": 2}, "网点服务器未接收2条记录，文件已保留。请联系IT人员。"),
        (
            {"waiting": 3, "refused": 2, "unsaved": 1},
            "有1条记录未能写入磁盘，正在重试。请勿关闭本窗口，并联系IT人员。",
        ),
    ],
)
def test_today_counts_and_says_the_worst_of_what_became_of_the_records(
    shown: Show, zh: Words, changed: dict[str, Any], said: str
) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.resize(368, 300)
    listed.show_today(today(**changed))
    assert texts(listed)[:3] == ["今日记录", "核身 4 · 转复核 1", said]
    assert texts(listed)[3:7] == ["14:27", "张*伟", "挂失", "通过"]
    assert "14:15" in texts(listed)


def test_who_did_without_face_recognition_is_counted_where_there_is_somebody(shown: Show, zh: Words) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.resize(368, 300)
    listed.show_today(today(without_face=2))
    assert "核身 4 · 转复核 1 · 不用人脸 2" in texts(listed)
    settled(listed)
    assert clipped(listed) == []


def test_an_empty_day_says_so_and_an_abandoned_customer_has_no_decision(shown: Show, zh: Words) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.resize(368, 300)
    listed.show_today(today(0))
    assert texts(listed)[-1] == "今天还没有记录。"
    listed.show_today(today(5))
    assert texts(listed)[-1] == "未决定"


def test_saved_is_said_of_a_case_only_once_it_is_saved(shown: Show, zh: Words) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.resize(368, 300)
    rows = today(1).rows
    listed.show_today(today(rows=1, waiting=1))
    listed.show_today(replace(today(rows=1), rows=(replace(rows[0], kept=Kept.SAVING),), waiting=0))
    assert listed.sending.text() == "正在保存……"
    assert "正在保存" in [one.toolTip() for one in listed.findChildren(IconView)]
    listed.show_today(replace(today(rows=1), rows=(replace(rows[0], kept=Kept.SAVED),), waiting=1))
    assert listed.sending.text().startswith("已保存")
    assert "已保存，等待发送" in [one.toolTip() for one in settled(listed).findChildren(IconView)]


@pytest.mark.parametrize(("most", "last"), [(None, "激活"), (4, "大额取款"), (1, "挂失")])
def test_beside_a_customer_only_the_newest_are_listed(shown: Show, zh: Words, most: int | None, last: str) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.resize(368, 400)
    listed.show_today(today(5), rows_most=most)
    assert texts(settled(listed))[-2] == last


@pytest.mark.parametrize(("height_px", "rows"), [(400, 4), (120, 2), (82, 0)])
def test_beside_a_customer_no_row_is_shown_in_part(shown: Show, qtbot: QtBot, zh: Words, height_px: int, rows: int) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.show_today(today(5), rows_most=4)
    listed.setFixedHeight(height_px)
    qtbot.waitUntil(lambda: len(texts(settled(listed))[3:]) == 4 * rows)
    listed.setFixedHeight(400)
    qtbot.waitUntil(lambda: len(texts(settled(listed))[3:]) == 16)  # they come back with the room


@pytest.mark.parametrize(("locked", "title"), [(False, "柜员登录"), (True, "已锁定")])
def test_signing_on(shown: Show, qtbot: QtBot, zh: Words, locked: bool, title: str) -> None:
    page = shown(SignOn(zh, LIGHT), width_px=392)
    page.show_state(locked=locked)
    assert texts(page)[0] == title
    with qtbot.assertNotEmitted(page.sign_on):
        page.teller.returnPressed.emit()
    page.teller.setText("李")
    with qtbot.waitSignal(page.sign_on) as caught:
        page.teller.returnPressed.emit()
    assert caught.args == ["李"]


def test_the_simulated_line_says_so_and_of_what(shown: Show, zh: Words) -> None:
    bar = shown(SimulatedBar(zh, LIGHT))
    bar.show_simulated(SimulatedView(2, 6, sentence("simulated_material", "recordings")), signed_on=True)
    assert texts(bar) == ["模拟柜台 · 第2位客户，共6位", sentence("simulated_material", "recordings").zh]


# ---------------------------------------------------------------- icons


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_leaves_ink_and_stays_in_its_place(name: str) -> None:
    image = QImage(40, 40, QImage.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    draw_icon(painter, name, QRectF(8, 8, 24, 24), "#000000")
    painter.end()
    inked = [(x, y) for x in range(40) for y in range(40) if QColor(image.pixel(x, y)).lightness() < 128]
    assert inked
    assert all(7 <= x <= 33 and 7 <= y <= 33 for x, y in inked)


def test_an_unknown_icon_is_our_own_fault(qtbot: QtBot) -> None:
    with pytest.raises(BugError, match="moonlight"):
        icon("moonlight", "#000000")
