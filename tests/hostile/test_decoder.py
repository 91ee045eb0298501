"""The table of hostile files through the decoder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import pytest

from teller_assist.errors import PictureError
from teller_assist.pictures.decode import PictureLimits, read_picture

LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)


class Row(Protocol):
    """A line of the table in conftest.py."""

    @property
    def name(self) -> str: ...

    @property
    def reason(self) -> str | None: ...

    def make(self, folder: Path) -> str: ...


@pytest.mark.full
def test_each_row_gives_its_reason(row: Row, tmp_path: Path) -> None:
    path = Path(row.make(tmp_path))
    if row.reason is None:
        picture = read_picture(path, role="probe", limits=LIMITS)
        assert picture.pixels.shape == (picture.height_px, picture.width_px, 3)
        return
    with pytest.raises(PictureError) as caught:
        read_picture(path, role="probe", limits=LIMITS)
    assert (caught.value.reason, caught.value.facts["file"]) == (row.reason, "probe")
    assert str(tmp_path) not in str(caught.value)


BOUNDED = """
import json, re, sys, time
from pathlib import Path
from teller_assist.errors import PictureError
from teller_assist.pictures.decode import PictureLimits, read_picture
limits = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
answers = {}
for name, path in json.load(sys.stdin).items():
    started_s = time.process_time()
    try:
        read_picture(Path(path), role="probe", limits=limits)
        reason = None
    except PictureError as error:
        reason = error.reason
    answers[name] = [reason, time.process_time() - started_s]
# not ru_maxrss: that starts from the size of the process which started this one
peak_kb = int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text()).group(1))
print(json.dumps([answers, peak_kb / 1024]))
"""


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's own account")
def test_the_whole_table_in_one_process_stays_small_and_fast(table: list[Row], tmp_path: Path) -> None:
    paths: dict[str, str] = {}
    for index, row in enumerate(table):
        (tmp_path / str(index)).mkdir()
        paths[row.name] = row.make(tmp_path / str(index))
    answer = subprocess.run(
        [sys.executable, "-c", BOUNDED], input=json.dumps(paths), capture_output=True, text=True, check=True, timeout=120
    )
    answers: dict[str, Any]
    answers, peak_mb = json.loads(answer.stdout)
    assert {name: reason for name, (reason, _) in answers.items()} == {row.name: row.reason for row in table}
    slow = {name: took_s for name, (_, took_s) in answers.items() if took_s > 2}
    assert slow == {}
    assert peak_mb < 120, "nothing was decoded that the limits forbid"
    assert "Traceback" not in answer.stderr
    assert "Warning" not in answer.stderr
