from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from teller_assist.model_files.store import open_store
from teller_assist.settings.home import installation_root


@pytest.mark.full
def test_the_converted_files_are_the_ones_that_the_manifest_pins(tmp_path: Path) -> None:
    python = installation_root() / ".venv-training" / "bin" / "python"
    folder = Path(os.environ.get("TELLER_ASSIST_MODEL_DIR", "."))
    wanted = [entry for entry in open_store().manifest.entries if entry.preparation == "convert"]
    if not python.exists():
        pytest.skip("scripts/set_up_training.py was not run: torch is in no other environment")
    if not all((folder / entry.source_file).exists() for entry in wanted):
        pytest.skip("TELLER_ASSIST_MODEL_DIR names no folder with the authors' .pth files")
    script = installation_root() / "scripts" / "convert_minifasnet.py"
    done = subprocess.run([python, script, folder, tmp_path], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(entry.file for entry in wanted)
