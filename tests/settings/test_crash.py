from __future__ import annotations

import subprocess
import sys

import pytest

ID_NUMBER = "11010519491231002X"  # the standard's own example, nobody's


def run(body: str) -> subprocess.CompletedProcess[str]:
    script = (
        f"from teller_assist.settings.crash import prepare_for_crashes\nprepare_for_crashes()\nnumber = '{ID_NUMBER}'\n{body}"
    )
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_an_uncaught_exception_is_reported_by_place_only() -> None:
    answer = run("def read(card):\n    raise ValueError('cannot read ' + card)\nread(number)")
    assert answer.returncode == 1
    assert ID_NUMBER not in answer.stderr + answer.stdout
    assert "ValueError at <string>:6 > <string>:5" in answer.stderr


def test_an_uncaught_exception_in_a_thread_is_reported_by_place_only() -> None:
    answer = run(
        "import threading\ndef work():\n    raise KeyError(number)\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()"
    )
    assert ID_NUMBER not in answer.stderr + answer.stdout
    assert "KeyError at" in answer.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="core dumps are a matter of machine policy elsewhere")
def test_no_core_dump_is_written() -> None:
    answer = run(
        "import ctypes, resource\nprint(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert answer.stdout.split() == ["(0,", "0)", "0"]
