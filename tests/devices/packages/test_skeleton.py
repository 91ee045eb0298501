from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import read_manifest
from teller_assist.devices.opening import DEVICES, open_device
from teller_assist.devices.packages.skeleton import KINDS, make_skeleton
from teller_assist.errors import DeviceMissingError, PluginIncompatibleError, PluginPackageError, ResourceError
from teller_assist.wording import Sentences
from tests.devices.conftest import LIMITS, QUICK
from tests.stand_ins.authorities import AnyFiles

NAME = Sentences(zh="示例设备", en="Example device")


def test_a_new_plugin_is_accepted_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "acme_reader"
    assert set(make_skeleton(folder, KINDS, NAME)) == {path.name for path in folder.iterdir()}
    manifest = read_manifest((folder / "manifest.json").read_bytes(), folder)
    assert (manifest.kinds, manifest.name) == (KINDS, NAME)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_runs_and_says_that_no_device_is_there(tmp_path: Path, kind: DeviceKind) -> None:
    make_skeleton(tmp_path / "device_plugins" / "acme", [kind], NAME)
    device = open_device(
        tmp_path,
        "acme",
        DEVICES[kind],
        {},
        devices_settings=QUICK,
        authority=AnyFiles(),
        limits=LIMITS,
        on_state=lambda kind, state: None,
    )
    try:
        with pytest.raises(DeviceMissingError) as caught:
            device.wait_until_ready(5.0)
    finally:
        device.close()
    assert caught.value.facts["why"] == "reported", "by the plugin itself"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    make_skeleton(tmp_path / "acme", [DeviceKind.CAMERA], NAME)
    before = {path: path.read_bytes() for path in (tmp_path / "acme").iterdir()}
    with pytest.raises(PluginPackageError, match="plugin_output_taken"):
        make_skeleton(tmp_path / "acme", [DeviceKind.CAMERA], NAME)
    assert before == {path: path.read_bytes() for path in (tmp_path / "acme").iterdir()}
    (tmp_path / "afile").touch()
    with pytest.raises(PluginPackageError, match="plugin_output_taken"):
        make_skeleton(tmp_path / "afile", [DeviceKind.CAMERA], NAME)
    with pytest.raises(ResourceError):
        make_skeleton(tmp_path / "afile" / "acme", [DeviceKind.CAMERA], NAME)


@pytest.mark.parametrize("name", ["Acme", "acme-reader", "1st", "读卡器"])
def test_a_folder_whose_name_can_be_no_id_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PluginIncompatibleError, match="id_form"):
        make_skeleton(tmp_path / name, [DeviceKind.CAMERA], NAME)
