"""The two environments as they stand: one owner of `cv2` in each, and nothing heavy where it does not belong."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = ROOT / "scripts" / "set_up" / "probe.py"
OWNERS = {".venv": "opencv-python", ".venv-documents": "opencv-contrib-python"}


def python_of(environment: str) -> Path:
    python = next(
        (p for p in (ROOT / environment / "bin" / "python", ROOT / environment / "Scripts" / "python.exe") if p.exists()), None
    )
    if python is None:
        pytest.skip(f"{environment} does not exist; scripts/test.py makes it")
    return python


@pytest.mark.full
@pytest.mark.parametrize("environment", OWNERS)
def test_exactly_one_distribution_owns_cv2(environment: str) -> None:
    done = subprocess.run([str(python_of(environment)), "-I", str(PROBE)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["cv2_owners"] == [OWNERS[environment]]


@pytest.mark.parametrize("environment", OWNERS)
def test_neither_torch_nor_paddlepaddle_is_installed(environment: str) -> None:
    code = "import importlib.util as u; print([n for n in ('torch', 'paddle', 'mediapipe') if u.find_spec(n)])"
    done = subprocess.run([str(python_of(environment)), "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
