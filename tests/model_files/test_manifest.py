from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import SettingsFileError, UsageError
from teller_assist.model_files.manifest import FolderSource, HttpsSource, WheelSource, read_manifest
from teller_assist.model_files.store import ModelState, open_store
from teller_assist.settings.home import installation_root

GOOD = f"""
schema = "model-manifest/1"

[[model]]
id = "made-up-1"
task = "face_features"
version = "1"
required = true
licence = "MIT"
card = "made-up-1.md"
engine = "onnxruntime"
preparation = "fold"
source_file = "made_up_int8bq.onnx"
source_sha256 = "{"a" * 64}"
source_bytes = 100
file = "made-up-1-float32.onnx"
sha256 = "{"b" * 64}"
bytes = 400
switches_off = ["face_comparison"]

[model.input]
name = "data"
shape = [1, 3, 112, 112]
minimum = 0.0
maximum = 255

[model.outputs]
fc1 = [1, 128]

[[model.sources]]
kind = "folder"

[[model.sources]]
kind = "wheel"
package = "made-up-models"
version = "1.0"
member = "made_up/models/made_up_int8bq.onnx"

[[model.sources]]
kind = "https"
address = "https://example.org/made_up_int8bq.onnx"
"""


def _why(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFileError) as caught:
        read_manifest(path)
    assert caught.value.reason == "settings_unreadable"
    return str(caught.value.facts["why"])


def test_a_good_manifest_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD, encoding="utf-8")
    entry = read_manifest(path).entry("made-up-1")
    assert entry.sources == (
        FolderSource(),
        WheelSource("made-up-models", "1.0", "made_up/models/made_up_int8bq.onnx"),
        HttpsSource("https://example.org/made_up_int8bq.onnx"),
    )
    assert entry.model_input.shape == (1, 3, 112, 112)
    assert entry.outputs == {"fc1": (1, 128)}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('version = "1"\n', 'version = "1"\nurl = "x"\n', "unknown_key"),
        ('schema = "model-manifest/1"', 'schema = "model-manifest/2"', "schema_unknown"),
        ('schema = "model-manifest/1"', 'schema = "model-manifest/1"\nextra = 1', "unknown_key"),
        ('licence = "MIT"\n', "", "key_missing"),
        ('licence = "MIT"', 'licence = ""', "not_a_text"),
        ('licence = "MIT"', "licence = 1", "not_a_text"),
        ('id = "made-up-1"', 'id = "../made-up"', "not_a_plain_name"),
        ('file = "made-up-1-float32.onnx"', 'file = "/etc/passwd"', "not_a_plain_name"),
        ('file = "made-up-1-float32.onnx"', 'file = ".hidden"', "not_a_plain_name"),
        ('file = "made-up-1-float32.onnx"', 'file = "a\\\\b.onnx"', "not_a_plain_name"),
        ('package = "made-up-models"', 'package = "--index-url=x"', "not_a_plain_name"),
        ('package = "made-up-models"', 'package = "made-up @ file:x"', "not_a_plain_name"),
        ('version = "1.0"', 'version = "1.0 --pre"', "not_a_plain_name"),
        ('member = "made_up/models', 'member = "../models', "not_a_plain_name"),
        ('member = "made_up/models', 'member = "/models', "not_a_plain_name"),
        ('address = "https://', 'address = "http://', "not_https"),
        ('address = "https://', 'address = "file://', "not_https"),
        ('kind = "folder"', 'kind = "ftp"', "not_one_of_the_list"),
        ('kind = "folder"', 'kind = "folder"\npath = "x"', "unknown_key"),
        ('engine = "onnxruntime"', 'engine = "torch"', "not_one_of_the_list"),
        ('preparation = "fold"', 'preparation = "pickle"', "not_one_of_the_list"),
        ('preparation = "fold"', 'preparation = "none"', "unprepared_file_differs"),
        ("required = true", 'required = "yes"', "not_a_flag"),
        ("source_bytes = 100", "source_bytes = -1", "not_a_positive_whole_number"),
        ("source_bytes = 100", "source_bytes = true", "not_a_positive_whole_number"),
        ("source_bytes = 100", "source_bytes = 99999999999", "not_a_positive_whole_number"),
        ('sha256 = "bbb', 'sha256 = "BBB', "not_a_sha256"),
        ('sha256 = "bbb', 'sha256 = "bb', "not_a_sha256"),
        ("shape = [1, 3, 112, 112]", "shape = []", "not_a_shape"),
        ("shape = [1, 3, 112, 112]", 'shape = [1, "w"]', "not_a_positive_whole_number"),
        ("minimum = 0.0", 'minimum = "0"', "not_a_number"),
        ('switches_off = ["face_comparison"]', 'switches_off = "face_comparison"', "not_a_list_of_names"),
        ("[model.input]", "[model.inputs]", "unknown_key"),
        ("[[model]]", "[model]", "not_a_list_of_tables"),
        (GOOD[GOOD.index("[[model]]") :], "model = [1]", "not_a_list_of_tables"),
        (GOOD[GOOD.index("[[model]]") :], "", "key_missing"),
        ("[[model]]", "[[model", "not_toml"),
    ],
)
def test_a_hostile_or_mistaken_manifest_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in GOOD
    found = _why(tmp_path / "manifest.toml", GOOD.replace(old, new, 1))
    # A renamed table is both missing and unknown; whichever is met first is named.
    assert found == why or (old == "[model.input]" and found == "key_missing")


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("[[model]]") :]
    assert _why(tmp_path / "manifest.toml", twice) == "duplicate_name"


def test_an_absent_or_binary_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError) as caught:
        read_manifest(tmp_path / "manifest.toml")
    assert caught.value.facts["why"] == "not_readable"
    (tmp_path / "manifest.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsFileError) as caught:
        read_manifest(tmp_path / "manifest.toml")
    assert caught.value.facts["why"] == "not_toml"


@pytest.mark.full
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_the_one_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("manifest") / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFileError):
        read_manifest(path)


def test_an_unknown_model_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(UsageError):
        read_manifest(path).entry("another")


def test_a_model_that_was_trained_here_lies_in_the_installation_itself() -> None:
    store = open_store()
    entry = store.manifest.entry("demesh-2026")
    assert entry.preparation == "shipped"
    assert store.path(entry) == installation_root() / "models" / "trained" / entry.file
    assert store.state(entry) is ModelState.READY
    assert entry.size_bytes <= 2_000_000


def test_every_shipped_model_has_its_card_and_a_source_of_each_kind_it_needs() -> None:
    models = installation_root() / "models"
    manifest = read_manifest(models / "manifest.toml")
    for entry in manifest.entries:
        card = (models / "cards" / entry.card).read_text(encoding="utf-8")
        assert entry.licence in card
        assert entry.source_sha256 in card
        assert isinstance(entry.sources[0], FolderSource), "a branch without internet needs the USB stick first"
    required = {entry.task for entry in manifest.entries if entry.required}
    assert required == {"face_detection", "face_features", "mesh_removal"}


COMPANION = f"""
[[model.companions]]
file = "made-up-1.yml"
sha256 = "{"c" * 64}"
bytes = 10
member = "made_up/models/inference.yml"
"""


def test_a_companion_is_fetched_and_kept_like_the_model_but_never_prepared(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD + COMPANION, encoding="utf-8")
    entry = read_manifest(path).entry("made-up-1")
    own, companion = entry.files
    assert own == replace(entry, companions=())
    assert (companion.model_id, companion.file, companion.source_file) == ("made-up-1", "made-up-1.yml", "made-up-1.yml")
    assert (companion.sha256, companion.source_sha256, companion.size_bytes) == ("c" * 64, "c" * 64, 10)
    assert companion.preparation == "none"
    assert companion.sources == (FolderSource(), WheelSource("made-up-models", "1.0", "made_up/models/inference.yml"))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("made-up-1.yml", "made-up-1-float32.onnx", "duplicate_name"),
        ("made-up-1.yml", "../made-up-1.yml", "not_a_plain_name"),
        ("bytes = 10", "bytes = 0", "not_a_positive_whole_number"),
        ("bytes = 10", "bytes = 10\nmore = 1", "unknown_key"),
        ("inference.yml", "../inference.yml", "not_a_plain_name"),
    ],
)
def test_a_companion_of_another_form_stops_the_start(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert _why(tmp_path / "manifest.toml", GOOD + COMPANION.replace(old, new)) == why
