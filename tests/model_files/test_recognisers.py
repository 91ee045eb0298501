"""A bank's own recognition model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from teller_assist.errors import ModelAlteredError, ModelPackError
from teller_assist.model_files.recognisers import (
    DESCRIPTION_NAME,
    MODEL_NAME,
    AdoptedRecogniser,
    Preprocessing,
    adopt,
    adopted_recogniser,
    inspect_model,
    open_adopted,
)
from teller_assist.settings.bank_files import BankFiles
from teller_assist.settings.shipped import content_sha256
from teller_assist.wording import error_sentences
from tests.stand_ins.recognisers import DIMENSION, made_up_pack, made_up_recogniser

AS_IT_IS = Preprocessing(0.0, 1.0, "bgr")


def inspected(path: Path, preprocessing: Preprocessing | None = None, **named: str) -> tuple[AdoptedRecogniser, bytes]:
    given = {"model_id": "made-up-r8", "licence": "Made-up licence"} | named
    return inspect_model(path, preprocessing=preprocessing, **given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "any_name.onnx"
    path.write_bytes(made_up_recogniser())
    return path


@pytest.fixture
def site(tmp_path: Path) -> BankFiles:
    return BankFiles(tmp_path / "site" / "recogniser")


def test_a_pack_gives_its_one_recogniser_fed_as_insightface_feeds_it(tmp_path: Path) -> None:
    recogniser, content = inspected(made_up_pack(tmp_path / "pack"))
    assert content == made_up_recogniser()
    assert recogniser.sha256 == content_sha256(content)
    assert (recogniser.dimension, recogniser.licence) == (DIMENSION, "Made-up licence")
    assert recogniser.preprocessing == Preprocessing(127.5, 127.5, "rgb")


def test_a_single_file_is_fed_as_the_bank_says(file: Path) -> None:
    assert inspected(file, AS_IT_IS)[0].preprocessing == AS_IT_IS
    assert inspected(file)[0].preprocessing == Preprocessing(127.5, 127.5, "rgb")


def test_a_pack_with_two_recognisers_or_none_is_refused(tmp_path: Path) -> None:
    two = made_up_pack(tmp_path / "two")
    (two / "another.onnx").write_bytes(made_up_recogniser(dimension=4))
    none = made_up_pack(tmp_path / "none")
    (none / "rec_made_up.onnx").unlink()
    (tmp_path / "empty").mkdir()
    for path, why in ((two, "several_recognisers"), (none, "no_recogniser"), (tmp_path / "empty", "no_recogniser")):
        with pytest.raises(ModelPackError) as caught:
            inspected(path)
        assert caught.value.facts["why"] == why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_opened"),
        (b"\x08\x07" * 50, "not_opened"),
        (made_up_recogniser(side_px=140), "input_shape"),
        (made_up_recogniser(colours=1), "input_shape"),
        (made_up_recogniser(dimension=1), "output_shape"),
        (made_up_recogniser(constant=True), "output_not_finite"),
    ],
)
def test_what_cannot_recognise_aligned_faces_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "some.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelPackError) as caught:
        inspected(path, AS_IT_IS)
    assert caught.value.facts["why"] == why


@pytest.mark.parametrize("content", [b"", b"\0" * 999, b"not a model", made_up_recogniser()[:200], made_up_recogniser()[200:]])
def test_a_pack_of_broken_files_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "broken.onnx").write_bytes(content)
    for offered in (tmp_path / "pack", tmp_path / "pack" / "broken.onnx"):
        with pytest.raises(ModelPackError) as caught:
            inspected(offered)
        assert caught.value.facts["why"] == "no_recogniser"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({"model_id": "Buffalo L"}, "id_not_allowed"),
        ({"model_id": "../x"}, "id_not_allowed"),
        ({"model_id": "x"}, "id_not_allowed"),
        ({"licence": "  "}, "licence_missing"),
    ],
)
def test_a_model_without_a_plain_name_or_a_licence_is_refused(file: Path, named: dict[str, str], why: str) -> None:
    with pytest.raises(ModelPackError) as caught:
        inspected(file, AS_IT_IS, **named)
    assert caught.value.facts["why"] == why


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelPackError) as caught:
        inspected(tmp_path / "nothing.onnx", AS_IT_IS)
    assert caught.value.facts["why"] == "missing"


@pytest.mark.parametrize(
    ("mean", "std", "colours"), [(0.0, 0.0, "rgb"), (float("nan"), 1.0, "rgb"), (0.0, -1.0, "rgb"), (0.0, 1.0, "hsv")]
)
def test_preprocessing_that_feeds_nothing_is_refused(mean: float, std: float, colours: str) -> None:
    with pytest.raises(ValueError, match="no preprocessing"):
        Preprocessing(mean, std, colours)


def test_what_was_adopted_is_found_again_and_runs(file: Path, site: BankFiles) -> None:
    assert adopted_recogniser(site) is None
    recogniser, content = inspected(file, AS_IT_IS)
    adopt(recogniser, content, site, "2026-01-01T00:00:00+00:00")
    file.unlink()
    found = adopted_recogniser(site)
    assert found == recogniser
    session = open_adopted(found, site)
    assert session.run(None, {"face": np.ones((1, 3, 112, 112), np.float32)})[0].shape == (1, DIMENSION)


def altered(tmp_path: Path, name: str) -> None:
    path = tmp_path / "site" / "recogniser" / name
    path.write_bytes(path.read_bytes() + b" ")


def test_an_adopted_model_that_was_altered_is_refused(file: Path, site: BankFiles, tmp_path: Path) -> None:
    recogniser, content = inspected(file, AS_IT_IS)
    adopt(recogniser, content, site, "now")
    altered(tmp_path, MODEL_NAME)
    with pytest.raises(ModelAlteredError) as caught:
        open_adopted(recogniser, site)
    assert caught.value.facts == {"model": "made-up-r8", "origin": "bank", "why": "settings_altered"}
    assert "recogniser" in error_sentences(caught.value).zh, "to fetch the models that ship would not help"


def test_an_altered_description_is_refused_not_passed_over(file: Path, site: BankFiles, tmp_path: Path) -> None:
    adopt(*inspected(file, AS_IT_IS), site, "now")
    altered(tmp_path, DESCRIPTION_NAME)
    with pytest.raises(ModelAlteredError) as caught:
        adopted_recogniser(site)
    assert "recogniser" in error_sentences(caught.value).zh


def test_a_name_that_is_no_onnx_file_is_never_taken_for_a_published_pack(tmp_path: Path) -> None:
    (tmp_path / "buffalo_l").write_bytes(made_up_recogniser())
    with pytest.raises(ModelPackError) as caught:
        inspected(tmp_path / "buffalo_l")
    assert caught.value.facts["why"] == "no_recogniser"


@pytest.mark.parametrize("changed", [{"schema": "recogniser/2"}, {"preprocessing": {"mean": 0}}, {"dimension": "many"}])
def test_an_accepted_description_of_another_shape_is_refused(file: Path, site: BankFiles, changed: dict[str, object]) -> None:
    adopt(*inspected(file, AS_IT_IS), site, "now")
    content = site.read(DESCRIPTION_NAME)
    assert content is not None
    site.accept({DESCRIPTION_NAME: json.dumps(json.loads(content) | changed).encode()}, {})
    with pytest.raises(ModelAlteredError):
        adopted_recogniser(site)
