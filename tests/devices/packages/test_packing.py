from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.devices.packages import packing
from teller_assist.devices.packages.authority import sha256_of
from teller_assist.devices.packages.packing import pack
from teller_assist.errors import KnownError, PluginIncompatibleError, PluginNotAuthorisedError, PluginPackageError, SigningError
from tests.stand_ins.packages import Publisher, entries_of


def test_a_package_holds_the_folder_a_manifest_with_every_hash_and_a_signature(publisher: Publisher, tmp_path: Path) -> None:
    folder = publisher.source()
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "main.cpython-311.pyc").write_bytes(b"left over")
    packed = pack(folder, publisher.key_file, tmp_path / "package.tadp")
    files = {str(name): content for name, content in entries_of(packed.path)}
    assert set(files) == {"manifest.json", "signature.json", "main.py", "pictures.py"}
    assert json.loads(files["manifest.json"])["files"] == {name: sha256_of(files[name]) for name in ("main.py", "pictures.py")}
    assert (packed.manifest.plugin_id, packed.files) == ("willing", 2)


def test_the_same_folder_and_key_make_the_same_bytes(publisher: Publisher, tmp_path: Path) -> None:
    folder = publisher.source()
    first, second = (pack(folder, publisher.key_file, tmp_path / f"{number}.tadp").path for number in (1, 2))
    assert first.read_bytes() == second.read_bytes()


def test_a_package_is_called_after_its_plugin(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pack(publisher.source(), publisher.key_file).path.name == "willing-1.0.0.tadp"
    with pytest.raises(PluginPackageError, match="plugin_output_taken"):
        pack(publisher.source(), publisher.key_file)


def test_a_package_for_another_machine_can_be_packed_here(publisher: Publisher, tmp_path: Path) -> None:
    elsewhere = {"platforms": ["windows"], "api": 2, "provided": ["no_such_module"]}
    assert publisher.package(tmp_path / "package.tadp", lambda told: told.update(elsewhere)).exists()


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("wrong_value", lambda folder: _retold(folder, version="1.0")),
        ("id_differs", lambda folder: _retold(folder, id="other")),
        ("entry_missing", lambda folder: (folder / "main.py").unlink()),
        ("manifest_missing", lambda folder: (folder / "manifest.json").unlink()),
        ("unsafe_path", lambda folder: (folder / "lib").symlink_to("/etc")),
        ("unsafe_path", lambda folder: (folder / "file").symlink_to("main.py")),
        ("unsafe_path", lambda folder: (folder / "nul.txt").touch()),
        ("duplicate_name", lambda folder: (folder / "MAIN.py").touch()),
        ("wheel_not_pure", lambda folder: _wheel(folder / "wheels" / "x-1-cp311-cp311-linux_x86_64.whl")),
        ("wheel_not_pure", lambda folder: _wheel(folder / "x-1-py3-none-any.whl")),
    ],
)
def test_a_folder_that_is_not_right_is_refused_before_anything_is_written(
    publisher: Publisher, tmp_path: Path, why: str, change: Callable[[Path], object]
) -> None:
    folder = publisher.source()
    change(folder)
    with pytest.raises((PluginIncompatibleError, PluginNotAuthorisedError)) as caught:
        pack(folder, publisher.key_file, tmp_path / "package.tadp")
    assert isinstance(caught.value, KnownError)
    assert caught.value.facts["why"] == why
    assert not (tmp_path / "package.tadp").exists()


def test_more_than_a_machine_would_take_is_not_packed(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "LARGEST_CONTENT_BYTES", 100)
    with pytest.raises(PluginNotAuthorisedError) as caught:
        publisher.package(tmp_path / "package.tadp")
    assert caught.value.facts["why"] == "too_large"


def test_without_a_key_nothing_is_packed(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(SigningError):
        pack(publisher.source(), tmp_path / "absent.key", tmp_path / "package.tadp")


def _retold(folder: Path, **changed: object) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(told | changed), encoding="utf-8")


def _wheel(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    zipfile.ZipFile(path, "w").close()
