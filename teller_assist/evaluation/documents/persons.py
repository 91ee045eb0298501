"""Persons who do not exist: name, number, address and validity that agree with each other.

The sequence digits of a number are drawn by chance and its check character is computed (GB 11643), so that a reader's checks
hold on the truth. A number may by chance be somebody's; nothing else of the person is then theirs.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from teller_assist.evaluation.documents.chance import Chance, happens, one_of, weighted, whole
from teller_assist.evaluation.documents.divisions import Place, former_places, minority_places, places
from teller_assist.evaluation.documents.word_lists import word_lists
from teller_assist.evidence.id_number import check_character, whole_years
from teller_assist.evidence.printed import LONG_TERM, FieldName

# The generator's day: cards are issued and ages counted up to it, on every machine and in every year alike.
REFERENCE_DAY = datetime.date(2026, 11, 1)
OLDEST_YEARS = 100
FIRST_ISSUED = datetime.date(2004, 3, 29)  # when the second generation of cards began
TEMPORARY_DAYS = 90  # a temporary card is valid for three months
MAX_ADDRESS_CHARACTERS = 33  # three lines of eleven

# Years that a card is valid for, by the holder's whole years when it was issued; None is 长期.
_SPANS_YEARS = ((16, 5), (26, 10), (46, 20))
_HAN_SHARE = 0.55  # every other people about 1 in 120: a set of some hundred cards meets most of them
_MINORITY_REGION_SHARE = 0.25
_FORMER_SHARE = 0.08  # cards outlive the names of counties
_RARE_NAME_SHARE = 0.12
_EXPIRED_SHARE = 0.15
_DOTTED = {
    "维吾尔": "uyghur_given", "乌孜别克": "uyghur_given", "柯尔克孜": "kazakh_given", "塔吉克": "uyghur_given",
    "哈萨克": "kazakh_given", "塔塔尔": "kazakh_given", "俄罗斯": "kazakh_given",
}  # fmt: skip
_ONE_PART = {"藏": "tibetan_given", "门巴": "tibetan_given", "珞巴": "tibetan_given", "蒙古": "mongol_given", "彝": "yi_given"}
_OWN_NAME_SHARE = 0.7  # of a people with names of its own; the others bear Chinese ones


@dataclass(frozen=True)
class MadeUpPerson:
    """A holder and the card's dates.

    Attributes
    ----------
    sex
        "男" or "女".
    ethnicity
        Without 族.
    valid_to
        None where the card is 长期.
    """

    name: str
    sex: str
    ethnicity: str
    birth: datetime.date
    address: str
    id_number: str
    place: Place
    valid_from: datetime.date
    valid_to: datetime.date | None

    @property
    def front_fields(self) -> dict[str, str]:
        """The truth of the side with the portrait."""
        return {
            FieldName.NAME.value: self.name,
            FieldName.SEX.value: self.sex,
            FieldName.ETHNICITY.value: self.ethnicity,
            FieldName.BIRTH.value: self.birth.isoformat(),
            FieldName.ADDRESS.value: self.address,
            FieldName.ID_NUMBER.value: self.id_number,
        }

    @property
    def back_fields(self) -> dict[str, str]:
        """The truth of the side with the emblem."""
        return {
            FieldName.AUTHORITY.value: self.place.authority,
            FieldName.VALID_FROM.value: self.valid_from.isoformat(),
            FieldName.VALID_TO.value: LONG_TERM if self.valid_to is None else self.valid_to.isoformat(),
        }


def make_up_person(chance: Chance, *, temporary: bool = False) -> MadeUpPerson:
    """Return a person of any age from a birth in the year of ``REFERENCE_DAY`` to 100 years.

    Parameters
    ----------
    temporary
        Whether the dates are those of a temporary card.
    """
    place = _place(chance)
    ethnicity = _ethnicity(chance, place)
    valid_from, valid_to, birth = _dates(chance, temporary)
    sequence = whole(chance, 1, 999)
    first_17 = f"{place.code}{birth:%Y%m%d}{sequence:03d}"
    return MadeUpPerson(
        name=made_up_name(chance, ethnicity),
        sex="男" if sequence % 2 else "女",
        ethnicity=ethnicity,
        birth=birth,
        address=made_up_address(chance, place),
        id_number=first_17 + check_character(first_17),
        place=place,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def made_up_name(chance: Chance, ethnicity: str) -> str:
    """Return a name of a people: with a dot between its parts, in one part, or a surname with one or two characters."""
    words = word_lists()
    own = happens(chance, _OWN_NAME_SHARE)
    if own and ethnicity in _DOTTED:
        given = words[_DOTTED[ethnicity]]
        return f"{one_of(chance, given)}·{one_of(chance, given)}"
    if own and ethnicity in _ONE_PART:
        return one_of(chance, words[_ONE_PART[ethnicity]])
    kind = weighted(chance, {"surnames": 0.88, "double_surnames": 0.06, "rare_surnames": 0.06})
    surname = one_of(chance, "".join(words[kind])) if kind == "surnames" else one_of(chance, words[kind])
    common = "".join(words["given"])
    first = one_of(chance, "".join(words["rare_given"])) if happens(chance, _RARE_NAME_SHARE) else one_of(chance, common)
    return surname + first + (one_of(chance, common) if happens(chance, 0.72) else "")


def made_up_address(chance: Chance, place: Place) -> str:
    """Return an address in a place, of 33 characters at most."""
    while True:
        kind = weighted(chance, {"street": 0.45, "village": 0.35, "estate": 0.2})
        address = place.prefix + {"street": _street, "village": _village, "estate": _estate}[kind](chance)
        if len(address) <= MAX_ADDRESS_CHARACTERS:
            return address


def valid_years(age_years: int) -> int | None:
    """Return for how many years a card is issued to somebody of an age; None is 长期."""
    return next((span for below, span in _SPANS_YEARS if age_years < below), None)


def _place(chance: Chance) -> Place:
    if happens(chance, _FORMER_SHARE):
        return one_of(chance, former_places())
    return one_of(chance, minority_places() if happens(chance, _MINORITY_REGION_SHARE) else places())


def _ethnicity(chance: Chance, place: Place) -> str:
    peoples = word_lists()["ethnicities"]
    at_home = next((one for one in peoples[1:] if one + "族" in place.prefix or one + "自治区" in place.prefix), None)
    if at_home is None and place.province.startswith("西藏"):
        at_home = "藏"
    if at_home is not None and happens(chance, 0.6):
        return at_home
    return "汉" if happens(chance, _HAN_SHARE) else one_of(chance, peoples[1:])


def _dates(chance: Chance, temporary: bool) -> tuple[datetime.date, datetime.date | None, datetime.date]:
    """Return the card's two dates and its holder's birth date."""
    while True:
        birth = REFERENCE_DAY - datetime.timedelta(days=whole(chance, 0, 365 * OLDEST_YEARS))
        if temporary:
            valid_from = REFERENCE_DAY - datetime.timedelta(days=whole(chance, 0, TEMPORARY_DAYS + 20))
            if valid_from >= birth:
                return valid_from, valid_from + datetime.timedelta(days=TEMPORARY_DAYS), birth
            continue
        earliest = max(birth, FIRST_ISSUED)
        valid_from = earliest + datetime.timedelta(days=whole(chance, 0, (REFERENCE_DAY - earliest).days))
        if (valid_from.month, valid_from.day) == (2, 29):
            continue  # what ends such a card is not established
        years = valid_years(whole_years(birth, valid_from))
        valid_to = None if years is None else valid_from.replace(year=valid_from.year + years)
        in_force = valid_to is None or valid_to >= REFERENCE_DAY
        if in_force or happens(chance, _EXPIRED_SHARE):
            return valid_from, valid_to, birth


def _street(chance: Chance) -> str:
    words = word_lists()
    tail = one_of(
        chance,
        [
            "",
            f"{whole(chance, 1, 40)}号楼{whole(chance, 1, 6)}单元{whole(chance, 1, 32)}0{whole(chance, 1, 9)}号",
            f"院{whole(chance, 1, 20)}栋{whole(chance, 101, 3299)}室",
            f"{one_of(chance, 'ABCD')}座{whole(chance, 101, 2699)}",
            f"附{whole(chance, 1, 30)}号",
        ],
    )
    return f"{one_of(chance, words['roads'])}{one_of(chance, words['road_kinds'])}{whole(chance, 1, 1999)}号{tail}"


def _village(chance: Chance) -> str:
    words = word_lists()
    town = one_of(chance, "东西南北大小上下新") + one_of(chance, words["village_parts"]) + one_of(chance, words["town_endings"])
    village = one_of(chance, words["village_parts"]) + one_of(chance, words["village_parts"])
    tail = one_of(
        chance, [f"{whole(chance, 1, 15)}组{whole(chance, 1, 220)}号", f"{whole(chance, 1, 400)}号", f"{whole(chance, 1, 12)}社"]
    )
    return f"{town}{village}村{tail}"


def _estate(chance: Chance) -> str:
    words = word_lists()
    building = one_of(chance, [f"{whole(chance, 1, 60)}幢", f"{whole(chance, 1, 60)}栋", f"{one_of(chance, 'ABCDEF')}区"])
    rooms = f"{whole(chance, 1, 9)}-{whole(chance, 1, 33)}-{whole(chance, 1, 4)}号"
    quarter = one_of(chance, words["roads"]) + one_of(chance, ["街道", "新村", ""])
    return f"{quarter}{one_of(chance, words['estates'])}{building}{rooms}"
