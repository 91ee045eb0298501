"""Made-up cards for the stand-in SAM_V reader, one for each layout of the text block."""

from __future__ import annotations

from functools import cache

from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from teller_assist.demonstration.stand_ins.sam_card import SamCard, photo_block, text_block
from teller_assist.evidence.id_number import check_character


def whole_number(first_17: str) -> str:
    return first_17 + check_character(first_17)


NUMBER = whole_number("19000119900315017")
OTHER_NUMBER = whole_number("19000119850612022")
PERMIT_NUMBER = whole_number("81000019900101001")

RESIDENT = {
    0: "林晓样", 30: "1", 32: "11", 36: "19900315", 52: "样本省示例市虚构区演示路1号", 122: NUMBER, 158: "示例市公安局",
    188: "20150101", 204: "长期",
}  # fmt: skip
PERMIT = {
    0: "陈样明", 30: "1", 36: "19900101", 52: "样本省示例市虚构区模拟街2号", 122: PERMIT_NUMBER, 158: "示例市公安局",
    188: "20200101", 204: "20250101", 220: "H12345678", 238: "01",
}  # fmt: skip
FOREIGNER_2017 = {
    0: "SAMPLE, JOHN", 120: "1", 122: "CAN190080010101", 152: "CAN", 158: "样约翰", 188: "20180101", 204: "20280101",
    220: "19800101", 236: "01", 240: "1500",
}  # fmt: skip
FOREIGNER_2023 = {
    0: "样约翰", 30: "1", 32: "01", 36: "19800101", 52: "SAMPLE, JOHN ALEXANDER MAXIMILIAN B",
    122: whole_number("91112419800101001"), 188: "20231201", 204: "20331201", 220: "ARTHOLOMEW", 242: "CAN", 250: "001",
}  # fmt: skip
NEWEST_ADDRESS = "样本省示例市虚构区新居路9号"


@cache
def drawn_photo() -> bytes:
    return photo_block(drawn_person(102, 126, LOOKS[0]))


def resident_card(**changed: str) -> SamCard:
    """A resident's card; ``number`` and ``flag`` may be another."""
    fields = {**RESIDENT, **({122: changed["number"], 36: changed["number"][6:14]} if "number" in changed else {})}
    if int(fields[122][16]) % 2 == 0:
        fields[30] = "2"
    return SamCard(text_block(changed.get("flag", " "), fields), drawn_photo())


def permit_card() -> SamCard:
    return SamCard(text_block("J", PERMIT), drawn_photo())
