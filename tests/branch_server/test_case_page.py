"""What the case page tells, before a template writes it."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import pytest

from teller_assist.branch_server.case_fields import persons_told
from teller_assist.branch_server.case_page import Watermark
from teller_assist.branch_server.case_pictures import PictureTold, pictures_told
from teller_assist.branch_server.case_readings import readings_told
from teller_assist.review.people import LoggedIn, Role
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import STATION, made_up_case, number
from tests.stand_ins.drawn_cases import deliver_drawn_case, drawn_case, plain_picture


def evidence(role: str, width: int, height: int, face: tuple[float, float, float, float] | None = None) -> dict[str, Any]:
    kept = {"role": role, "kept": True, "media_type": "image/png", "width_px": width, "height_px": height}
    names = ("x_px", "y_px", "width_px", "height_px")
    return kept if face is None else {**kept, "face": dict(zip(names, face, strict=True))}


def pictures_of(*pictures: dict[str, Any]) -> dict[str, PictureTold]:
    return {one.role: one for one in pictures_told(made_up_case(evidence=list(pictures)))}


def test_the_compared_face_fills_the_same_share_of_every_frame_and_stands_in_its_middle() -> None:
    small = evidence("chip", 102, 126, (20, 40, 50, 60))
    large = evidence("live", 1920, 1080, (1200, 100, 300, 360))
    for picture in (pictures_of(small, large)[role] for role in ("live", "chip")):
        assert picture.view is not None
        assert picture.face is not None
        assert picture.face.height / picture.view.height == pytest.approx(0.5)
        assert picture.view.width / picture.view.height == pytest.approx(0.8)
        middle = (picture.view.x + picture.view.width / 2, picture.view.y + picture.view.height / 2)
        assert middle == pytest.approx((picture.face.x + picture.face.width / 2, picture.face.y + picture.face.height / 2))
        assert picture.scaled.zh == "按人脸对齐"


@pytest.mark.parametrize(("width", "height"), [(102, 126), (640, 480), (100, 1000)])
def test_a_picture_without_a_measured_face_is_shown_whole_and_says_so(width: int, height: int) -> None:
    picture = pictures_of(evidence("chip", width, height))["chip"]
    view = picture.view
    assert view is not None
    assert view.x <= 0
    assert view.y <= 0
    assert view.x + view.width >= width - 1e-9
    assert view.y + view.height >= height - 1e-9
    assert view.width / view.height == pytest.approx(0.8)
    assert "比例可能不同" in picture.scaled.zh


def test_a_face_placed_by_the_layout_of_such_photos_is_not_called_found() -> None:
    photo = evidence("netcheck", 178, 220, (40, 60, 90, 110))
    photo["face"]["by_layout"] = True
    assert "版式" in pictures_of(photo)["netcheck"].scaled.zh


def test_what_was_restored_is_called_a_guess() -> None:
    pictures = pictures_of(evidence("netcheck", 178, 220), evidence("netcheck_restored", 178, 220))
    assert "推测" in pictures["netcheck_restored"].note.zh
    assert pictures["netcheck"].note.zh == ""


def fields_of(netcheck: str = "MATCH_PHOTO_SAME", alerts: tuple[tuple[str, str, str], ...] = (), **changed: Any) -> Any:
    person = {"role": "holder", "source": "chip", "name": "林晓样", "number": number(17), "sex": "male"}
    case = made_up_case(netcheck=netcheck, alerts=alerts, persons=[{**person, "birth_date": "1990-03-15", **changed}])
    (told,) = persons_told(case)
    return told, {one.field.zh: one for one in told.fields}


def test_a_passport_has_its_own_number_masked_and_nothing_that_a_citizens_number_says() -> None:
    checks = dict.fromkeys(("data_groups", "signature", "issuer"), "passed")
    document = {"document_type": "P", "nationality": "UTO", "access_by": "bac", **checks}
    _told, fields = fields_of("NOT_ASKED", name="SAMPLE MARTA", number="XA0000012", issuer="UTO", travel_document=document)
    assert "公民身份号码" not in fields
    assert fields["护照或通行证号码"].cells[0].zh == "XA*****12"
    assert fields["签发机关"].cells[0].zh == "UTO"
    assert not any(one.differs for one in fields.values())


def test_the_authoritys_yes_stands_beside_name_and_number() -> None:
    _told, fields = fields_of()
    for name in ("姓名", "公民身份号码", "性别", "出生日期"):
        assert (fields[name].compared.zh, fields[name].compared.mark, fields[name].differs) == ("一致", "✓", False)
    assert fields["签发机关"].compared.zh == "无可对照"


@pytest.mark.parametrize(
    ("netcheck", "alert", "field", "words"),
    [
        ("NAME_MISMATCH", "netcheck_name_mismatch", "姓名", "不一致"),
        ("NAME_MISMATCH", "netcheck_name_encoding", "姓名", "写法不同（生僻字编码）"),
        ("NOT_FOUND", "netcheck_not_found", "公民身份号码", "库中无此号"),
        ("CARD_LOST", "netcheck_card_lost", "有效期截止", "证件已挂失"),
        ("CARD_INVALID", "netcheck_card_invalid", "有效期截止", "证件已失效"),
    ],
)
def test_what_the_authority_does_not_confirm_is_marked_by_word_and_sign(
    netcheck: str, alert: str, field: str, words: str
) -> None:
    alerts = (("netcheck_result", "review", alert),)
    _told, fields = fields_of(netcheck, alerts, valid_until="2035-01-01")
    assert fields[field].differs
    assert fields[field].compared.mark == "≠"
    assert fields[field].cells[3].zh == words
    assert [name for name, one in fields.items() if one.differs] == [field]


@pytest.mark.parametrize(("changed", "field"), [({"sex": "female"}, "性别"), ({"birth_date": "1991-03-15"}, "出生日期")])
def test_what_the_number_says_otherwise_is_marked(changed: dict[str, Any], field: str) -> None:
    _told, fields = fields_of(**changed)
    assert [name for name, one in fields.items() if one.differs] == [field]


def test_columns_that_have_nothing_say_why() -> None:
    told, _fields = fields_of("NOT_ASKED")
    headings = {heading.zh: why.zh for heading, why in told.columns}
    assert headings == {"芯片": "", "证面印刷": "没有扫描证件", "号码推算": "", "联网核查": "没有核查"}
    typed, _fields = fields_of(source="typed")
    assert typed.columns[0][0].zh == "柜员录入"


def test_a_later_answer_and_a_damaged_number_leave_the_page_whole() -> None:
    _told, fields = fields_of("LATER", number="19000119900315", sex="other")
    assert fields["公民身份号码"].cells[0].zh == "—"
    assert fields["性别"].cells[0].zh == "other"


def reading(**changed: Any) -> Any:
    case = drawn_case(station=STATION)
    answer = {**case["comparisons"][2]["answer"], **changed}
    return readings_told({**case, "comparisons": [{"edge": "live_chip", "compared": True, "answer": answer}]})[0]


def test_both_readings_lie_on_one_axis_of_odds_and_the_relatives_is_never_narrower() -> None:
    gauge = reading(llr=0.0, llr_ci95=[-1.0, 1.0], llr_relative_band=[-0.06, 0.03]).gauge
    assert gauge.reading == pytest.approx(294.0), "one to one is the middle"
    assert {odds: x for x, odds in gauge.ticks}["1:1"] == gauge.reading
    left, width = gauge.band
    assert width >= 10
    assert left < gauge.reading < left + width
    step = reading(llr=math.log(10), llr_ci95=[1.0, 3.0]).gauge
    assert step.reading == pytest.approx({odds: x for x, odds in step.ticks}["10:1"], abs=0.1)


def test_a_reading_beyond_the_axis_widens_it() -> None:
    gauge = reading(llr=11.2, llr_ci95=[9.8, 12.3]).gauge
    assert 14 <= gauge.low < gauge.reading < gauge.high <= 574


@pytest.mark.parametrize("left_out", ["llr", "llr_relative_band"])
def test_what_is_not_stated_or_an_earlier_station_did_not_send_is_said_to_be_missing(left_out: str) -> None:
    not_stated = {"stated": False, "why_zh": "次数不足", "why_en": "too few", "comparisons": 3}
    one = reading(**{left_out: not_stated})
    if left_out == "llr":
        assert one.gauge is None
        assert "没有证据强度读数。" in [told.zh for told in one.told]
    else:
        assert one.gauge.band is None
        assert "只有判断为同一人时" in one.relative.zh


def test_what_must_be_known_of_a_reading_stands_below_it() -> None:
    told = [one.zh for one in reading(advice=["factory_calibration", "calibration_clamped", "picture_blurred", "later"]).advice]
    assert told[0] == "出厂校准，未经本行客户验证。"
    assert "校准范围" in told[1]
    assert told[3] == "later", "a code of a later version stands as it is"


def test_the_printed_portraits_comparison_is_named_beside_the_others() -> None:
    edges = [{"edge": name, "compared": False, "why": "no_face"} for name in ("live_chip", "live_printed")]
    assert [one.edge.zh for one in readings_told(made_up_case(comparisons=edges))] == ["现场与芯片", "现场与证面"]


def test_a_comparison_of_a_picture_that_cannot_be_used_says_why() -> None:
    edges = [{"edge": "live_chip", "compared": False, "why": why} for why in ("no_photo", "no_face", "of_a_later_version")]
    told = [one.told[0].zh for one in readings_told(made_up_case(comparisons=edges))]
    assert told[0] == "没有可比对的照片。"
    assert "人脸" in told[1]
    assert told[2] == "of_a_later_version"


def test_a_page_shows_neither_a_percentage_nor_a_score(server: RunningServer, station: EnrolledStation) -> None:
    page = server.log_in().get(f"{server.url}/cases/{deliver_drawn_case(server, station)}").text
    words = re.sub(r"<[^>]*>", " ", page)
    assert not re.search(r"[%％]", words)
    assert "0.31" not in words, "the raw score"
    for told in ("每76次约有1次比这更不相似", "约为陌生人中的360倍（180至600倍）", "NIST FRTE twins 2026-08", "41 / 358,800"):
        assert told in words


def test_the_watermark_names_who_looks_by_login_and_when() -> None:
    person = LoggedIn("wang", "王经理", Role.MANAGER, "token")
    mark = Watermark.of(person, datetime.datetime(2026, 11, 30, 9, 5))
    assert mark.text == "王经理 wang 2026-11-30 09:05"
    longer = Watermark.of(LoggedIn("wang", "欧阳王经理", Role.MANAGER, "token"), datetime.datetime(2026, 11, 30, 9, 5))
    assert longer.width_px - mark.width_px == 28, "names of any length are written side by side"


def test_a_raw_picture_that_a_case_does_not_have_is_not_found(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_drawn_case(server, station)
    session = server.log_in()
    for role in ("card_portrait", "nonsense"):
        answer = session.get(f"{server.url}/cases/{case_id}/pictures/{role}/raw")
        assert answer.status_code == 404
        assert "没有找到" in answer.text
    auditor = server.log_in(Role.AUDITOR, "auditor")
    assert auditor.get(f"{server.url}/cases/{case_id}/pictures/live/raw").status_code == 403


def test_looks_stand_apart_from_what_happened(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_drawn_case(server, station)
    session = server.log_in()
    session.get(f"{server.url}/cases/{case_id}/pictures/chip")
    page = session.get(f"{server.url}/cases/{case_id}").text
    events, looks = page.split("<details>")
    assert "收到个案" in events
    assert "查看照片" not in events
    assert "查看照片：芯片照" in looks
    assert "查看记录（2次）" in looks


@pytest.mark.parametrize("path", ["/", "/login"])
def test_a_language_is_remembered_and_nonsense_is_chinese(server: RunningServer, path: str) -> None:
    session = server.log_in()
    assert 'lang="zh-CN"' in session.get(server.url + path).text
    assert 'lang="en"' in session.get(f"{server.url}{path}?lang=en").text
    assert '<html lang="en">' in session.get(server.url + path).text
    assert '<html lang="en">' in session.get(f"{server.url}{path}?lang=xx").text, "as this browser was switched"
    assert '<html lang="zh-CN">' in session.get(f"{server.url}{path}?lang=zh").text


def test_the_switch_keeps_what_the_address_says(server: RunningServer) -> None:
    page = server.log_in().get(f"{server.url}/?alerts=true&after=2026-01-01%2Cx&lang=zh").text
    assert 'href="/?alerts=true&amp;after=2026-01-01%2Cx&amp;lang=en"' in page


# ---------------------------------------------------------------- what was read of the scanned card


def read(name: str, value: str, **changed: Any) -> dict[str, Any]:
    usual = {
        "field": name,
        "value": value,
        "confidence": 0.99,
        "accepted": True,
        "doubtful": 0,
        "agreement": "equal",
        "why": "",
        "checks_failed": [],
        "settled": "no",
    }
    return {**usual, **changed}


def printed_fields(*fields: dict[str, Any]) -> dict[str, Any]:
    told = {"documents": [{"kind": "front", "located_by": "contour"}], "fields": list(fields)}
    case, rows = fields_of("NOT_ASKED", printed=told)
    assert {heading.zh: why.zh for heading, why in case.columns}["证面印刷"] == ""
    return dict(rows)


def test_the_printed_column_shows_what_was_read_and_how_it_agrees() -> None:
    rows = printed_fields(
        read("name", "林晓样"),
        read("id_number", number(18), agreement="different"),
        read("ethnicity", "汉族", agreement="equivalent", why="ethnicity_suffix"),
        read("sex", "男"),
        read("valid_to", "长期", agreement="missing"),
    )
    assert (rows["姓名"].cells[1].zh, rows["姓名"].compared.mark) == ("林晓样", "✓")
    assert (rows["公民身份号码"].compared.mark, rows["公民身份号码"].differs) == ("≠", True)
    assert rows["公民身份号码"].cells[1].zh.startswith("190001 19**"), "as little of a number as elsewhere"
    assert (rows["民族"].compared.mark, rows["民族"].compared.zh) == ("≈", "写法不同，内容一致")
    assert rows["性别"].cells[1].en == "Male"
    assert rows["有效期截止"].compared.zh == "无可对照"
    assert "住址" not in rows, "it stays on the card"


def test_an_edit_of_the_tellers_is_told_with_what_was_read() -> None:
    rows = printed_fields(
        read("name", "林晓样", settled="edited", read="林晓祥", teller="柜员一", teller_login=""),
        read("sex", "男", settled="confirmed", accepted=False, teller="柜员一", teller_login=""),
        read("birth", "1990-03-15", accepted=False),
    )
    assert rows["姓名"].cells[1].zh == "林晓样（柜员更正，识别为林晓祥）"
    assert rows["姓名"].cells[1].en == "林晓样 (edited by the teller; read as 林晓祥)"
    assert rows["性别"].cells[1].zh == "男（柜员已核对）"
    assert rows["性别"].cells[1].en == "Male (checked by the teller)"
    assert rows["出生日期"].cells[1].zh == "1990-03-15（识别存疑）"


def test_an_address_that_differs_stands_beside_the_chips_and_one_that_does_not_stays_on_the_card() -> None:
    differs = printed_fields(read("address", "示例市别处路2号", agreement="different", chip="示例市演示路1号"))["住址"]
    assert [one.zh for one in differs.cells[:2]] == ["示例市演示路1号", "示例市别处路2号"]
    kept = read("address", "")
    del kept["value"]
    assert printed_fields(kept)["住址"].cells[1].zh == "已识别，内容不留存"


def test_the_page_shows_the_printed_portrait_and_the_printed_fields(server: RunningServer, station: EnrolledStation) -> None:
    case = drawn_case(7, station=station.enrolment.station_id)
    person = {**case["persons"][0], "printed": {"documents": [], "fields": [read("name", "林晓祥", agreement="different")]}}
    evidence = [*case["evidence"], plain_picture("card_portrait", 314, 388)]
    case_id = deliver_drawn_case(server, station, 7, persons=[person], evidence=evidence)
    session = server.log_in()
    page = session.get(f"{server.url}/cases/{case_id}").text
    assert "林晓祥" in page
    assert "证面照片" in page
    assert f"/cases/{case_id}/pictures/card_portrait" in page
    assert session.get(f"{server.url}/cases/{case_id}/pictures/card_portrait").headers["content-type"] == "image/png"
