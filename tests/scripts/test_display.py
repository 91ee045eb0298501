"""The private X server that window tests run on."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from set_up.console import SetUpError
from set_up.display import private_display


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; scripts/test.py installs or names it")
def test_programs_see_a_full_hd_screen_at_96_dpi_that_ends_with_the_block() -> None:
    with private_display() as variables:
        environment = {**os.environ, **variables}
        done = subprocess.run(["xdpyinfo"], env=environment, capture_output=True, text=True, check=True)
        assert stat.S_IMODE(Path(variables["XDG_RUNTIME_DIR"]).stat().st_mode) == 0o700
    assert "1920x1080 pixels" in done.stdout
    assert "96x96 dots per inch" in done.stdout
    assert subprocess.run(["xdpyinfo"], env=environment, capture_output=True, check=False).returncode != 0
    assert not Path(variables["XDG_RUNTIME_DIR"]).exists()


def test_without_xvfb_the_error_names_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetUpError, match="apt-get install xvfb openbox"), private_display():
        pass
