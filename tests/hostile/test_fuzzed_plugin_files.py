"""Everything that is read of a plugin before its code runs, with 200,000 spoilt buffers each: refused with a reason, or right."""

from __future__ import annotations

import io
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from teller_assist.devices.manifest import read_manifest
from teller_assist.devices.packages.archive import unpack
from teller_assist.devices.packages.authority import SignedAuthority, signed_files
from teller_assist.devices.packages.store import PluginStore
from teller_assist.errors import KnownError
from teller_assist.settings import signing
from tests.stand_ins.packages import WILLING, Publisher, entries_of

BUFFERS = 200_000
TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b":",
    b",",
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b"\\u0000",
    b"\xff",
    b"\0",
    b"PK\1\2",
    b"PK\5\6",
    b"../",
)


def spoilt(whole: bytes, count: int) -> Iterator[bytes]:
    """Change, cut, double and swap parts of what is right; the same every time."""
    rng = random.Random(len(whole))  # noqa: S311 (no secret)
    for _ in range(count):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(content) + 1)
            other = rng.randrange(len(content) + 1)
            way = rng.randrange(5)
            if way == 0 and at < len(content):
                content[at] = rng.randrange(256)
            elif way == 1:
                content[at:at] = rng.choice(TOKENS)
            elif way == 2:
                del content[at : at + rng.randint(1, 30)]
            elif way == 3:
                content[at:at] = content[other : other + rng.randint(1, 60)]
            else:
                content = content[:at] if rng.random() < 0.2 else content
        yield bytes(content)


def outcomes(whole: bytes, read: Callable[[bytes], object]) -> set[str]:
    """Return the reasons that came back; what is no error of ours ends the test."""
    found = set()
    for content in spoilt(whole, BUFFERS):
        try:
            read(content)
        except KnownError as error:
            found.add(error.reason)
        else:
            found.add("right")
    return found


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


@pytest.fixture
def site(tmp_path: Path, publisher: Publisher) -> Path:
    publisher.trusted_at(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def package(publisher: Publisher, tmp_path: Path) -> Path:
    return publisher.package(tmp_path / "package.tadp")


class InMemory:
    """A package that lies nowhere; what a parser asks of its path."""

    name = "package.tadp"

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


@pytest.mark.full
def test_spoilt_packages(package: Path, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    authority, scratch = SignedAuthority(site), tmp_path / "scratch"

    def read(content: bytes) -> None:
        scratch.mkdir(exist_ok=True)
        try:
            unpack(cast(Path, InMemory(content)), scratch, authority)
        finally:
            if any(scratch.iterdir()):
                shutil.rmtree(scratch)

    assert outcomes(package.read_bytes(), read) <= {"plugin_not_authorised", "right"}


@pytest.mark.full
def test_spoilt_signatures(package: Path, site: Path) -> None:
    files = {str(name): content for name, content in entries_of(package)}
    keys = signing.read_trusted_keys(site)
    found = outcomes(files["signature.json"], lambda content: keys.check(signing.Purpose.PLUGIN, files["manifest.json"], content))
    assert found <= {"signature_not_trusted", "right"}  # a space more in the document is none in the signature


@pytest.mark.full
def test_spoilt_manifests() -> None:
    whole = (WILLING / "manifest.json").read_bytes()
    assert outcomes(whole, lambda content: read_manifest(content, WILLING)) == {"plugin_incompatible", "right"}


@pytest.mark.full
def test_spoilt_lists_of_files(package: Path) -> None:
    whole = {str(name): content for name, content in entries_of(package)}["manifest.json"]
    assert outcomes(whole, lambda content: signed_files(content, "willing")) == {"plugin_not_authorised", "right"}


@pytest.mark.full
def test_spoilt_keys(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(content: bytes) -> None:
        monkeypatch.setattr(signing, "read_administrator_file", lambda path: content)
        signing.read_trusted_keys(site)

    assert outcomes((site / signing.TRUSTED_KEYS_NAME).read_bytes(), read) == {"trusted_keys_unusable", "right"}


@pytest.mark.full
def test_spoilt_records(site: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PluginStore(site)
    store.install(package, frozenset())
    whole = (site / "plugins" / "willing" / "installed.json").read_bytes()

    def read(content: bytes) -> None:
        monkeypatch.setattr(Path, "read_bytes", lambda path: content)
        found = store.find("willing")
        assert found.folder is None or found.folder.parent.parent == site / "plugins" / "willing"

    assert outcomes(whole, read) == {"right"}
