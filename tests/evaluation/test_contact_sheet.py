from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.evaluation.contact_sheet import SHOWN, PickedComparison, pick_comparisons, sheet_pictures
from teller_assist.evaluation.face_protocol import compare, mated_scores, plan_protocol
from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evaluation.sets import EvaluationSet, Split
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from tests.evaluation.made_up_sets import TEST_PEOPLE, measured_of, row, rows_of, set_of

LIVE, MESH, CLEAN = PhotoKind.LIVE, PhotoKind.MESH, PhotoKind.CLEAN


def test_the_lowest_scores_are_the_failures_and_nobody_is_shown_twice() -> None:
    rows = rows_of(TEST_PEOPLE, (LIVE, MESH))
    protocol = plan_protocol(set_of(rows), Split.TEST, None)
    lost = [one.path for one in rows if one.kind is MESH][:1]
    comparisons = compare(measured_of(rows, failures=lost), protocol, MESH, lambda _: True, lambda _: True)
    scores = mated_scores(comparisons).scores
    threshold = float(np.nanmedian(scores))
    picked = pick_comparisons(comparisons, threshold)
    assert len(picked.successes) == len(picked.failures) == SHOWN
    assert all(one.score >= threshold for one in picked.successes)
    assert np.isnan(picked.failures[0].score), "a photograph without features fails worst of all"
    told = [one.score for one in picked.failures[1:]]
    assert told == sorted(told)
    assert told[0] == np.nanmin(scores)
    for side in (picked.successes, picked.failures):
        assert len({one.reference.identity for one in side}) == SHOWN
        assert all(one.probe.identity == one.reference.identity for one in side)


@pytest.mark.full
def test_the_pictures_show_photo_restored_and_live(installation: Installation, astronaut: Picture, tmp_path: Path) -> None:
    portrait = prepare_portrait(astronaut.pixels, installation.detector.detect(astronaut)[0].landmarks)
    rows = [row("ann", "1", LIVE), row("ann", "2", MESH), row("ann", "3", CLEAN)]
    for one in rows:
        target = tmp_path / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(render(portrait, one.kind, rng_for(one.path, one.kind, 0)).data)
    the_set = EvaluationSet(tmp_path, tuple(rows), "ab" * 32)
    picked = [PickedComparison(rows[0], one, 0.5, 0.1) for one in rows[1:]]
    mesh, clean = sheet_pictures(picked, the_set, installation.measurer, installation.picture_limits)
    assert clean.restored == "", "nothing was taken out"
    for address in (mesh.photo, mesh.restored, mesh.live, clean.photo):
        kind, _, content = address.partition(",")
        assert kind == "data:image/jpeg;base64"
        pixels = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert pixels.shape[0] == 150
