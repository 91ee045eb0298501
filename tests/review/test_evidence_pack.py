"""Evidence packs: what is in them, that they open with their passphrase alone, and that every change is found by name."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from teller_assist.alerts.canonical import canonical_bytes, to_base64
from teller_assist.errors import PackError
from teller_assist.review.evidence_pack import fonts, sealing
from teller_assist.review.evidence_pack.checking import PackFault, PackFaultKind, check_pack, is_encrypted, read_pack, write_pack
from teller_assist.review.evidence_pack.document import grouped
from teller_assist.review.evidence_pack.making import MadePack, content_hash, make_pack, pack_archive
from teller_assist.review.evidence_pack.proof import ProofFault, check_proof, proof_of
from tests.stand_ins.cases import NAME, NUMBER, made_up_case
from tests.stand_ins.packs import KEYS, MAKER, OTHER_KEYS, content_of, signed_link

ALERTS = (("impostor", "stop", "live_chip_differs"), ("kinship", "info", "possible_twin"))
Files = dict[str, bytes]


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """No database here: once is enough."""


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    return made_up_case(alerts=ALERTS, pictures=True, case_id="a1b2c3d4" * 4)


@pytest.fixture(scope="module")
def archive(case: dict[str, Any]) -> bytes:
    return pack_archive(content_of(case, reviewed=True), KEYS)


@pytest.fixture
def files(archive: bytes) -> Files:
    return unzipped(archive)


@pytest.fixture(scope="module")
def made(case: dict[str, Any]) -> MadePack:
    return make_pack(content_of(case), KEYS)


def unzipped(archive: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: Files, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as written:
        for name, data in files.items():
            written.writestr(name, data)
    return path


def fault_of(files: Files, *, pinned: bool = True) -> tuple[str, str] | None:
    fault = check_pack(files, KEYS.public if pinned else None).fault
    return None if fault is None else (fault.file, fault.kind.value)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    path = tmp_path / "case.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")


@pytest.mark.full
def test_a_pack_opens_with_its_passphrase_and_is_whole(made: MadePack, tmp_path: Path) -> None:
    path = tmp_path / made.file_name
    path.write_bytes(made.data)
    assert is_encrypted(path)
    files = read_pack(path, made.passphrase)
    verdict = check_pack(files, KEYS.public)
    assert (verdict.fault, verdict.files, verdict.entries) == (None, 8, 3)
    assert verdict.fingerprint == KEYS.public.fingerprint
    write_pack(files, tmp_path / "opened")
    assert check_pack(read_pack(tmp_path / "opened"), KEYS.public) == verdict
    assert (tmp_path / "opened" / "case.pdf").stat().st_mode & 0o077 == 0, "for this user alone"


def test_the_passphrase_is_long_made_for_each_pack_and_forgiving_to_type(made: MadePack) -> None:
    assert sealing.BITS >= 100
    assert re.fullmatch(r"(\d{4}-){7}\d{4}", made.passphrase)
    assert len({sealing.new_passphrase() for _ in range(20)}) == 20
    full_width = made.passphrase.replace("-", "　").translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    assert sealing.tidy_passphrase(f" {full_width}\r\n") == made.passphrase


def test_neither_the_file_s_name_nor_what_is_logged_of_a_pack_tells_anything(made: MadePack) -> None:
    assert made.file_name == "evidence-a1b2c3d4-2026-11-27.zip.age"
    assert made.passphrase not in repr(made)
    assert NAME.encode() not in made.data


@pytest.mark.full
def test_a_wrong_passphrase_is_told_and_so_is_a_damaged_file(made: MadePack, tmp_path: Path) -> None:
    path = tmp_path / "pack.age"
    path.write_bytes(made.data)
    wrong = ("1" if made.passphrase[0] != "1" else "2") + made.passphrase[1:]
    for passphrase, damage, reason in (
        (wrong, 0, "pack_passphrase_wrong"),
        (made.passphrase, len(made.data) - 20, "pack_damaged"),
    ):
        broken = bytearray(made.data)
        broken[damage] ^= 1 if damage else 0
        path.write_bytes(broken)
        with pytest.raises(PackError) as caught:
            read_pack(path, passphrase)
        assert caught.value.reason == reason


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack"
    for data in (b"", b"%PDF-1.7", b"age-encryption.org/v1\n"):
        path.write_bytes(data)
        with pytest.raises(PackError) as caught:
            read_pack(path, "1")
        assert caught.value.reason == "pack_unreadable"
    with pytest.raises(PackError):
        is_encrypted(tmp_path / "absent")


def test_a_machine_that_cannot_encrypt_makes_no_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PackError) as caught:
        sealing.encrypt(b"plain", "1234")
    assert caught.value.reason == "pack_not_encrypted"


# ---------------------------------------------------------------- what is in it


def test_the_case_is_in_it_byte_for_byte_as_it_was_sealed_with_its_pictures_and_findings(
    files: Files, case: dict[str, Any]
) -> None:
    assert files["case.json"] == canonical_bytes(case)
    for one in case["evidence"]:
        data = base64.b64decode(one["data_base64"])
        assert [name for name in files if files[name] == data and one["role"] in name], "the picture itself"
    review = json.loads(files["review.json"])
    assert [one["finding"] for one in review["findings"]] == ["twin", "twin"]
    assert [one["agreed"] for one in review["sign_offs"]] == [True, True]
    manifest = json.loads(files["manifest.json"])
    assert (manifest["by"]["name"], manifest["purpose"]) == (MAKER, "review_file")


def test_the_paper_says_in_chinese_what_the_case_page_says(files: Files, tmp_path: Path) -> None:
    text = text_of(files["case.pdf"], tmp_path)
    for words in (
        "核身证据包", "3号柜台", "挂失", "系统判断为同一人", "现场采集照", "芯片照", "联网核查照", "至多 11 / 358,800 次",
        "请暂停办理", "现场人像与芯片照不一致", "复核结论", "双胞胎", "两名柜员签字", "第二次独立复核", "签署", "赵主管",
        "收到个案", "链上证明", "能证明", "不能证明", "仅作辅助，由人决定", "复核归档", MAKER,
    ):  # fmt: skip
        assert words in text, words
    assert re.search(r"第\s*1\s*页\s*共\s*3\s*页", text)
    assert text.count("仅作辅助，由人决定") == text.count("\f"), "on every page"
    assert NUMBER not in text.replace(" ", ""), "masked as on the page"


def test_paper_and_file_can_be_held_together(files: Files, tmp_path: Path) -> None:
    manifest = json.loads(files["manifest.json"])
    assert grouped(content_hash(manifest)) in text_of(files["case.pdf"], tmp_path)
    assert check_pack(files, None).content_sha256 == content_hash(manifest)


@pytest.mark.full
def test_the_paper_warns_where_the_proof_does_not_hold(case: dict[str, Any], tmp_path: Path) -> None:
    content = content_of(case)
    forged = replace(content, links=(replace(content.links[0], actor="nobody"), *content.links[1:]))
    text = text_of(unzipped(pack_archive(forged, KEYS))["case.pdf"], tmp_path)
    assert "制作时核对不通过" in text


@pytest.mark.full
def test_text_from_outside_cannot_turn_or_hide_what_stands_on_the_paper(case: dict[str, Any], tmp_path: Path) -> None:
    hostile = {**case, "persons": [{"role": "holder", "name": "林\u202e样\U0002b740\ud800", "number": NUMBER}]}
    long_note = replace(content_of(case, reviewed=True).findings[0], note="很长的说明" * 700)
    content = replace(content_of(hostile), findings=(long_note,))
    text = text_of(unzipped(pack_archive(content, KEYS))["case.pdf"], tmp_path)
    assert "〔U+202E〕" in text
    assert "〔U+D800〕" in text
    assert len(re.findall("很长的说明".replace("", r"\s*"), text)) > 400, "over several pages"


def test_without_a_chinese_font_it_is_said_in_words(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "font.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(fonts, "candidates", lambda: iter([(fonts.FontFile(broken, 0), None)]))
    with pytest.raises(PackError) as caught:
        pack_archive(content_of(case), KEYS)
    assert caught.value.reason == "chinese_font_missing"


# ---------------------------------------------------------------- what is found


def test_a_pack_as_it_was_made_is_whole_with_and_without_the_pinned_keys(files: Files) -> None:
    assert fault_of(files) is None
    assert fault_of(files, pinned=False) is None


@pytest.mark.parametrize("pinned", [True, False])
def test_every_altered_and_every_missing_file_is_found_by_name(files: Files, pinned: bool) -> None:
    for name in [name for name in files if name != "manifest.json"]:
        for place in (0, len(files[name]) // 2, len(files[name]) - 1):
            data = bytearray(files[name])
            data[place] ^= 1
            assert fault_of({**files, name: bytes(data)}, pinned=pinned) == (name, "altered")
        assert fault_of({other: files[other] for other in files if other != name}, pinned=pinned) == (name, "missing")
    assert fault_of({**files, "pictures/99_live.png": b"more"}, pinned=pinned) == ("pictures/99_live.png", "added")


def test_a_list_that_was_written_anew_is_found(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    changes: tuple[dict[str, Any], ...] = ({"purpose": "police"}, {"content_sha256": "0" * 64}, {"more": 1})
    for change in changes:
        assert fault_of({**files, "manifest.json": json.dumps({**manifest, **change}).encode()}) == (
            "manifest.json",
            "list_signature",
        )
    for data in (b"", b"{}", b"[" * 100_000, b'{"a": 1e999}', json.dumps({**manifest, "\ud800": 2**60}).encode()):
        assert fault_of({**files, "manifest.json": data}) == ("manifest.json", "unreadable")
    del files["manifest.json"]
    assert fault_of(files) == ("manifest.json", "missing")


@pytest.mark.full
def test_a_pack_of_another_server_is_found_by_the_pinned_keys_only(case: dict[str, Any]) -> None:
    forged = unzipped(pack_archive(content_of(case, keys=OTHER_KEYS), OTHER_KEYS))
    assert fault_of(forged) == ("manifest.json", "list_signature")
    verdict = check_pack(forged, None)
    assert (verdict.fault, verdict.fingerprint) == (None, OTHER_KEYS.public.fingerprint)


def _entry(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    """Change the proof, and have whoever holds the server's key sign the list anew: the proof must stand for itself."""
    proof = json.loads(files["proof.json"])
    change(proof)
    return resigned({**files, "proof.json": json.dumps(proof).encode()})


def resigned(files: Files) -> Files:
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        one["sha256"] = hashlib.sha256(files[one["name"]]).hexdigest()
    del manifest["signature"]
    manifest["content_sha256"] = content_hash(manifest)
    manifest["signature"] = to_base64(KEYS.signing.sign(canonical_bytes(manifest)))
    return {**files, "manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda proof: proof["entries"][1].update(actor="somebody"), "entry_altered"),
        (lambda proof: proof["entries"][1]["facts"].update(more=2**60), "entry_altered"),
        (lambda proof: proof["entries"][1].update(signature=proof["entries"][0]["signature"]), "entry_signature"),
        (lambda proof: proof["entries"][1].update(signature="?"), "entry_signature"),
        (lambda proof: proof["entries"].reverse(), "entry_order"),
        (lambda proof: proof.update(newest=proof["entries"][0]), "entry_order"),
        (lambda proof: proof["entries"].append(proof["newest"]), "of_another_case"),
        (lambda proof: proof["entries"].pop(0), "receipt"),
        (lambda proof: proof["receipt"].update(index=4), "receipt"),
        (lambda proof: proof["receipt"].update(signature="A" * 86 + "=="), "receipt"),
        (lambda proof: proof.update(entries=[]), "unreadable"),
        (lambda proof: proof["entries"][0].update(more="field"), "unreadable"),
    ],
)
def test_a_proof_that_does_not_hold_is_found(files: Files, change: Callable[[dict[str, Any]], None], kind: str) -> None:
    assert fault_of(_entry(files, change)) == ("proof.json", kind)


def test_neighbouring_entries_must_know_each_other(case: dict[str, Any]) -> None:
    content = content_of(case)
    *before, last = content.links
    other = signed_link(replace(last, previous="f" * 64))
    assert check_proof(proof_of(replace(content, links=(*before, other))), KEYS.public) is ProofFault.ENTRY_ORDER


def test_the_newest_entry_may_be_the_last_one_about_the_case(case: dict[str, Any]) -> None:
    content = content_of(case)
    assert check_proof(proof_of(replace(content, newest=content.links[-1])), KEYS.public) is None


def test_another_case_under_this_list_is_found(files: Files) -> None:
    other = canonical_bytes(made_up_case(case_id="f" * 32))
    assert fault_of(resigned({**files, "case.json": other})) == ("case.json", "of_another_case")


@pytest.mark.full
@hypothesis.given(st.sampled_from(["manifest.json", "proof.json"]), st.data())
def test_no_value_in_the_list_or_the_proof_can_be_another_or_break_the_check(
    archive: bytes, name: str, data: st.DataObject
) -> None:
    files = unzipped(archive)
    document = json.loads(files[name])
    holder, key = data.draw(st.sampled_from(list(_places(document))))
    value: object = data.draw(st.sampled_from([None, 1, -1, 2**70, "", "\ud800", [], {}, 1.5, True, [{}]]))
    hypothesis.assume(holder[key] != value)
    holder[key] = value
    assert fault_of({**files, name: json.dumps(document).encode()}) is not None


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document that holds a value."""
    for key in list(document) if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ():
        yield document, key
        yield from _places(document[key])


# ---------------------------------------------------------------- hostile archives


@pytest.mark.parametrize(
    "name", ["../evil.json", "/evil.json", "pictures/../../evil.json", "a\\b.json", "case.json\n", "x/y.json", "a.exe"]
)
def test_a_pack_cannot_write_outside_its_folder(files: Files, tmp_path: Path, name: str) -> None:
    found = read_pack(zipped({**files, name: b"{}"}, tmp_path / "pack.zip"))
    with pytest.raises(PackError) as caught:
        write_pack(found, tmp_path / "out")
    assert (caught.value.reason, caught.value.facts["why"]) == ("pack_damaged", "file_name")
    assert not (tmp_path / "out").exists()
    fault = check_pack(found, KEYS.public).fault
    assert fault is not None
    assert fault.kind.value == "added"
    assert fault.file.isprintable()


@pytest.mark.full
def test_too_many_or_too_large_files_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as written:
        for number in range(3):
            written.writestr(f"{number}.json", bytes(70_000_000))
    many = zipped({f"{number}.json": b"" for number in range(65)}, tmp_path / "many.zip")
    for path in (bomb, many):
        with pytest.raises(PackError) as caught:
            read_pack(path)
        assert caught.value.facts["why"] == "too_large"


def test_a_broken_archive_is_a_known_error(archive: bytes, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    for cut in (10, len(archive) // 2, len(archive) - 10):
        path.write_bytes(archive[:cut])
        with pytest.raises(PackError) as caught:
            read_pack(path)
        assert caught.value.reason == "pack_damaged"


def test_a_folder_with_something_in_it_is_left_alone(files: Files, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(PackError) as caught:
        write_pack(files, tmp_path)
    assert caught.value.reason == "pack_folder_taken"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_link_in_a_folder_is_not_followed(files: Files, tmp_path: Path) -> None:
    write_pack(files, tmp_path / "out")
    (tmp_path / "case.json").write_bytes(files["case.json"])
    (tmp_path / "out" / "case.json").unlink()
    (tmp_path / "out" / "case.json").symlink_to(tmp_path / "case.json")
    found = check_pack(read_pack(tmp_path / "out"), KEYS.public)
    assert found.fault == PackFault("case.json", PackFaultKind.ALTERED)
