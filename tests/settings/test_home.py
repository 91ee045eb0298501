from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.errors import SettingsFileError
from teller_assist.settings.home import installation_root


def test_the_root_is_found_from_the_package() -> None:
    root = installation_root({})
    assert (root / "teller_assist" / "serving.py").is_file()
    assert (root / "config").is_dir()


def test_the_environment_names_another_root(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    assert installation_root({"TELLER_ASSIST_HOME": str(tmp_path)}) == tmp_path.resolve()


def test_a_folder_without_config_is_refused_without_naming_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError) as caught:
        installation_root({"TELLER_ASSIST_HOME": str(tmp_path)})
    assert caught.value.facts == {"file": "config", "why": "folder_missing", "origin": "TELLER_ASSIST_HOME"}
    assert str(tmp_path) not in str(caught.value)
