"""Which libraries are loaded, and by whom: files as they are, whatever this machine is."""

from __future__ import annotations

import ast
import hashlib
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.vendor_dll_id_reader.library import OWN_BITS, VendorLibrary, width_bits
from tests.stand_ins.vendor_reader import VendorStandIn

PLUGIN = Path(__file__).resolve().parents[3] / "device_plugins" / "vendor_dll_id_reader"
PROTOTYPES = {"SDT_OpenPort": ()}


def loaded(path: Path | str, sha256: str, prototypes: dict[str, tuple[()]] = PROTOTYPES) -> VendorLibrary:
    return VendorLibrary({"photo_library": str(path), "photo_library_sha256": sha256}, "photo_library", prototypes)


def portable_executable(machine: int) -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", machine)


@pytest.mark.parametrize(
    ("content", "bits"),
    [
        (b"\x7fELF\x01", 32),
        (b"\x7fELF\x02", 64),
        (portable_executable(0x014C), 32),
        (portable_executable(0x8664), 64),
        (portable_executable(0x1234), 0),
        (b"MZ" + bytes(58) + struct.pack("<I", 4_000_000_000), 0),
        (b"\x7fELF", 0),
        (b"", 0),
    ],
)
def test_a_librarys_width_is_seen_in_its_file(content: bytes, bits: int) -> None:
    assert width_bits(content) == bits


@given(st.binary(max_size=100), st.sampled_from([b"MZ", b"\x7fELF", b""]))
def test_no_file_breaks_that(content: bytes, head: bytes) -> None:
    assert width_bits(head + content) in (0, 32, 64)


def test_a_library_outside_the_plugin_is_loaded_by_its_hash_only(vendor: VendorStandIn) -> None:
    digest = hashlib.sha256(vendor.library.read_bytes()).hexdigest()
    assert loaded(vendor.library, digest.upper()).bits == OWN_BITS
    for given_hash, why in (("", "no"), ("00" * 32, "another")):
        with pytest.raises(DeviceProblem, match="plugin_failed") as caught:
            loaded(vendor.library, given_hash)
        assert caught.value.hint == f"{why} photo_library_sha256 is set; the file's is {digest}"


def test_a_library_of_the_other_width_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    other = tmp_path / "sdtapi.dll"
    other.write_bytes(portable_executable(0x014C))
    digest = hashlib.sha256(other.read_bytes()).hexdigest()
    with pytest.raises(DeviceProblem) as caught:
        loaded(other, digest)
    assert caught.value.hint == "the library has 32 bit, its interpreter 64"


@pytest.mark.parametrize("name", ["SDT_ReadFingers", "", "SDT\0"])
def test_a_function_that_is_not_there_is_named(vendor: VendorStandIn, name: str) -> None:
    digest = hashlib.sha256(vendor.library.read_bytes()).hexdigest()
    with pytest.raises(DeviceProblem) as caught:
        loaded(vendor.library, digest, {name: ()})
    assert caught.value.hint == "the library has no function " + name


def test_a_file_that_is_no_library_or_not_there_says_so(tmp_path: Path) -> None:
    text = tmp_path / "text.so"
    text.write_text("no library")
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    with pytest.raises(DeviceProblem, match="plugin_failed") as caught:
        loaded(text, digest)
    assert str(tmp_path) not in caught.value.hint
    for path, hint in ((str(tmp_path / "absent.so"), "no library: FileNotFoundError"), ("", "photo_library is not set")):
        with pytest.raises(DeviceProblem, match="plugin_failed") as caught:
            loaded(path, digest)
        assert caught.value.hint == hint


@pytest.mark.parametrize("path", sorted(PLUGIN.glob("*.py")), ids=lambda path: path.name)
def test_an_interpreter_of_python_3_8_can_run_the_plugin(path: Path) -> None:
    """No such interpreter is here: its grammar is asked, and that nothing but its own library is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {part.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for part in node.names}
    names |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert names <= sys.stdlib_module_names | {"teller_assist_sdk"}
