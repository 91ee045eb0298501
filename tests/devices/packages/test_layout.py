from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.devices.packages.layout import first_clash, is_safe_path


@pytest.mark.parametrize(
    "path", ["main.py", "wheels/serial-3.5-py2.py3-none-any.whl", "lib/驱动.dll", "a b/c", ".hidden", "auxiliary"]
)
def test_an_ordinary_path_is_safe(path: str) -> None:
    assert is_safe_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "a//b", "a/", "./a", "../a", "a/..", "a\\b", "c:a", "a\0b", "a\x7f", "a?", "a.", "a ", " a", "CON", "com1.txt",
        "e\u0301", "a\u202eb", "x" * 181,
    ],
)  # fmt: skip
def test_a_path_that_may_name_another_file_is_not(path: str) -> None:
    assert not is_safe_path(path)


@given(path=st.text(max_size=30))
def test_no_safe_path_leaves_the_folder(path: str) -> None:
    if is_safe_path(path):
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(path.split("/"))


@pytest.mark.parametrize(
    ("paths", "clash"),
    [
        (["a", "b/a", "b/c"], None),
        (["a", "A"], "A"),
        (["straße", "STRASSE"], "STRASSE"),
        (["a/b", "A"], "A"),
        (["a", "a/b"], "a/b"),
        (["a/b", "a/b"], "a/b"),
        (["a/b/c", "a/B"], "a/B"),
    ],
)
def test_paths_that_stand_in_each_other_s_way_are_found(paths: list[str], clash: str | None) -> None:
    assert first_clash(paths) == clash
