"""Opening and checking an evidence pack where there is no server: whatever comes is somebody else's file until it is checked."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, parsed_json
from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.alerts.keys import ServerKeys, is_signed
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import BugError, PackError, RecordError, ShapeError
from teller_assist.review.evidence_pack.making import CASE, MANIFEST, PROOF, content_hash
from teller_assist.review.evidence_pack.proof import ProofFault, first_faulty, read_proof
from teller_assist.review.evidence_pack.sealing import decrypt

FILES_MOST, BYTES_MOST = 64, 200_000_000
_SAFE_NAME = re.compile(r"(pictures/)?[a-z0-9_]{1,40}\.(json|pdf|png|jpg)")
_AGE, _ZIP = b"age-encryption.org/", b"PK\x03\x04"
_NO_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
)


class PackFaultKind(StrEnum):
    """What is wrong with a file of a pack; a proof has its own list."""

    ALTERED = "altered"
    MISSING = "missing"
    ADDED = "added"
    UNREADABLE = "unreadable"
    LIST_SIGNATURE = "list_signature"
    OF_ANOTHER_CASE = "of_another_case"


@dataclass(frozen=True)
class PackFault:
    """The first file that is not as the server made it."""

    file: str
    kind: PackFaultKind | ProofFault


@dataclass(frozen=True)
class PackVerdict:
    """What checking a pack found.

    Attributes
    ----------
    entries
        Audit entries about the case; 0 where the proof cannot be read.
    content_sha256
        What case.pdf has printed; "" where there is no list.
    fingerprint
        Of the keys that were used; "" where there are none.
    """

    fault: PackFault | None
    files: int
    entries: int = 0
    content_sha256: str = ""
    fingerprint: str = ""


def is_encrypted(path: Path) -> bool:
    """Tell whether a passphrase is needed.

    Raises
    ------
    PackError
        "pack_unreadable": there is no such file or folder.
    """
    if path.is_dir():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_AGE)) == _AGE
    except OSError as error:
        raise PackError("pack_unreadable", why=type(error).__name__) from error


def read_pack(path: Path, passphrase: str = "") -> dict[str, bytes]:
    """Return the files of a pack by name: of a folder, an encrypted pack or one that was decrypted already.

    Raises
    ------
    PackError
        "pack_unreadable", "pack_passphrase_wrong", "pack_damaged"
    """
    if path.is_dir():
        return dict(_in_folder(path))
    try:
        if path.stat().st_size > BYTES_MOST:
            raise PackError("pack_unreadable", why="too_large")
        data = path.read_bytes()
    except OSError as error:
        raise PackError("pack_unreadable", why=type(error).__name__) from error
    if data.startswith(_AGE):
        data = decrypt(data, passphrase)
    elif not data.startswith(_ZIP):
        raise PackError("pack_unreadable", why="other_format")
    return _unzipped(data)


def write_pack(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a pack into an empty folder, for this user alone.

    Raises
    ------
    PackError
        "pack_folder_taken"; "pack_damaged": a file has a name that no pack has.
    ResourceError
        They cannot be written.
    """
    if any(_SAFE_NAME.fullmatch(name) is None for name in files):
        raise PackError("pack_damaged", why="file_name")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PackError("pack_folder_taken")
    make_private_folder(folder)
    for name, data in files.items():
        path = folder / name
        make_private_folder(path.parent)
        write_durably(path, data)


def check_pack(files: Mapping[str, bytes], keys: ServerKeys | None) -> PackVerdict:
    """Return whether a pack is as the server made it.

    Parameters
    ----------
    keys
        The server's, got in another way than with the pack; None: those in the pack, which only shows that it fits together.
    """
    if MANIFEST not in files:
        return PackVerdict(PackFault(MANIFEST, PackFaultKind.MISSING), len(files))
    try:
        manifest = _manifest(files[MANIFEST])
    except PackError:
        return PackVerdict(PackFault(MANIFEST, PackFaultKind.UNREADABLE), len(files))
    used, entries = keys, 0
    proof_fault = _altered(files, manifest, PROOF)
    if proof_fault is None:
        try:
            proof, named = read_proof(_parsed(files[PROOF]))
            used, entries = keys or named, len(proof.links)
        except RecordError:
            proof_fault = PackFault(PROOF, PackFaultKind.UNREADABLE)
    fault = proof_fault if used is None else _first_fault(files, manifest, used)
    fingerprint = "" if used is None else used.fingerprint
    return PackVerdict(fault, len(files), entries, content_hash(manifest), fingerprint)


def _first_fault(files: Mapping[str, bytes], manifest: Mapping[str, Any], keys: ServerKeys) -> PackFault | None:
    if not _is_signed(manifest, keys):
        return PackFault(MANIFEST, PackFaultKind.LIST_SIGNATURE)
    listed = [str(one["name"]) for one in manifest["files"]]
    for name in listed:
        fault = _altered(files, manifest, name)
        if fault is not None:
            return fault
    for name in files:
        if name != MANIFEST and name not in listed:
            return PackFault(_shown(name), PackFaultKind.ADDED)
    proof = _parsed(files[PROOF])
    proof_fault = first_faulty(proof, keys)
    if proof_fault is not None:
        return PackFault(PROOF, proof_fault)
    for name in (PROOF, CASE):
        document = _parsed(files[name])
        if not isinstance(document, Mapping) or document.get("case_id") != manifest["case_id"]:
            return PackFault(name, PackFaultKind.OF_ANOTHER_CASE)
    return None


def _manifest(data: bytes) -> Mapping[str, Any]:
    try:
        manifest = check_shape(_parsed(data), "evidence_pack/1")
        canonical_bytes(manifest)
    except (ShapeError, BugError) as error:  # BugError: numbers or letters that no canonical JSON has
        raise PackError("pack_damaged", why="manifest") from error
    if not {CASE, PROOF} <= {one["name"] for one in manifest["files"]}:
        raise PackError("pack_damaged", why="manifest")
    return manifest


def _is_signed(manifest: Mapping[str, Any], keys: ServerKeys) -> bool:
    if content_hash(manifest) != manifest["content_sha256"]:
        return False
    signed = canonical_bytes({name: value for name, value in manifest.items() if name != "signature"})
    return is_signed(signed, from_base64(manifest["signature"], what="signature"), keys.verify_key)


def _altered(files: Mapping[str, bytes], manifest: Mapping[str, Any], name: str) -> PackFault | None:
    if name not in files:
        return PackFault(_shown(name), PackFaultKind.MISSING)
    hashes = {one["sha256"] for one in manifest["files"] if one["name"] == name}
    if hashes != {hashlib.sha256(files[name]).hexdigest()}:
        return PackFault(_shown(name), PackFaultKind.ALTERED)
    return None


def _parsed(data: bytes) -> object:
    """Return what a file says as JSON.

    Raises
    ------
    ShapeError
        It is none.
    """
    try:
        return parsed_json(data)
    except (ValueError, RecursionError) as error:
        raise ShapeError(what="evidence_pack", why="not_json") from error


def _shown(name: str) -> str:
    """Return somebody else's file name so that it cannot play tricks on a screen."""
    return "".join(one if one.isprintable() else "?" for one in name[:80])


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    for count, path in enumerate(sorted(one for one in folder.rglob("*") if one.is_symlink() or not one.is_dir()), start=1):
        try:
            is_file = path.is_file() and not path.is_symlink()
            total += path.stat().st_size if is_file else 0
            if count > FILES_MOST or total > BYTES_MOST:
                raise PackError("pack_unreadable", why="too_large")
            yield path.relative_to(folder).as_posix(), path.read_bytes() if is_file else b""
        except OSError as error:
            raise PackError("pack_unreadable", why=type(error).__name__) from error


def _unzipped(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip; nothing is unpacked before their number and sizes are known to be small enough."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > FILES_MOST or sum(one.file_size for one in infos) > BYTES_MOST:
                raise PackError("pack_damaged", why="too_large")
            if len({one.filename for one in infos}) != len(infos):
                raise PackError("pack_damaged", why="file_name_twice")
            return {one.filename: archive.read(one) for one in infos}
    except _NO_ZIP as error:
        raise PackError("pack_damaged", why="no_archive") from error
