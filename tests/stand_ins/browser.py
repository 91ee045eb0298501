"""A real browser for pages: Debian's Chromium without a window, driven by Playwright, and everything that goes wrong in it.

Playwright's own browsers are never fetched. What the page asks for elsewhere cannot be found: only 127.0.0.1 has an address.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.stand_ins.branch import RunningServer

ALL_PARTS_VARIABLE = "TELLER_ASSIST_ALL_PARTS"  # set by the full run: a part that is missing is an error there
_PROGRAM = "chromium"
_HERE = "127.0.0.1"
_TELLS_OF_CSP = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI);
});"""


class ChromiumForTests:
    """One headless browser; every test gets a window of its own in it."""

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        # Playwright's loop counts as running in this thread until it is told otherwise: it is lent to the tests of the browser.
        self._loop = asyncio.get_running_loop()
        self._windows = 1
        self._browser: Browser = self._playwright.chromium.launch(
            executable_path=program(),
            chromium_sandbox=os.geteuid() != 0,  # the sandbox does not start for root
            args=[f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {_HERE}"],
        )
        self._give_loop_back()

    @contextmanager
    def window(self, server: RunningServer, **options: Any) -> Iterator[Window]:
        """Open a window without cookies; what went wrong in it fails the test.

        Parameters
        ----------
        options
            Of Playwright's ``new_context``: viewport, reduced_motion, java_script_enabled ...
        """
        self._take_loop()
        context = self._browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **options})
        try:
            window = Window(context, server)
            yield window
            window.settle()
        finally:
            context.close()
            self._give_loop_back()
        assert not window.wrong, "in the browser: " + "; ".join(window.wrong)

    def close(self) -> None:
        """End the browser and its driver."""
        self._take_loop()
        self._browser.close()
        self._playwright.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None) -> None:
        self.close()

    def _take_loop(self) -> None:
        self._windows += 1
        asyncio._set_running_loop(self._loop)

    def _give_loop_back(self) -> None:
        self._windows -= 1
        if not self._windows:  # a window may be opened beside another
            asyncio._set_running_loop(None)


class Window:
    """One window.

    Attributes
    ----------
    page
        Playwright's page.
    wrong
        What a careful look at the browser's console would have shown, and requests that would have left the machine.
    announced
        Parts of console lines that the test expects, such as "status of 403".
    """

    def __init__(self, context: BrowserContext, server: RunningServer) -> None:
        self.wrong: list[str] = []
        self.announced: list[str] = []
        self._context, self._server = context, server
        context.set_default_timeout(10_000)
        context.add_init_script(_TELLS_OF_CSP)
        context.on("request", self._requested)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda told: self._told(told.type, told.text))

    def log_in(self, login: str = "manager") -> None:
        """Go on in this window as somebody who logged in."""
        with self._server.log_in(login=login) as session:
            cookies = [{"name": one.name, "value": str(one.value), "url": self._server.url} for one in session.cookies]
        self._context.add_cookies(cookies)  # type: ignore[arg-type]

    def open(self, path: str) -> Response:
        """Open a page and wait for all that belongs to it."""
        answer = self.page.goto(self._server.url + path, wait_until="networkidle")
        assert answer is not None
        return answer

    def open_live(self, path: str) -> Response:
        """Open a page that keeps a stream open, so that the network is never idle; wait until the stream is there."""
        answer = self.page.goto(self._server.url + path, wait_until="load")
        assert answer is not None
        if self.page.query_selector("#live-state"):
            self.page.wait_for_selector("#live-state.on")
        return answer

    def settle(self) -> None:
        """Let what the browser still has to tell arrive."""
        with suppress(PlaywrightError):  # the page may just be leaving; what that means has been told
            self.page.evaluate("() => true")

    def wait_for_trouble(self) -> None:
        """Wait until something went wrong; a limit, not a measurement."""
        for _ in range(200):
            if self.wrong:
                return
            self.page.wait_for_timeout(25)

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != _HERE:
            self.wrong.append(f"a request would leave the machine: {parts.scheme}://{parts.hostname}")

    def _told(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.announced):
            self.wrong.append(f"{kind}: {text}")


def program() -> str:
    """Return where Chromium is, or skip the test; where every part must be there, fail it."""
    found = shutil.which(_PROGRAM)
    if found is not None:
        return found
    why = f"{_PROGRAM} is not installed (scripts/requirements/apt.txt, group test)"
    if os.environ.get(ALL_PARTS_VARIABLE):
        pytest.fail(why)
    pytest.skip(why)
