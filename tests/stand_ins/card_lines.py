"""What recognition answers for a made-up card: its lines of text, laid out as cards are printed, without any picture."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from teller_assist.documents.engine import TextLine
from teller_assist.evidence.id_number import check_character

SIZE_PX = (1011, 638)
_LABEL_HEIGHT, _NAME_HEIGHT, _VALUE_HEIGHT = 47.0, 58.0, 45.0
_ADDRESS_UNITS = 11  # full-width characters in a line of the address


def number_of(area: str, birth: str, sequence: int) -> str:
    """Return a valid number; ``birth`` is "YYYY-MM-DD"."""
    first_17 = f"{area}{birth.replace('-', '')}{sequence:03d}"
    return first_17 + check_character(first_17)


@dataclass(frozen=True)
class Person:
    """A made-up holder."""

    name: str = "王样"
    sex: str = "男"
    ethnicity: str = "汉"
    birth: str = "1990-03-07"
    address: str = "江苏省南通市如东县新样镇样村3组55号"
    area: str = "320623"

    @property
    def number(self) -> str:
        """Her or his number: its sequence agrees with the sex."""
        return number_of(self.area, self.birth, 121 if self.sex == "男" else 122)

    @property
    def values(self) -> dict[str, str]:
        """The fields of the front."""
        return {
            "name": self.name, "sex": self.sex, "ethnicity": self.ethnicity, "birth": self.birth, "address": self.address,
            "id_number": self.number,
        }  # fmt: skip


@dataclass
class Item:
    """One line before it is placed: its text, its left end, its middle, its height."""

    text: str
    x: float
    y: float
    height: float
    confidences: list[float] = field(default_factory=list)
    pitch: float = 0.85  # of a full-width character, in heights

    @property
    def width(self) -> float:
        """As wide as the text is printed."""
        return self.height * self.pitch * units(self.text)


def units(text: str) -> float:
    """Return the width of a text in full-width characters."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.55 for one in text)


def front_items(person: Person, label: str = "公民身份号码") -> dict[str, list[Item]]:
    """Return the lines of a front by row: the label first, then its values."""
    year, month, day = person.birth.split("-")
    born = f"{year}年{int(month)}月{int(day)}日"
    rows = {
        "name": [Item("姓名", 60, 96, _LABEL_HEIGHT), Item(person.name, 166, 94, _NAME_HEIGHT)],
        "sex": [Item("性别", 60, 177, _LABEL_HEIGHT), Item(person.sex, 166, 176, _VALUE_HEIGHT)],
        "ethnicity": [Item("民族", 296, 177, _LABEL_HEIGHT), Item(person.ethnicity, 392, 176, _VALUE_HEIGHT)],
        "birth": [Item("出生", 60, 247, _LABEL_HEIGHT), Item(born, 168, 246, _VALUE_HEIGHT)],
        "address": [Item("住址", 60, 321, _LABEL_HEIGHT)],
        "number": [Item(label, 60, 555, _LABEL_HEIGHT), Item(person.number, 330, 546, 52, pitch=1.17)],
    }
    rows["address"] += [
        Item(line, 168, 318 + 50 * place, _VALUE_HEIGHT) for place, line in enumerate(wrapped(person.address, _ADDRESS_UNITS))
    ]
    return rows


def back_items(authority: str = "如东县公安局", validity: str = "2019.01.01-2039.01.01") -> list[Item]:
    """Return the lines of a back."""
    return [
        Item("中华人民共和国", 323, 115, 70), Item("居民身份证", 290, 241, 105),
        Item("签发机关", 190, 455, _LABEL_HEIGHT), Item(authority, 396, 455, _VALUE_HEIGHT),
        Item("有效期限", 190, 545, _LABEL_HEIGHT), Item(validity, 394, 545, _VALUE_HEIGHT),
    ]  # fmt: skip


def wrapped(text: str, most: float) -> list[str]:
    """Return a text in lines of at most so many units."""
    lines = [""]
    for one in text:
        if units(lines[-1] + one) > most:
            lines.append("")
        lines[-1] += one
    return lines


def merged(row: Sequence[Item]) -> Item:
    """Return label and first value of a row as one line."""
    label, value = row[0], row[1]
    pitch = (value.x + value.width - label.x) / value.height / units(label.text + value.text)
    return Item(label.text + value.text, label.x, value.y, value.height, pitch=pitch)


def all_items(rows: dict[str, list[Item]]) -> list[Item]:
    """Return the lines of every row."""
    return [item for row in rows.values() for item in row]


def text_lines(
    items: Iterable[Item], *, tilt_deg: float = 0.0, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0),
    jitter_px: float = 0.0, seed: int = 0,
) -> tuple[TextLine, ...]:  # fmt: skip
    """Return the lines as recognition answers them, in no particular order.

    Parameters
    ----------
    tilt_deg, scale, shift
        What is left of the picture's perspective after rectifying, about the middle of the card.
    jitter_px
        How far every corner may lie from where it belongs.
    """
    draw = random.Random(seed)  # noqa: S311 (no secret)
    turn = np.radians(tilt_deg)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = np.array(SIZE_PX) / 2
    lines = []
    for item in items:
        top, bottom = item.y - item.height / 2, item.y + item.height / 2
        right = item.x + item.width
        corners = np.array([(item.x, top), (right, top), (right, bottom), (item.x, bottom)])
        corners = (corners - centre) @ matrix.T + centre + np.array(shift)
        corners += np.array([[draw.uniform(-jitter_px, jitter_px) for _ in range(2)] for _ in range(4)])
        confidences = tuple(item.confidences or [0.99] * len(item.text))
        lines.append(TextLine(item.text, float(np.mean(confidences)), confidences, corners.astype(np.float32)))
    draw.shuffle(lines)
    return tuple(lines)
