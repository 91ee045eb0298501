"""The 256 bytes of text of an identity card's chip: UTF-16LE, padded with spaces; the flag at byte 248 names the layout."""

from __future__ import annotations

from typing import Any

from teller_assist_sdk import DeviceProblem

TEXT_BYTES = 256
_FLAG = slice(248, 250)
_RESIDENT_FLAGS = (" ", "\0")
_PERMIT_FLAG = "J"  # residence permit for residents of Hong Kong, Macau and Taiwan: as a resident's, without ethnicity
_FOREIGNER_FLAGS = ("I", "Y")  # permanent residents' permits of 2017 and 2023: a record has no place for them
# start, length in bytes
_FIELDS = {
    "name": (0, 30),
    "sex": (30, 2),
    "ethnicity": (32, 4),
    "birth_date": (36, 16),
    "address": (52, 70),
    "number": (122, 36),
    "issuer": (158, 30),
    "valid_from": (188, 16),
    "valid_until": (204, 16),
}
_SEXES = {"1": "male", "2": "female"}
_LIFELONG = "长期"
# GB/T 3304, from 01 on
_ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 "
    "土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 "
    "赫哲 门巴 珞巴 基诺"
)
_ETHNICITY_BY_CODE = {
    **{f"{number:02d}": name for number, name in enumerate(_ETHNICITIES.split(), 1)},
    "97": "其他",
    "98": "外国血统中国籍人士",
}


def read_chip_text(block: bytes) -> dict[str, Any]:
    """Return a card's record without its portrait.

    Parameters
    ----------
    block
        256 bytes.

    Raises
    ------
    DeviceProblem
        card_unreadable: the layout is unknown or has no place in a record, or a field is not what it must be.
    """
    if len(block) != TEXT_BYTES:
        raise DeviceProblem("card_unreadable", f"{len(block)} bytes of text")
    flag = _decoded(block[_FLAG], "layout")
    if flag in _FOREIGNER_FLAGS:
        raise DeviceProblem("card_unreadable", f"a foreigner's permit, layout {flag}")
    if flag not in (*_RESIDENT_FLAGS, _PERMIT_FLAG):
        raise DeviceProblem("card_unreadable", "unknown layout")
    told = {name: _plain(_decoded(block[start : start + length], name)) for name, (start, length) in _FIELDS.items()}
    return {
        **told,
        "sex": _looked_up(_SEXES, told["sex"], "sex"),
        "ethnicity": "" if flag == _PERMIT_FLAG else _looked_up(_ETHNICITY_BY_CODE, told["ethnicity"], "ethnicity"),
        "birth_date": iso_date(told["birth_date"], "birth_date"),
        "valid_from": iso_date(told["valid_from"], "valid_from"),
        "valid_until": "long_term" if told["valid_until"] == _LIFELONG else iso_date(told["valid_until"], "valid_until"),
    }


def iso_date(text: str, name: str) -> str:
    """Return "YYYY-MM-DD" of eight digits; separators that vendors put between them are passed over.

    Raises
    ------
    DeviceProblem
        card_unreadable.
    """
    digits = "".join(character for character in text if character not in "-./年月日 ")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise DeviceProblem("card_unreadable", name)
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise DeviceProblem("card_unreadable", name) from error


def _plain(text: str) -> str:
    return text.replace("\0", " ").strip()


def _looked_up(table: dict[str, str], code: str, name: str) -> str:
    if code not in table:
        raise DeviceProblem("card_unreadable", name)
    return table[code]
