"""Making an evidence pack: a zip of case.json, review.json, case.pdf, pictures, proof.json and a signed list of them, encrypted.

    manifest.json (evidence_pack/1) --sha256--> every other file; signed by the server
    case.pdf      --prints--> hash of that list without case.pdf itself

The passphrase is made here, returned once and kept nowhere.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from teller_assist import __version__
from teller_assist.alerts.canonical import canonical_bytes, to_base64
from teller_assist.errors import BugError
from teller_assist.review.evidence_pack.content import PackContent
from teller_assist.review.evidence_pack.document import pdf_of
from teller_assist.review.evidence_pack.fonts import chinese_fonts
from teller_assist.review.evidence_pack.pictures import read_pictures
from teller_assist.review.evidence_pack.proof import proof_document, proof_of
from teller_assist.review.evidence_pack.sealing import encrypt, new_passphrase
from teller_assist.review.server_keys import PrivateKeys

CASE, REVIEW, PROOF, PDF, MANIFEST = "case.json", "review.json", "proof.json", "case.pdf", "manifest.json"


@dataclass(frozen=True)
class MadePack:
    """A pack, ready to be handed over.

    Attributes
    ----------
    file_name
        Names the case and the day, nobody.
    passphrase
        To be shown once, beside no copy of the pack; it never prints.
    """

    file_name: str
    data: bytes = field(repr=False)
    passphrase: str = field(repr=False)


def make_pack(content: PackContent, keys: PrivateKeys) -> MadePack:
    """Make a pack; it takes seconds and is to be called where nothing waits for it.

    Raises
    ------
    PackError
        "chinese_font_missing", "pack_not_encrypted"
    """
    passphrase = new_passphrase()
    data = encrypt(pack_archive(content, keys), passphrase)
    return MadePack(_file_name(content), data, passphrase)


def pack_archive(content: PackContent, keys: PrivateKeys) -> bytes:
    """Return the pack before it is encrypted.

    Raises
    ------
    PackError
        "chinese_font_missing"
    """
    fonts = chinese_fonts()
    pictures = read_pictures(content.case)
    files = {
        CASE: _case_bytes(content.case),
        REVIEW: _json_bytes(_review(content)),
        PROOF: _json_bytes(proof_document(proof_of(content), keys.public)),
        **{one.file: one.data for one in pictures if one.file},
    }
    unsigned = _manifest(content, files)
    pdf = pdf_of(content, pictures, unsigned["content_sha256"], keys.public, fonts)
    listed = {**unsigned, "files": [*unsigned["files"], _listed_file(PDF, pdf)]}
    signed = {**listed, "signature": to_base64(keys.signing.sign(canonical_bytes(listed)))}
    return _zipped({**files, PDF: pdf, MANIFEST: _json_bytes(signed)}, content.making.at)


def content_hash(manifest: Mapping[str, Any]) -> str:
    """Return what case.pdf has printed: the hash of a list of contents without case.pdf, the hash itself and the signature."""
    rest = {name: value for name, value in manifest.items() if name not in ("content_sha256", "signature")}
    rest["files"] = [one for one in manifest["files"] if one["name"] != PDF]
    return hashlib.sha256(canonical_bytes(rest)).hexdigest()


def _manifest(content: PackContent, files: Mapping[str, bytes]) -> dict[str, Any]:
    making = content.making
    manifest: dict[str, Any] = {
        "schema": "evidence_pack/1",
        "product_version": __version__,
        "case_id": content.listed.case_id,
        "at": making.at,
        "by": {"login": making.login, "name": making.name},
        "purpose": making.purpose.value,
        "files": [_listed_file(name, data) for name, data in files.items()],
    }
    return {**manifest, "content_sha256": content_hash(manifest)}


def _case_bytes(case: Mapping[str, Any]) -> bytes:
    """Return the document byte for byte as a station seals it; one that no station of ours made may have no such form."""
    try:
        return canonical_bytes(case)
    except BugError:
        return json.dumps(case).encode("ascii")


def _listed_file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _review(content: PackContent) -> dict[str, Any]:
    """Return what people did with the case, for programs."""
    return {
        "schema": "evidence_review/1",
        "product_version": __version__,
        "listed": asdict(content.listed),
        "findings": [asdict(one) for one in content.findings],
        "sign_offs": [asdict(one) for one in content.sign_offs],
    }


def _zipped(files: Mapping[str, bytes], at: str) -> bytes:
    written = io.BytesIO()
    moment = datetime.datetime.fromisoformat(at).astimezone(datetime.UTC)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _json_bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")


def _file_name(content: PackContent) -> str:
    day = datetime.datetime.fromisoformat(content.making.at).astimezone().date()
    return f"evidence-{content.listed.case_id[:8]}-{day.isoformat()}.zip.age"
