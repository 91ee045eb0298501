"""What no tracked file may name: the folders of one machine, and the host of a package registry."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in pieces, so that this file does not name them either.
FORBIDDEN = [
    "/" + "work/",
    "/" + "root/",
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.debian" + ".org",
]


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git checkout")
@pytest.mark.parametrize("text", FORBIDDEN)
def test_no_tracked_file_names(text: str) -> None:
    done = subprocess.run(["git", "grep", "-lIF", "-e", text], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == []
