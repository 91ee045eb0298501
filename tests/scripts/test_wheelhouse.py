"""The station's environment from a wheelhouse, with no index at all: the way a bank's PC without internet gets it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from set_up.environment import Builder, offline_variables
from set_up.interpreter import find_python
from set_up.places import ROOT, STATION
from set_up.source_built import DEVICE_LIBRARIES, try_all


@pytest.mark.full
def test_the_station_installs_from_a_wheelhouse_without_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheelhouse, root = tmp_path / "wheelhouse", tmp_path / "checkout"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build_wheelhouse.py"), str(wheelhouse)], check=True)
    root.mkdir()
    for name in ("scripts/requirements", "teller_assist"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root / name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # also no find-links of this machine's own
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    offline = offline_variables(wheelhouse)
    builder = Builder(root, STATION, find_python(), offline)
    builder.prepare()
    try_all(root, {}, offline)
    for library in DEVICE_LIBRARIES:  # whether it can be built here is the machine's affair, its archive must be there
        record = json.loads((STATION.path(root) / f"{library.name}.json").read_text(encoding="utf-8"))
        assert "no matching distribution" not in record["why_not_available"].lower()
    assert builder.reason_to_rebuild() == ""
    code = "import sys, cv2, onnxruntime, insightface, keyring, teller_assist; print(teller_assist.__file__)"
    done = subprocess.run([str(STATION.python(root)), "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == str(root / "teller_assist" / "__init__.py")
