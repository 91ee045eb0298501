"""Closed vocabularies of the card: the ethnic groups, and the traditional forms that recognition answers for their characters."""

from __future__ import annotations

_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土
达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春
赫哲 门巴 珞巴 基诺
"""
ETHNICITIES = tuple(_GROUPS.split())  # GB/T 3304, as cards print them: without 族
OTHER_ETHNICITIES = ("穿青人", "其他", "外国血统中国籍人士")  # printed on some cards beside the 56
_LABEL = 2  # characters of 民族
_TRADITIONAL = str.maketrans(
    "漢維爾壯鮮滿薩黎東鄉納頗達錫吉別魯羅溫裕獨龍倫門諾烏俄畬羗區縣縣",
    "汉维尔壮鲜满萨黎东乡纳颇达锡吉别鲁罗温裕独龙伦门诺乌俄畲羌区县县",
)


def simplified(characters: str) -> str:
    """Return characters of a closed vocabulary in their simplified forms."""
    return characters.translate(_TRADITIONAL)


def ethnicity_at_the_end(characters: str) -> str | None:
    """Return the ethnic group that a text ends with, of which one character of several may be another one; before it may stand what
    is left of a label.

    None where none or several groups could be meant.
    """
    plain = simplified(characters)
    exact = [one for one in (*OTHER_ETHNICITIES, *ETHNICITIES) if plain.endswith(one) and len(plain) - len(one) <= _LABEL]
    if exact:
        return max(exact, key=len)
    near = [
        one for one in ETHNICITIES if 1 < len(one) <= len(plain) <= len(one) + _LABEL and _others(one, plain[-len(one) :]) == 1
    ]
    return near[0] if len(near) == 1 else None


def _others(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
