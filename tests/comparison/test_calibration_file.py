from __future__ import annotations

import copy
import itertools
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import calibration_path, rate_body, read_calibration, write_calibration
from teller_assist.comparison.error_rates import CountTable, NotStated
from teller_assist.errors import CalibrationMismatchError
from teller_assist.evidence.kinds import PhotoKind

Make = Callable[..., Calibration]
PROVENANCE = {"date": "2026-01-01", "author": "nobody", "data": "made up", "counts": {"a": [1, 2]}}


def written(calibration: Calibration) -> bytes:
    return write_calibration(calibration, PROVENANCE).encode("utf-8")


def tables_of(calibration: Calibration) -> list[CountTable]:
    return [calibration.mated.table, *(group.table for group in calibration.groups)]


@pytest.mark.full
def test_the_camera_of_its_photographs_is_kept_where_it_was_told(make_calibration: Make) -> None:
    assert read_calibration(written(make_calibration(camera="uvc"))).camera == "uvc"
    untold = written(make_calibration())
    assert read_calibration(untold).camera == ""
    assert b"camera" not in untold


@pytest.mark.full
@settings(max_examples=20)
@given(
    mated=st.integers(400, 20_000),
    groups=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.booleans(),
            st.integers(20_000, 10_000_000),
            st.floats(-0.1, 0.3),
            st.floats(0.05, 0.2),
        ),
        min_size=1,
        max_size=3,
    ),
    kind=st.sampled_from(PhotoKind),
)
def test_what_is_written_is_read_again(make_calibration: Make, mated: int, groups: list[Any], kind: PhotoKind) -> None:
    before = make_calibration(mated=mated, groups=groups, reference_kind=kind)
    after = read_calibration(written(before))
    assert after.thresholds == before.thresholds
    assert after.llr == before.llr
    assert (after.calibration_id, after.scope, after.reference_kind) == (before.calibration_id, before.scope, kind)
    assert after.mated.failed_to_acquire == before.mated.failed_to_acquire
    for read, made in zip(tables_of(after), tables_of(before), strict=True):
        assert (read.comparisons, read.first_index) == (made.comparisons, made.first_index)
        assert read.at_or_above == made.at_or_above
        assert read.ci95_low == pytest.approx(made.ci95_low, rel=0.006), "three significant digits"
    assert written(after) == written(read_calibration(written(after))), "reading and writing again changes nothing"


def test_every_array_of_numbers_stands_on_one_line(make_calibration: Make) -> None:
    text = written(make_calibration()).decode()
    assert json.loads(text)["provenance"] == PROVENANCE
    assert text.endswith("}\n")
    assert not [line for line in text.splitlines() if line.strip().rstrip(",").replace(".", "").replace("-", "").isdigit()]


def test_a_path_names_model_and_both_kinds() -> None:
    path = calibration_path("m", PhotoKind.LIVE, PhotoKind.MESH_HEAVY)
    assert path == "config/calibration/m/live-mesh_heavy.json"


def test_a_stated_rate_has_its_counts_beside_it(make_calibration: Make) -> None:
    body = rate_body(make_calibration().fmr_at(0.4))
    assert set(body) == {"stated", "value", "bound", "errors", "comparisons", "ci95", "group"}


# ---------------------------------------------------------------- hostile documents

HOSTILE: tuple[Any, ...] = (
    None, True, "", "x", "1", -1, 0, 10**400, -(10**30), 1e308, -1e308, math.nan, math.inf, [], [None], [[1]], [1e9, -1e9], {},
    {"stated": "yes"}, {"a": 1},
)  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of every value that is worth replacing: of an array its first two elements."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, child in items:
        yield from leaves(child, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    target = changed
    for key in path[:-1]:
        target = target[key]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return changed


def use(calibration: Calibration) -> None:
    """Whatever is accepted must carry every question that an answer asks."""
    for score in (-1.0, -0.3, 0.0, 0.37, 0.999, 1.0):
        for rate in (calibration.fmr_at(score), calibration.fnmr_at(score)):
            assert 0 <= rate.value <= 1
            assert all(math.isfinite(end) for end in rate.ci95)
        reading = calibration.llr_at(score)
        assert math.isfinite(reading.value)
        assert reading.ci95[0] <= reading.value <= reading.ci95[1]
    assert set(calibration.thresholds) == {"1e-3", "1e-4", "1e-5"}
    for entry in calibration.thresholds.values():
        if isinstance(entry, Threshold):
            assert -1 <= entry.score <= 1.01
            assert math.isfinite(entry.first_group_score)
            assert 0 <= entry.pass_rate.value <= 1
            assert entry.pass_rate.comparisons > 0
        else:
            assert isinstance(entry, NotStated)


@pytest.mark.full
def test_whatever_stands_in_a_file_it_is_refused_or_it_can_be_used(make_calibration: Make) -> None:
    document = json.loads(written(make_calibration()))
    for counted in (document["mated"], *document["groups"]):
        for name in ("at_or_above", "ci95_low", "ci95_high"):
            del counted["table"][name][3:]  # short tables are read as well as long ones, and much faster
    for name in ("values", "ci95_low", "ci95_high"):
        del document["llr"][name][3:]
    refused = accepted = 0
    paths = [path for path in leaves(document) if "provenance" not in path]
    for path, value in itertools.product(paths, (*HOSTILE, ...)):
        if not path and value is ...:
            continue
        content = json.dumps(replaced(document, path, value)).encode()
        try:
            calibration = read_calibration(content)
        except CalibrationMismatchError:
            refused += 1
            continue
        accepted += 1
        use(calibration)
    assert refused > 1000
    assert accepted > 0, "a name, for instance, may be any text"


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"{}", b'"calibration/1"', b"\xff\xfe", b"[" * 100_000, b'{"schema": "calibration/2"}', b"7" * 5_000],
)
def test_what_is_no_calibration_is_refused(content: bytes) -> None:
    with pytest.raises(CalibrationMismatchError):
        read_calibration(content)


def test_a_reading_that_falls_is_refused(make_calibration: Make) -> None:
    """A gauge that reads lower the more alike two faces are would turn every recommendation round."""
    document = json.loads(written(make_calibration()))
    for name in ("values", "ci95_low", "ci95_high"):
        document["llr"][name].reverse()
    with pytest.raises(CalibrationMismatchError):
        read_calibration(json.dumps(document).encode())


def test_a_cut_file_is_refused(make_calibration: Make) -> None:
    content = written(make_calibration())
    for share in (0.1, 0.5, 0.9, 0.999):
        with pytest.raises(CalibrationMismatchError):
            read_calibration(content[: int(len(content) * share)])
