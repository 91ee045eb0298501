import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import SetError
from teller_assist.evaluation.sets import SetRow, Split, choose_rows, read_set
from teller_assist.evidence.kinds import PhotoKind

SetMaker = Callable[..., Path]
GOOD = ["a/1.jpg", "person-a", "dev", "archive", "a/1.jpg"]


def rewritten(root: Path, change: Callable[[bytes], bytes]) -> Path:
    file = root / "images.csv"
    file.write_bytes(change(file.read_bytes()))
    return root


def why(root: Path) -> tuple[str, object]:
    with pytest.raises(SetError) as caught:
        read_set(root)
    assert caught.value.reason == "set_invalid"
    return str(caught.value.facts["why"]), caught.value.facts.get("line")


def test_rows_come_in_the_order_of_the_file_with_the_hash_of_the_file(make_set: SetMaker) -> None:
    root = make_set([GOOD, ["b/1.jpg", "person-b", "test", "chip", "b/original.jpg"]])
    found = read_set(root)
    assert [row.path for row in found.rows] == ["a/1.jpg", "b/1.jpg"]
    assert found.rows[1] == SetRow("b/1.jpg", "person-b", Split.TEST, PhotoKind.CHIP, "b/original.jpg", "", "")
    assert found.images_csv_sha256 == hashlib.sha256((root / "images.csv").read_bytes()).hexdigest()
    assert found.identities == 2
    assert found.file(found.rows[0]).is_file()


def test_condition_and_group_are_read_and_other_columns_are_ignored(make_set: SetMaker) -> None:
    columns = ["note", "group", "path", "identity", "split", "kind", "source", "condition"]
    root = make_set([["1.jpg", "asian_f", "1.jpg", "a", "dev", "live", "1.jpg", "rotated_90"]], columns=columns)
    row = read_set(root).rows[0]
    assert (row.condition, row.group) == ("rotated_90", "asian_f")


def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(make_set: SetMaker) -> None:
    root = make_set([GOOD])
    plain = read_set(root).rows
    rewritten(root, lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"))
    assert read_set(root).rows == plain


def test_chinese_names_and_blank_lines_are_read(make_set: SetMaker) -> None:
    root = make_set([["样本/一.jpg", "样本甲", "dev", "archive", "样本/一.jpg"]])
    rewritten(root, lambda content: content + b"\r\n\r\n")
    assert read_set(root).rows[0].identity == "样本甲"


def test_selecting_by_kind_and_split(make_set: SetMaker) -> None:
    root = make_set([GOOD, ["b.jpg", "b", "test", "archive", "b.jpg"], ["c.jpg", "c", "test", "chip", "c.jpg"]])
    found = read_set(root)
    assert [row.path for row in found.select(kind=PhotoKind.ARCHIVE)] == ["a/1.jpg", "b.jpg"]
    assert [row.path for row in found.select(kind=PhotoKind.ARCHIVE, split=Split.TEST)] == ["b.jpg"]
    assert len(found.select()) == 3


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (2, "train", "split_unknown"),
        (2, "Dev", "split_unknown"),
        (3, "selfie", "kind_unknown"),
        (1, "", "field_empty"),
        (4, "  ", "field_empty"),
        (0, "", "field_empty"),
    ],
)
def test_a_wrong_field_is_refused_with_its_line(make_set: SetMaker, field: int, value: str, code: str) -> None:
    root = make_set([GOOD, ["b.jpg", "person-b", "dev", "archive", "b.jpg"]])
    row = ["b.jpg", "person-b", "dev", "archive", "b.jpg"]
    row[field] = value
    rewritten(root, lambda content: content.replace(b"b.jpg,person-b,dev,archive,b.jpg", ",".join(row).encode()))
    assert why(root) == (code, 3)


@pytest.mark.parametrize(
    "path", ["/etc/hostname", "../outside.jpg", "a/../../outside.jpg", "a\\1.jpg", "C:/a.jpg", "C:a.jpg", "\\\\server\\a", "."]
)
def test_a_path_that_leaves_the_set_is_refused(make_set: SetMaker, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.jpg").touch()
    root = make_set([GOOD])
    rewritten(root, lambda content: content.replace(b"\na/1.jpg", b"\n" + path.encode()))
    assert why(root) == ("path_unsafe", 2)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_a_link_out_of_the_set_is_refused_and_one_inside_is_not(make_set: SetMaker, tmp_path: Path) -> None:
    root = make_set([GOOD, ["link.jpg", "person-a", "dev", "archive", "a/2.jpg"]])
    (root / "link.jpg").unlink()
    (root / "link.jpg").symlink_to(root / "a" / "1.jpg")
    assert len(read_set(root).rows) == 2
    (tmp_path / "outside.jpg").touch()
    (root / "link.jpg").unlink()
    (root / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    assert why(root) == ("path_unsafe", 3)


def test_a_missing_picture_is_refused(make_set: SetMaker) -> None:
    root = make_set([GOOD])
    (root / "a" / "1.jpg").unlink()
    assert why(root) == ("picture_missing", 2)


def test_a_folder_is_no_picture(make_set: SetMaker) -> None:
    root = make_set([GOOD])
    rewritten(root, lambda content: content.replace(b"\na/1.jpg", b"\na"))
    assert why(root) == ("picture_missing", 2)


@pytest.mark.parametrize("twin", ["a/1.jpg", "a//1.jpg", "./a/1.jpg"])
def test_one_picture_twice_is_refused_however_it_is_spelt(make_set: SetMaker, twin: str) -> None:
    assert why(make_set([GOOD, [twin, *GOOD[1:]]])) == ("path_repeated", 3)


def test_a_person_in_both_splits_is_refused(make_set: SetMaker) -> None:
    assert why(make_set([GOOD, ["a/2.jpg", "person-a", "test", "archive", "a/2.jpg"]])) == ("identity_in_two_splits", 3)


def test_an_absent_empty_or_headless_file_is_refused(make_set: SetMaker, tmp_path: Path) -> None:
    assert why(tmp_path / "nowhere") == ("csv_missing", None)
    root = make_set([])
    assert why(root) == ("set_empty", None)
    assert why(rewritten(root, lambda _: b"")) == ("column_missing", 1)
    assert why(rewritten(root, lambda _: b"path,identity,split,kind\n")) == ("column_missing", 1)
    assert why(rewritten(root, lambda _: b"path,identity,split,kind,source,path\n")) == ("column_repeated", 1)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (b"a,b\n", "field_count"),
        (b"a/1.jpg,a,dev,archive,a/1.jpg,more\n", "field_count"),
        (b'"a/1.jpg,a,dev\n', "csv_malformed"),
        (b"\xff\xfe\n", "csv_not_utf8"),
    ],
)
def test_a_damaged_file_is_refused(make_set: SetMaker, extra: bytes, code: str) -> None:
    assert why(rewritten(make_set([GOOD]), lambda content: content + extra))[0] == code


def test_no_error_names_a_person_or_a_path(make_set: SetMaker) -> None:
    root = make_set([GOOD, ["a/2.jpg", "person-a", "test", "archive", "a/2.jpg"]])
    with pytest.raises(SetError) as caught:
        read_set(root)
    assert "person-a" not in f"{caught.value} {caught.value.facts}"
    assert str(root) not in f"{caught.value} {caught.value.facts}"


rows_strategy = st.lists(
    st.tuples(
        st.text("abcxyz 样本_-.", min_size=1, max_size=6).filter(lambda name: name.strip(". ") != ""),
        st.integers(0, 5),
        st.sampled_from(list(PhotoKind)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda entry: entry[0],
)


@given(entries=rows_strategy, with_mark=st.booleans(), line_end=st.sampled_from(["\n", "\r\n"]))
def test_every_well_formed_set_is_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, int, PhotoKind]], with_mark: bool, line_end: str
) -> None:
    root = tmp_path_factory.mktemp("set")
    lines = ["path,identity,split,kind,source"]
    for number, (name, person, kind) in enumerate(entries):
        path = f"{number}/{name}x"
        (root / path).parent.mkdir()
        (root / path).touch()
        lines.append(f"{path},person-{person},{'dev' if person % 2 else 'test'},{kind},{path}")
    text = ("\ufeff" if with_mark else "") + line_end.join(lines) + line_end
    (root / "images.csv").write_bytes(text.encode())
    found = read_set(root)
    assert [(row.path, row.identity, row.kind) for row in found.rows] == [
        (f"{number}/{name}x", f"person-{person}", kind) for number, (name, person, kind) in enumerate(entries)
    ]


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_other_bytes_are_refused_with_a_set_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = tmp_path_factory.mktemp("set")
    header = b"path,identity,split,kind,source\n" if content[:1] < b"\x80" else b""
    (root / "images.csv").write_bytes(header + content)
    with pytest.raises(SetError):
        read_set(root)


def row(path: str, identity: str = "a", kind: PhotoKind = PhotoKind.LIVE, source: str = "") -> SetRow:
    return SetRow(path, identity, Split.DEV, kind, source or path)


def chosen_paths(rows: Sequence[SetRow], most: int = 10) -> list[str]:
    return [found.path for found in choose_rows(rows, most=most)]


def test_at_most_ten_rows_of_a_person_and_kind_the_lowest_hashes_first() -> None:
    rows = [row(f"{number}.jpg") for number in range(40)]
    lowest = sorted((r.path for r in rows), key=lambda path: hashlib.sha256(path.encode()).hexdigest())[:10]
    assert sorted(chosen_paths(rows)) == sorted(lowest)
    assert chosen_paths(rows) == [r.path for r in rows if r.path in lowest]


def test_the_choice_does_not_depend_on_the_order_of_the_file() -> None:
    rows = [row(f"{number}.jpg") for number in range(40)]
    assert sorted(chosen_paths(rows)) == sorted(chosen_paths(rows[::-1]))


def test_people_and_kinds_are_counted_each_for_itself() -> None:
    rows = [
        row(f"{person}{kind}{number}", person, kind)
        for person in "ab"
        for kind in (PhotoKind.LIVE, PhotoKind.CHIP)
        for number in range(5)
    ]
    assert len(choose_rows(rows, most=2)) == 8


def test_conditions_are_counted_each_for_itself_only_where_asked_for() -> None:
    rows = [replace(row(f"{condition}{number}"), condition=condition) for condition in ("", "blur") for number in range(5)]
    assert len(choose_rows(rows, most=2)) == 2
    assert len(choose_rows(rows, most=2, each_condition=True)) == 4
