"""The lock files say the same as pyproject.toml and the .in files, on both platforms, and name no index."""

import re
import tomllib
from pathlib import Path

import pytest
from set_up.locks import canonical, read_lock

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "scripts" / "requirements"
LOCKS = sorted(REQUIREMENTS.glob("*/*.txt"))
OPENCV = {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
BOTH = ["station", "development", "pcsc", "documents"]
LINUX_LOCKS = {"sane", "training"}
OTHER_VERSION_ON_WINDOWS = {"pyqt5-qt5": ("5.15.19", "5.15.2")}  # its Windows wheels stop there
LINUX_ONLY = {"cffi", "cryptography", "jeepney", "pycparser", "secretstorage"}  # keyring's Secret Service back-end
WINDOWS_ONLY = {"tzdata", "colorama", "pywin32-ctypes", "cv2-enumerate-cameras"}


def versions(platform: str, name: str) -> dict[str, str]:
    return {r.name: r.version for r in read_lock(REQUIREMENTS / platform / f"{name}.txt")}


def pins(lines: list[str], platform: str = "linux") -> dict[str, str]:
    """Return canonical name -> version of `Name==version` lines; comments do not count, and what is for Windows only there."""
    split = [line.partition(";") for line in lines if line.strip() and not line.startswith("#")]
    assert {marker.strip() for _, _, marker in split} <= {"", "sys_platform == 'win32'"}
    named = [pin.split("==") for pin, _, marker in split if not marker or platform == "win_amd64"]
    return {canonical(name): version.strip() for name, version in named}


def test_both_platforms_have_the_same_lock_files() -> None:
    names = {platform: {p.stem for p in (REQUIREMENTS / platform).glob("*.txt")} for platform in ("linux", "win_amd64")}
    assert names["win_amd64"] == set(BOTH)
    assert names["linux"] == {*BOTH, *LINUX_LOCKS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_requirement_is_pinned_with_one_hash_and_no_address_or_option(lock: Path) -> None:
    requirements = read_lock(lock)  # raises for any other line
    assert len({r.name for r in requirements}) == len(requirements) > 0
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE)
    assert ";" not in text.partition("\n")[2]


@pytest.mark.parametrize("name", BOTH)
def test_versions_agree_across_platforms_apart_from_the_named_exceptions(name: str) -> None:
    linux, windows = versions("linux", name), versions("win_amd64", name)
    differing = {n: (linux[n], windows[n]) for n in linux.keys() & windows.keys() if linux[n] != windows[n]}
    assert differing == {n: v for n, v in OTHER_VERSION_ON_WINDOWS.items() if n in linux}
    assert linux.keys() - windows.keys() <= LINUX_ONLY
    assert windows.keys() - linux.keys() <= WINDOWS_ONLY


@pytest.mark.parametrize("platform", ["linux", "win_amd64"])
@pytest.mark.parametrize(
    ("locks", "owner"), [(("station", "development", "pcsc", "sane"), "opencv-python"), (("documents",), "opencv-contrib-python")]
)
def test_each_environment_is_locked_to_one_opencv_and_without_torch(platform: str, locks: tuple[str, ...], owner: str) -> None:
    names = {n for lock in locks if platform == "linux" or lock not in LINUX_LOCKS for n in versions(platform, lock)}
    assert names & OPENCV == {owner}
    assert not names & {"torch", "paddlepaddle", "mediapipe"}


@pytest.mark.parametrize("platform", ["linux", "win_amd64"])
def test_a_tellers_pc_gets_no_test_tools(platform: str) -> None:
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & versions(platform, "station").keys()
    assert not versions(platform, "station").keys() & versions(platform, "development").keys()


@pytest.mark.parametrize("platform", ["linux", "win_amd64"])
def test_the_station_lock_holds_what_pyproject_asks_for_and_what_builds_it(platform: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    build = pins((REQUIREMENTS / "build.in").read_text(encoding="utf-8").splitlines())
    assert pins(project["dependencies"], platform).items() <= versions(platform, "station").items()
    assert build.items() <= versions(platform, "station").items()
    assert build.items() <= versions(platform, "documents").items()


@pytest.mark.parametrize("name", ["pcsc", "sane", "documents"])
def test_the_extras_of_pyproject_are_what_the_in_files_say(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = pins((REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines())
    assert pins(project["optional-dependencies"][name]).items() <= wanted.items()


@pytest.mark.parametrize("name", ["development", "pcsc", "sane", "documents", "training"])
@pytest.mark.parametrize("platform", ["linux", "win_amd64"])
def test_every_in_file_is_locked_to_the_version_it_names(platform: str, name: str) -> None:
    if not (REQUIREMENTS / platform / f"{name}.txt").exists():
        pytest.skip("that lock is for Linux only")
    assert (
        pins((REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines()).items() <= versions(platform, name).items()
    )
