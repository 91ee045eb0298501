"""The bench itself: what it must notice, it notices."""

from __future__ import annotations

import asyncio

import pytest

from tests.stand_ins.branch import RunningServer
from tests.stand_ins.browser import ALL_PARTS_VARIABLE, ChromiumForTests, program

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ("console.error('broken')", "error: broken"),
        ("setTimeout(() => { throw new Error('thrown') }, 0)", "script: thrown"),
        ("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://elsewhere.example/x.png\">')", "policy: img-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')", "policy: style-src"),
        ("location.href = 'http://elsewhere.example/'", "would leave the machine"),
    ],
)
def test_what_goes_wrong_in_the_browser_fails_the_test(
    chromium: ChromiumForTests, server: RunningServer, done: str, told: str
) -> None:
    with pytest.raises(AssertionError, match="in the browser: ") as caught, chromium.window(server) as window:  # noqa: PT012
        window.open("/login")
        window.page.evaluate(f"() => {{ setTimeout(() => {{ {done} }}, 0) }}")
        window.wait_for_trouble()
    assert told in str(caught.value)


def test_another_test_may_run_a_loop_of_its_own_while_the_browser_stands_by(chromium: ChromiumForTests) -> None:
    assert asyncio.run(asyncio.sleep(0, "well")) == "well"


def test_a_missing_browser_skips_a_test_and_fails_the_full_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv(ALL_PARTS_VARIABLE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium is not installed"):
        program()
    monkeypatch.setenv(ALL_PARTS_VARIABLE, "1")
    with pytest.raises(pytest.fail.Exception, match="chromium is not installed"):
        program()
