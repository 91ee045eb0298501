"""The netcheck sandbox on a real port, in a thread of the test's own process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import uvicorn

from teller_assist.demonstration.sandbox_persons import sandbox_persons
from teller_assist.netcheck_sandbox.answering import Authority, Behaviour, Fault
from teller_assist.netcheck_sandbox.application import make_app
from teller_assist.netcheck_sandbox.persons import SandboxPerson
from teller_assist.serving import Address, server_config
from tests.stand_ins.equipment import wait_until


@dataclass(frozen=True)
class Sandbox:
    """One that runs."""

    url: str
    authority: Authority

    def behave(self, *, delay_ms: float = 0.0, fault: Fault = Fault.NONE) -> None:
        self.authority.behaviour = Behaviour(delay_ms, fault)


@contextlib.contextmanager
def running_sandbox(persons: Sequence[SandboxPerson] = (), *, credential: str = "") -> Iterator[Sandbox]:
    """Run one for a test, without delay; with its own persons where none are given."""
    authority = Authority(persons or sandbox_persons(), Behaviour())
    config = server_config(make_app(authority, credential=credential), Address("127.0.0.1", 0))
    config.port, config.timeout_graceful_shutdown = 0, 0
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="netcheck-sandbox")
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield Sandbox(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", authority)
    finally:
        server.should_exit = True
        thread.join()
