from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.devices.packages import archive, store
from teller_assist.devices.packages.authority import SignedAuthority
from teller_assist.devices.packages.store import PluginStore
from teller_assist.errors import (
    PluginIncompatibleError,
    PluginNotAuthorisedError,
    PluginPackageError,
    ResourceError,
    SettingsFileError,
)
from tests.stand_ins.packages import WILLING, Publisher

NONE_SHIPS: frozenset[str] = frozenset()


@pytest.fixture
def installed(publisher: Publisher, site: Path, tmp_path: Path) -> PluginStore:
    """Version 1.0.0 is installed."""
    kept = PluginStore(site)
    kept.install(publisher.version(tmp_path / "1.tadp", "1.0.0"), NONE_SHIPS)
    return kept


def versions(kept: PluginStore) -> tuple[str | None, str | None]:
    """Return which version counts and which is kept, once every file of both was compared."""
    found = kept.find("willing")
    for folder in (found.folder, found.previous_folder):
        if folder is not None:
            kept._authority.check(folder)
    return found.version, found.previous_version


def lying(site: Path) -> list[str]:
    return sorted(path.name.split("-")[0] for path in (site / "plugins" / "willing").iterdir() if path.is_dir())


def test_what_is_installed_counts_and_the_version_before_is_kept(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    assert versions(installed) == ("1.0.0", None)
    change = installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert (change.manifest.version, change.previous_version, change.changed) == ("1.1.0", "1.0.0", True)
    installed.install(publisher.version(tmp_path / "3.tadp", "1.2.0"), NONE_SHIPS)
    assert versions(installed) == ("1.2.0", "1.1.0")
    assert lying(site) == ["1.1.0", "1.2.0"], "nothing that nobody can go back to"


def test_the_same_package_again_changes_nothing_and_keeps_the_version_before(
    installed: PluginStore, publisher: Publisher, tmp_path: Path
) -> None:
    second = publisher.version(tmp_path / "2.tadp", "1.1.0")
    installed.install(second, NONE_SHIPS)
    before = installed.find("willing")
    assert not installed.install(second, NONE_SHIPS).changed
    assert installed.find("willing") == before


def test_a_damaged_installation_is_repaired_by_its_own_package(
    installed: PluginStore, publisher: Publisher, tmp_path: Path
) -> None:
    second = publisher.version(tmp_path / "2.tadp", "1.1.0")
    installed.install(second, NONE_SHIPS)
    folder = installed.find("willing").folder
    assert folder is not None
    (folder / "main.py").write_text("# damaged", encoding="utf-8")
    assert installed.install(second, NONE_SHIPS).changed
    assert versions(installed) == ("1.1.0", "1.0.0"), "the damaged one is nothing to go back to"


def test_a_damaged_record_is_listed_and_repaired_by_an_installation(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    record = site / "plugins" / "willing" / "installed.json"
    for content in (b"", b"[]", b'{"schema": "installed/1", "current": "../../../etc", "previous": null}', b"[" * 100_000):
        record.write_bytes(content)
        assert [(one.plugin_id, one.folder) for one in installed.installed()] == [("willing", None)]
    with pytest.raises(PluginPackageError, match="no_previous_version"):
        installed.roll_back("willing")
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert versions(installed) == ("1.1.0", None)


def test_a_folder_that_was_copied_by_hand_is_listed_as_damaged_and_can_be_removed(site: Path) -> None:
    shutil.copytree(WILLING, site / "plugins" / "willing", ignore=shutil.ignore_patterns("__pycache__"))
    kept = PluginStore(site)
    assert [(one.plugin_id, one.folder) for one in kept.installed()] == [("willing", None)]
    kept.remove("willing")
    assert kept.installed() == ()


def test_a_refused_package_changes_nothing(installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path) -> None:
    before = sorted(path for path in site.rglob("*"))
    with pytest.raises(PluginIncompatibleError):
        installed.install(publisher.package(tmp_path / "2.tadp", lambda told: told.update(api=2)), NONE_SHIPS)
    with pytest.raises(PluginNotAuthorisedError):
        installed.install(Publisher(tmp_path, "another").package(tmp_path / "3.tadp"), NONE_SHIPS)
    assert sorted(path for path in site.rglob("*")) == before
    assert versions(installed) == ("1.0.0", None)


def test_a_return_to_the_previous_version_can_be_undone(installed: PluginStore, publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(PluginPackageError, match="no_previous_version"):
        installed.roll_back("willing")
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert installed.roll_back("willing").manifest.version == "1.0.0"
    assert versions(installed) == ("1.0.0", "1.1.0")
    installed.roll_back("willing")
    assert versions(installed) == ("1.1.0", "1.0.0")


def test_there_is_no_return_to_a_version_that_was_changed(installed: PluginStore, publisher: Publisher, tmp_path: Path) -> None:
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    previous = installed.find("willing").previous_folder
    assert previous is not None
    (previous / "main.py").write_text("import os", encoding="utf-8")
    with pytest.raises(PluginNotAuthorisedError):
        installed.roll_back("willing")
    assert installed.find("willing").version == "1.1.0"


def test_a_removed_plugin_is_gone_with_both_versions(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert installed.remove("willing").version == "1.1.0"
    assert installed.installed() == ()
    assert not (site / "plugins" / "willing").exists()
    for again in (
        lambda: installed.remove("willing"),
        lambda: installed.roll_back("willing"),
        lambda: installed.remove("../site"),
    ):
        with pytest.raises(PluginPackageError, match="plugin_not_installed"):
            again()


def test_a_plugin_that_ships_cannot_be_replaced(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    with pytest.raises(PluginPackageError, match="plugin_ships"):
        PluginStore(site).install(publisher.package(tmp_path / "1.tadp"), frozenset({"willing"}))
    assert PluginStore(site).installed() == ()


def test_a_package_is_judged_without_a_trace(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    unpacked = PluginStore(site).verify(publisher.package(tmp_path / "1.tadp"))
    assert unpacked.manifest.plugin_id == "willing"
    assert not unpacked.folder.exists()
    assert not (site / "plugins").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_tellers_can_read_what_a_careful_administrator_installed(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    package = publisher.by_hand(tmp_path / "1.tadp", [("lib/deep/a.py", b"1")])
    usual = os.umask(0o077)
    try:
        PluginStore(site).install(package, NONE_SHIPS)
    finally:
        os.umask(usual)
    for path in (site / "plugins").rglob("*"):
        readable = 0o555 if path.is_dir() else 0o444
        assert path.name == ".lock" or stat.S_IMODE(path.stat().st_mode) & readable == readable, path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_command_that_installs_nothing_does_not_lock_tellers_out(site: Path) -> None:
    usual = os.umask(0o077)
    try:
        with pytest.raises(PluginPackageError, match="plugin_not_installed"):
            PluginStore(site).remove("willing")
    finally:
        os.umask(usual)
    assert stat.S_IMODE((site / "plugins").stat().st_mode) == 0o755


def test_a_folder_that_this_user_may_not_look_into_is_told(installed: PluginStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as unreadable:
        unreadable.setattr(Path, "iterdir", refuse)
        with pytest.raises(SettingsFileError, match="settings_unreadable"):
            installed.installed()


def test_what_an_interrupted_installation_left_goes_with_a_later_one(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    old, young = site / "plugins" / ".incoming-old", site / "plugins" / ".incoming-young"
    for folder in (old, young):
        (folder / "willing").mkdir(parents=True)
    os.utime(old, (1, 1))
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert (old.exists(), young.exists()) == (False, True)


def test_two_administrators_at_a_time_come_one_after_the_other(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    packages = [publisher.version(tmp_path / f"{number}.tadp", f"1.{number}.0") for number in range(4)]
    done = [threading.Thread(target=PluginStore(site).install, args=(package, NONE_SHIPS)) for package in packages]
    for one in done:
        one.start()
    for one in done:
        one.join()
    current, previous = versions(PluginStore(site))
    assert current != previous
    assert None not in (current, previous)
    assert len(lying(site)) == 2


def test_whoever_waits_too_long_for_the_other_is_told(
    installed: PluginStore, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_WAIT_FOR_LOCK_S", 0.1)
    with installed._alone(), pytest.raises(PluginPackageError, match="plugin_store_in_use"):
        PluginStore(site).remove("willing")


def test_a_full_disk_leaves_the_version_that_counted(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_target: Path, _chunks: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    with pytest.raises(ResourceError, match="disk_full"):
        installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    assert versions(installed) == ("1.0.0", None)
    assert not list((site / "plugins").glob(".incoming-*"))


# A child of its own for every moment: it ends without a word at the n-th thing it does to the disk.
DYING = """
import os, sys
from pathlib import Path
from teller_assist.devices.packages.store import PluginStore

site, package, moment = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
left = moment
def count(event, arguments):
    global left
    touches = event in ("os.rename", "os.mkdir", "os.chmod", "os.remove", "os.rmdir", "shutil.rmtree", "tempfile.mkdtemp")
    if touches or (event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wxa")):
        left -= 1
        if left == 0:
            os._exit(9)
sys.addaudithook(count)
PluginStore(site).install(package, frozenset())
"""


@pytest.mark.full
def test_a_machine_that_stops_at_any_moment_has_the_old_version_or_the_new_one_whole(
    installed: PluginStore, publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    installed.install(publisher.version(tmp_path / "2.tadp", "1.1.0"), NONE_SHIPS)
    third = publisher.version(tmp_path / "3.tadp", "1.2.0")
    pristine = tmp_path / "pristine"
    shutil.copytree(site, pristine)
    seen = []
    for moment in range(1, 200):
        shutil.rmtree(site)
        shutil.copytree(pristine, site)
        done = subprocess.run([sys.executable, "-c", DYING, str(site), str(third), str(moment)], check=False)
        seen.append(PluginStore(site).find("willing").version)
        SignedAuthority(site).check(_folder(PluginStore(site)))
        PluginStore(site).install(third, NONE_SHIPS)  # and the next try succeeds
        assert versions(PluginStore(site))[0] == "1.2.0"
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert len(seen) > 10
    assert seen == sorted(seen, key=str), "once the new one counts, it counts"
    assert set(seen) == {"1.1.0", "1.2.0"}


def _folder(kept: PluginStore) -> Path:
    folder = kept.find("willing").folder
    assert folder is not None
    return folder
