"""The table of hostile packages: what is handed in, and the reason that must come back, from ``plugin verify`` and ``install``.

After each of them a good package is still accepted, and nothing of the hostile one lies anywhere.
"""

from __future__ import annotations

import json
import stat
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teller_assist.cli import main
from teller_assist.devices.packages.archive import unpack
from teller_assist.devices.packages.authority import SignedAuthority
from teller_assist.devices.packages.layout import MOST_FILES
from teller_assist.errors import KnownError
from teller_assist.settings.signing import Purpose, signed
from teller_assist.wording import codes
from tests.stand_ins.packages import Publisher, entries_of, rewritten, zipped

Make = Callable[[Publisher, Path], Path]
NOT_AUTHORISED, INCOMPATIBLE = "plugin_not_authorised", "plugin_incompatible"
REFUSAL_WHYS = {
    "file_changed", "file_added", "file_removed", "unknown_key", "bad_signature", "api_mismatch", "product_too_old",
    "product_too_new", "unsafe_path", "duplicate_name", "too_large", "wrong_platform",
}  # fmt: skip


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


@pytest.fixture
def site(tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    publisher.trusted_at(folder)
    (folder / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(folder / "site.toml"))
    return folder


def changed(change: Callable[[dict[str, Any]], object]) -> Make:
    return lambda publisher, target: publisher.package(target, change)


def with_file(name: str | zipfile.ZipInfo, content: bytes = b"1") -> Make:
    return lambda publisher, target: publisher.by_hand(target, [(name, content)])


def altered(change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> Make:
    return lambda publisher, target: rewritten(publisher.package(target), change, *more)


def same(name: str, content: bytes) -> bytes:
    return content


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def by_another(publisher: Publisher, target: Path) -> Path:
    return Publisher(target.parent, "another").package(target)


def signed_for_another_purpose(publisher: Publisher, target: Path) -> Path:
    manifest = {str(name): content for name, content in entries_of(publisher.package(target))}["manifest.json"]
    signature = signed(Purpose.BANK_FILE, manifest, publisher.key_file)
    return rewritten(target, lambda name, content: signature if name == "signature.json" else content)


def name_twice(publisher: Publisher, target: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rewritten(publisher.package(target), same, ("main.py", b"import os"))


def claims(entry_bytes: int) -> Make:
    """Let the directory say that the last file is this large."""

    def make(publisher: Publisher, target: Path) -> Path:
        data = bytearray(publisher.package(target).read_bytes())
        struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, entry_bytes)
        target.write_bytes(data)
        return target

    return make


def many_files(publisher: Publisher, target: Path) -> Path:
    target.write_bytes(zipped([(f"f{number}", b"") for number in range(MOST_FILES + 3)]))
    return target


def cut(publisher: Publisher, target: Path) -> Path:
    data = publisher.package(target).read_bytes()
    target.write_bytes(data[:-30])
    return target


def encrypted(publisher: Publisher, target: Path) -> Path:
    data = bytearray(publisher.package(target).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    target.write_bytes(data)
    return target


def written(content: bytes) -> Make:
    def make(publisher: Publisher, target: Path) -> Path:
        target.write_bytes(content)
        return target

    return make


TABLE: list[tuple[str, str, str, Make]] = [
    ("one byte of a module changed", NOT_AUTHORISED, "file_changed", altered(lambda n, c: c + b"#" if n == "main.py" else c)),
    ("another line end", NOT_AUTHORISED, "file_changed",
     altered(lambda n, c: c.replace(b"\n", b"\r\n") if n == "main.py" else c)),
    ("a file added", NOT_AUTHORISED, "file_added", altered(same, ("evil.py", b"1"))),
    ("byte code added", NOT_AUTHORISED, "file_added", altered(same, ("__pycache__/main.cpython-311.pyc", b"1"))),
    ("a file removed", NOT_AUTHORISED, "file_removed", altered(lambda n, c: None if n == "pictures.py" else c)),
    ("the manifest changed", NOT_AUTHORISED, "bad_signature", altered(lambda n, c: c + b" " if n == "manifest.json" else c)),
    ("no signature", NOT_AUTHORISED, "bad_signature", altered(lambda n, c: None if n == "signature.json" else c)),
    ("an empty signature", NOT_AUTHORISED, "bad_signature", altered(lambda n, c: b"" if n == "signature.json" else c)),
    ("signed for another purpose", NOT_AUTHORISED, "bad_signature", signed_for_another_purpose),
    ("signed by another key", NOT_AUTHORISED, "unknown_key", by_another),
    ("no table of files", NOT_AUTHORISED, "bad_signature", lambda p, t: p.by_hand(t, change=lambda told: told.pop("files"))),
    ("a file that only the manifest has", NOT_AUTHORISED, "file_removed",
     lambda p, t: p.by_hand(t, change=lambda told: told["files"].update({"../../x": "0" * 64}))),
    ("no manifest", NOT_AUTHORISED, "not_a_package", altered(lambda n, c: None if n == "manifest.json" else c)),
    ("another plugin interface", INCOMPATIBLE, "api_mismatch", changed(lambda told: told.update(api=2))),
    ("a newer product needed", INCOMPATIBLE, "product_too_old",
     changed(lambda told: told.update(product_version={"min": "99.0.0", "max_exclusive": "100.0.0"}))),
    ("an older product needed", INCOMPATIBLE, "product_too_new",
     changed(lambda told: told.update(product_version={"min": "0.0.1", "max_exclusive": "0.0.2"}))),
    ("another system", INCOMPATIBLE, "wrong_platform", changed(lambda told: told.update(platforms=["windows"]))),
    ("an id that leaves the folder", INCOMPATIBLE, "wrong_value",
     lambda p, t: p.by_hand(t, change=lambda told: told.update(id="../x"))),
    ("zip slip", NOT_AUTHORISED, "unsafe_path", with_file("../evil.py")),
    ("zip slip below", NOT_AUTHORISED, "unsafe_path", with_file("a/../../evil.py")),
    ("an absolute path", NOT_AUTHORISED, "unsafe_path", with_file("/etc/evil")),
    ("a drive", NOT_AUTHORISED, "unsafe_path", with_file("C:/evil.py")),
    ("a backslash", NOT_AUTHORISED, "unsafe_path", with_file("..\\evil.py")),
    ("another stream", NOT_AUTHORISED, "unsafe_path", with_file("main.py:evil")),
    ("a device of Windows", NOT_AUTHORISED, "unsafe_path", with_file("nul.py")),
    ("a dot at the end", NOT_AUTHORISED, "unsafe_path", with_file("main.py.")),
    ("a line break", NOT_AUTHORISED, "unsafe_path", with_file("a\nb")),
    ("a long path", NOT_AUTHORISED, "unsafe_path", with_file("a/" * 100 + "b")),
    ("a link", NOT_AUTHORISED, "unsafe_path", with_file(link("lib"), b"/etc")),
    ("a folder", NOT_AUTHORISED, "unsafe_path", with_file("lib/", b"")),
    ("a name twice", NOT_AUTHORISED, "duplicate_name", name_twice),
    ("a name in capitals, too", NOT_AUTHORISED, "duplicate_name", with_file("MAIN.py")),
    ("a file where a folder is", NOT_AUTHORISED, "duplicate_name",
     lambda p, t: p.by_hand(t, [("lib/a.py", b"1"), ("lib", b"1")])),
    ("a size bomb", NOT_AUTHORISED, "too_large", claims(4_000_000_000)),
    ("a size that is a lie", NOT_AUTHORISED, "file_changed", claims(3)),
    ("very many files", NOT_AUTHORISED, "too_large", many_files),
    ("cut off", NOT_AUTHORISED, "not_a_package", cut),
    ("encrypted", NOT_AUTHORISED, "not_a_package", encrypted),
    ("empty", NOT_AUTHORISED, "not_a_package", written(b"")),
    ("text", NOT_AUTHORISED, "not_a_package", written(b"hello" * 100)),
    ("an empty zip", NOT_AUTHORISED, "not_a_package", written(b"PK\5\6" + bytes(18))),
    ("a directory that is not there", NOT_AUTHORISED, "not_a_package",
     written(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 60, 9_000, 0))),
    ("a comment at the end", NOT_AUTHORISED, "not_a_package", written(b"PK\5\6" + bytes(16) + b"\4\0abcd")),
]  # fmt: skip


@pytest.mark.parametrize("command", ["verify", "install"])
@pytest.mark.parametrize(("reason", "why", "make"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_hostile_package_is_refused_with_its_reason_and_leaves_nothing(
    publisher: Publisher,
    site: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    reason: str,
    why: str,
    make: Make,
) -> None:
    package = make(publisher, tmp_path / "hostile.tadp")
    assert main(["plugin", command, str(package), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["error"]["reason"], told["error"]["facts"]["why"]) == (reason, why)
    assert why in codes("plugin_why")
    assert str(tmp_path) not in json.dumps(told)
    assert {path.name for path in site.rglob("*") if path.is_file()} <= {"site.toml", "trusted_keys.toml", ".lock"}
    assert not (tmp_path / "evil.py").exists()
    good = publisher.package(tmp_path / "good.tadp")
    assert main(["plugin", command, str(good), "--json"]) == 0


def test_every_refusal_of_the_contract_has_a_hostile_package() -> None:
    assert {row[2] for row in TABLE} >= REFUSAL_WHYS


def test_a_zip64_end_cannot_hide_a_huge_directory(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    data = publisher.package(tmp_path / "package.tadp").read_bytes()
    (tmp_path / "package.tadp").write_bytes(data[:-22] + b"PK\6\7" + bytes(16) + data[-22:])
    assert refusal(tmp_path / "package.tadp", site) == "not_a_package"


@pytest.mark.full
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=2_000)
@given(data=st.data())
def test_any_flipped_byte_is_refused_or_changes_nothing(
    publisher: Publisher, site: Path, tmp_path: Path, data: st.DataObject
) -> None:
    package = tmp_path / "package.tadp"
    if not package.exists():
        publisher.package(package)
    content = bytearray(package.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (tmp_path / "flipped.tadp").write_bytes(content)
    refused = refusal(tmp_path / "flipped.tadp", site)
    assert refused is None or refused in codes("plugin_why")


@pytest.mark.full
@settings(max_examples=200)
@given(content=st.binary(max_size=300), end=st.booleans())
def test_what_is_no_package_is_refused_without_an_accident(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, end: bool
) -> None:
    folder = tmp_path_factory.mktemp("fuzzed")
    (folder / "package.tadp").write_bytes(content + (b"PK\5\6" + content[:18].ljust(16, b"\0")[:16] + b"\0\0" if end else b""))
    assert refusal(folder / "package.tadp", folder) in codes("plugin_why")


def refusal(package: Path, site: Path) -> str | None:
    """Return why a package is refused; None: it is accepted, and what was signed is what lies unpacked."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            unpacked = unpack(package, Path(scratch), SignedAuthority(site))
        except KnownError as error:
            return str(error.facts["why"])
        SignedAuthority(site).check(unpacked.folder)
        return None
