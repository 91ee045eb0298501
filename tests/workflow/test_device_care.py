"""What the devices dialog knows, without a thread: plugins and self-tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.opening import judged_manifest
from teller_assist.devices.plugins import ListedPlugin, PluginOrigin
from teller_assist.devices.selftest import SelftestCheck
from teller_assist.errors import DeviceMissingError, PluginNotAuthorisedError
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.device_care import DeviceCare, check_row
from teller_assist.workflow.equipment import CounterEquipment
from teller_assist.workflow.view_devices import DeviceDetails, DevicesView
from tests.stand_ins.authorities import AnyFiles

READER = DeviceKind.ID_CARD_READER
WILLING = Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing"


class Reader:
    """One that is there."""

    plugin_id = "willing"


def listed() -> tuple[ListedPlugin, ...]:
    manifest = judged_manifest(WILLING, AnyFiles())
    refusal = PluginNotAuthorisedError(plugin="acme_reader", why="bad_signature")
    return (
        ListedPlugin("willing", manifest, None, version=manifest.version),
        ListedPlugin("acme_reader", None, refusal, PluginOrigin.INSTALLED, "2.3.1"),
    )


def equipment(**changed: Any) -> CounterEquipment:
    made = CounterEquipment(reader=Reader(), chosen={READER: PluginChoice("willing")})  # type: ignore[arg-type]
    return replace(made, **changed)


def seen(care: DeviceCare, of: CounterEquipment | None, *, serving: bool = False, may_confirm: bool = True) -> DevicesView:
    return care.view(of, serving=serving, may_confirm=may_confirm)


def reader(care: DeviceCare, of: CounterEquipment | None, **given: bool) -> DeviceDetails:
    return seen(care, of, **given).of("id_card_reader")


def test_a_device_names_its_plugin_and_version_in_both_languages() -> None:
    care = DeviceCare()
    before = reader(care, equipment()).plugin
    assert before is not None
    assert "willing" in before.zh, "its id until the plugins were looked at"
    care.note_listed(listed())
    manifest = listed()[0].manifest
    named = reader(care, equipment()).plugin
    assert manifest is not None
    assert named is not None
    assert manifest.name.zh in named.zh
    assert manifest.name.en in named.en
    assert manifest.version in named.zh
    assert manifest.version in named.en


def test_a_refused_plugin_is_listed_with_its_reason() -> None:
    care = DeviceCare()
    assert not seen(care, equipment()).listed
    care.note_listed(listed())
    [refused] = seen(care, equipment()).refused
    assert (refused.plugin_id, refused.version) == ("acme_reader", "2.3.1")
    assert refused.why == sentence("plugin_why", "bad_signature")


@pytest.mark.parametrize(
    ("serving", "may_confirm", "may_test"), [(False, False, True), (False, True, True), (True, True, True), (True, False, False)]
)
def test_beside_a_customer_only_a_teller_who_is_there_may_test_and_is_asked(
    *, serving: bool, may_confirm: bool, may_test: bool
) -> None:
    view = seen(DeviceCare(), equipment(), serving=serving, may_confirm=may_confirm)
    assert view.of("id_card_reader").may_test is may_test
    assert (view.asks_first is not None) is serving


def test_without_a_plugin_or_before_the_devices_are_open_nothing_is_tested() -> None:
    assert not reader(DeviceCare(), equipment(chosen={})).has_test
    assert not reader(DeviceCare(), None).may_test
    assert not seen(DeviceCare(), equipment()).of("camera").has_test
    assert seen(DeviceCare(), equipment()).of("branch_server") == DeviceDetails("branch_server")


def test_a_self_test_grows_line_by_line_and_says_how_it_came_out() -> None:
    care = DeviceCare()
    care.begin(READER)
    assert not reader(care, equipment()).may_test, "one at a time"
    care.note(READER, SelftestCheck("files", passed=True, detail="", latency_ms=4))
    test = reader(care, None).test
    assert test is not None
    assert (test.running, test.passed, [row.passed for row in test.rows]) == (True, None, [True])
    why = error_sentences(DeviceMissingError(device=READER.value, why="not_found"))
    care.note(READER, SelftestCheck("open", passed=False, detail="device_missing", latency_ms=9, why=why))
    care.end()
    test = reader(care, equipment()).test
    assert test is not None
    assert (test.running, test.passed) == (False, False)
    assert (test.rows[1].why, test.rows[1].detail) == (why, "device_missing")
    assert test.outcome == sentence("selftest_outcome", "some_failed", count=1)
    care.begin(READER)
    care.note(READER, SelftestCheck("files", passed=True, detail="", latency_ms=4))
    care.end()
    test = reader(care, equipment()).test
    assert test is not None
    assert (test.passed, test.outcome) == (True, sentence("selftest_outcome", "all_passed"))


def test_a_self_test_that_was_stopped_neither_passed_nor_failed() -> None:
    care = DeviceCare()
    cancel = care.begin(READER)
    care.note(READER, SelftestCheck("files", passed=True, detail="", latency_ms=4))
    care.stop()
    assert cancel.is_set()
    test = reader(care, equipment()).test
    assert test is not None
    assert test.stopping
    care.end()
    test = reader(care, equipment()).test
    assert test is not None
    assert (test.passed, test.outcome) == (None, sentence("selftest_outcome", "stopped"))
    care.stop()
    assert not care.runs, "nothing to stop is no error"


def test_a_check_of_the_plugins_own_has_its_code_and_no_time() -> None:
    row = check_row(SelftestCheck("plugin.sam_answers", passed=True, detail="status 90"))
    assert (row.what, row.detail, row.latency_ms) == (sentence("devices_dialog", "own_check", check="sam_answers"), "", None)
