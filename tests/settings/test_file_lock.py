from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.settings.file_lock import lock_at_once


def test_a_lock_is_one_holder_s_until_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as first, path.open("ab") as second:
        lock_at_once(first)
        with pytest.raises((BlockingIOError, PermissionError)):
            lock_at_once(second)
        first.close()
        lock_at_once(second)
