"""Signatures under what a bank or a vendor adds, and the file of trusted keys."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import ResourceError, SigningError
from teller_assist.settings.signing import (
    TRUSTED_KEYS_NAME,
    Purpose,
    TrustedKeys,
    key_id_of,
    make_signing_key,
    read_trusted_keys,
    signed,
    trusted_key_entry,
)

CONTENT = b"what was signed"
HEAD = 'schema = "trusted_keys/1"\n'


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "publisher.key"


def trust(site: Path, public_key: bytes, *purposes: Purpose) -> TrustedKeys:
    site.mkdir(exist_ok=True)
    (site / TRUSTED_KEYS_NAME).write_text(HEAD + trusted_key_entry("示例公司", public_key, frozenset(purposes)), encoding="utf-8")
    return read_trusted_keys(site)


def why(refused: Callable[[], object]) -> object:
    with pytest.raises(SigningError) as caught:
        refused()
    return caught.value.facts["why"]


def test_a_trusted_key_s_signature_counts_and_says_whose_it_is(tmp_path: Path, key_file: Path) -> None:
    public_key = make_signing_key(key_file)
    keys = trust(tmp_path / "site", public_key, Purpose.PLUGIN)
    told = keys.check(Purpose.PLUGIN, CONTENT, signed(Purpose.PLUGIN, CONTENT, key_file))
    assert (told.owner, told.key_id) == ("示例公司", key_id_of(public_key))


def test_a_signature_counts_for_its_content_and_its_purpose_alone(tmp_path: Path, key_file: Path) -> None:
    keys = trust(tmp_path / "site", make_signing_key(key_file), Purpose.PLUGIN)
    signature = signed(Purpose.PLUGIN, CONTENT, key_file)
    assert why(lambda: keys.check(Purpose.PLUGIN, CONTENT + b"!", signature)) == "bad_signature"
    assert why(lambda: keys.check(Purpose.BANK_FILE, CONTENT, signature)) == "bad_signature"
    renamed = signature.replace(b'"plugin"', b'"bank_file"')
    both = trust(tmp_path / "site", make_signing_key(tmp_path / "other.key"), Purpose.PLUGIN, Purpose.BANK_FILE)
    assert why(lambda: both.check(Purpose.BANK_FILE, CONTENT, renamed)) == "unknown_key"
    for_bank_files = signed(Purpose.BANK_FILE, CONTENT, key_file)
    assert why(lambda: keys.check(Purpose.BANK_FILE, CONTENT, for_bank_files)) == "unknown_key", "it may sign plugins only"


def test_a_relabelled_signature_does_not_cross_purposes(tmp_path: Path, key_file: Path) -> None:
    keys = trust(tmp_path / "site", make_signing_key(key_file), Purpose.PLUGIN, Purpose.BANK_FILE)
    relabelled = signed(Purpose.PLUGIN, CONTENT, key_file).replace(b'"plugin"', b'"bank_file"')
    assert why(lambda: keys.check(Purpose.BANK_FILE, CONTENT, relabelled)) == "bad_signature"


def test_where_no_key_is_trusted_nothing_is(tmp_path: Path, key_file: Path) -> None:
    make_signing_key(key_file)
    keys = read_trusted_keys(tmp_path / "absent")
    assert why(lambda: keys.check(Purpose.PLUGIN, CONTENT, signed(Purpose.PLUGIN, CONTENT, key_file))) == "unknown_key"


@given(document=st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_what_is_no_signature_document_is_a_bad_signature(document: bytes) -> None:
    assert why(lambda: TrustedKeys({}).check(Purpose.PLUGIN, CONTENT, document)) == "bad_signature"


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("key_id"),
        lambda told: told.update(more=1),
        lambda told: told.update(schema="signature/2"),
        lambda told: told.update(signature="AAAA"),
        lambda told: told.update(signature=None),
        lambda told: told.update(signature="ä"),
        lambda told: told.update(key_id="zz"),
        lambda told: told.update(key_id=7),
        lambda told: told.update(purpose=["plugin"]),
    ],
)
def test_a_signature_document_is_exactly_one(
    tmp_path: Path, key_file: Path, change: Callable[[dict[str, object]], object]
) -> None:
    keys = trust(tmp_path / "site", make_signing_key(key_file), Purpose.PLUGIN)
    told = json.loads(signed(Purpose.PLUGIN, CONTENT, key_file))
    change(told)
    assert why(lambda: keys.check(Purpose.PLUGIN, CONTENT, json.dumps(told).encode())) == "bad_signature"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows decides by its own lists")
@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_keys_file_that_others_may_write_is_refused(tmp_path: Path, key_file: Path, mode: int) -> None:
    site = tmp_path / "site"
    trust(site, make_signing_key(key_file), Purpose.PLUGIN)
    (site / TRUSTED_KEYS_NAME).chmod(mode)
    assert why(lambda: read_trusted_keys(site)) == "keys_file_unsafe"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows decides by its own lists")
def test_a_keys_file_in_a_folder_of_others_or_behind_a_link_is_refused(tmp_path: Path, key_file: Path) -> None:
    site = tmp_path / "site"
    trust(site, make_signing_key(key_file), Purpose.PLUGIN)
    site.chmod(0o777)
    assert why(lambda: read_trusted_keys(site)) == "keys_file_unsafe"
    site.chmod(0o755)
    (site / TRUSTED_KEYS_NAME).rename(site / "keys")
    (site / TRUSTED_KEYS_NAME).symlink_to(site / "keys")
    assert why(lambda: read_trusted_keys(site)) == "keys_file_unsafe"
    (site / TRUSTED_KEYS_NAME).unlink()
    (site / TRUSTED_KEYS_NAME).mkdir()
    assert why(lambda: read_trusted_keys(site)) == "keys_file_unsafe"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "schema"),
        (b"\xff", "toml"),
        (b"[[keys]]\nowner = 1", "schema"),
        (b'schema = "trusted_keys/2"', "schema"),
        (b'schema = "trusted_keys/1"\nallow_unsigned = true', "keys"),
        (b'schema = "trusted_keys/1"\nkeys = 7', "keys"),
        (b'schema = "trusted_keys/1"\nkeys = ["x"]', "keys 1"),
        (b'schema = "trusted_keys/1"\n[[keys]]\nowner = "x"\npublic_key = "AAAA"\npurposes = ["plugin"]', "keys 1"),
        (b'schema = "trusted_keys/1"\n[[keys]]\nowner = "x"\npublic_key = 1\npurposes = ["plugin"]', "keys 1"),
        (
            b'schema = "trusted_keys/1"\n[[keys]]\nowner = "x"\npublic_key = "' + b"A" * 43 + b'="\npurposes = ["everything"]',
            "keys 1",
        ),
    ],
)
def test_a_keys_file_that_is_none_is_refused_not_passed_over_and_says_where(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / TRUSTED_KEYS_NAME).write_bytes(content)
    with pytest.raises(SigningError) as caught:
        read_trusted_keys(tmp_path)
    assert caught.value.facts == {"why": "keys_file_unreadable", "file": TRUSTED_KEYS_NAME, "part": part}


def test_a_signing_key_is_for_its_maker_alone_and_is_never_overwritten(tmp_path: Path, key_file: Path) -> None:
    make_signing_key(key_file)
    assert sys.platform == "win32" or stat.S_IMODE(key_file.stat().st_mode) == 0o600
    content = key_file.read_bytes()
    assert why(lambda: make_signing_key(key_file)) == "key_file_taken"
    assert key_file.read_bytes() == content
    with pytest.raises(ResourceError):
        make_signing_key(tmp_path / "absent" / "key")


def test_a_signing_key_that_is_none_is_refused(tmp_path: Path, key_file: Path) -> None:
    assert why(lambda: signed(Purpose.PLUGIN, CONTENT, key_file)) == "key_file_missing"
    key_file.write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    assert why(lambda: signed(Purpose.PLUGIN, CONTENT, key_file)) == "key_file_unreadable"
