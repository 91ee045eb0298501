from __future__ import annotations

from typing import Any

from teller_assist.evaluation.line_shape_rates import line_shape_rates


def body(passed: int | None, fta: int = 0) -> dict[str, Any]:
    """Ten photographs, ten mated comparisons; None: nothing can be stated."""
    entry: dict[str, Any] = {"stated": passed is not None}
    if passed is not None:
        entry |= {"passed": passed, "pass_rate": passed / 10, "pass_ci95": [0.0, 1.0], "fmr_errors": 1, "fmr_comparisons": 90}
    return {"fta": {"count": fta, "of": 10}, "mated": 10, "shipped": {"1e-4": entry}}


def test_sums_are_of_counts_and_leave_out_what_is_not_stated() -> None:
    conditions = {
        "lines_text": {"kinds": {"mesh": body(9, fta=1), "mesh_heavy": body(5)}},
        "lines_dots": {"kinds": {"mesh": body(None)}},
        "lines_contours": {"kinds": {"mesh": body(8)}},
        "blur": {"kinds": {"mesh": body(1)}},
    }
    found = line_shape_rates(conditions, "1e-4")
    assert set(found) == {"mesh", "mesh_heavy"}
    assert found["mesh"]["seen"] == {"mated": 10, "passed": 9, "fta": 1, "photographs": 10, "pass_rate": 0.9}
    assert found["mesh"]["held_out"]["passed"] == 8
    assert "held_out" not in found["mesh_heavy"]
    assert [one["shape"] for one in found["mesh"]["shapes"]] == ["lines_dots", "lines_text", "lines_contours"]
    assert "passed" not in found["mesh"]["shapes"][0]


def test_thresholds_of_the_sets_own_people_come_first() -> None:
    one = body(5)
    one["set_dev"] = body(7)["shipped"]
    assert line_shape_rates({"lines_text": {"kinds": {"mesh": one}}}, "1e-4")["mesh"]["seen"]["passed"] == 7
