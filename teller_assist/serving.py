"""Runs an HTTP program of ours: one process, one address, ended by SIGTERM."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from teller_assist.errors import ResourceError, UsageError
from teller_assist.settings.addresses import is_this_machine

_GRACE_S = 3
_CONNECTIONS_AT_ONCE = 500  # stations that wait for an answer hold one each


@dataclass(frozen=True)
class Address:
    """Where the server listens, and what protects the way there.

    Attributes
    ----------
    port
        0: a free one.
    tls_cert, tls_key
        PEM files; None: plain HTTP, on this machine only or behind a proxy that does TLS.
    """

    host: str
    port: int
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False

    @property
    def is_protected(self) -> bool:
        """Whether people reach it by https."""
        return self.tls_cert is not None or self.behind_proxy

    def check(self) -> None:
        """Refuse plain HTTP that other machines could reach, and a certificate that cannot be used.

        Raises
        ------
        UsageError
        """
        if (self.tls_cert is None) != (self.tls_key is None):
            raise UsageError(what="tls_cert_and_key")
        if self.tls_cert is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.tls_cert, self.tls_key)
            except OSError as error:  # not there, or no certificate with its key: ssl's own errors are of this family, too
                raise UsageError(what="tls_cert_unusable") from error
        if not self.is_protected and not is_this_machine(self.host):
            raise UsageError(what="plain_http_not_on_this_machine")


class Listener:
    """An address that is taken; only who opened it serves there.

    Parameters
    ----------
    address
        Where to listen.

    Raises
    ------
    UsageError
        Plain HTTP that other machines could reach, a certificate that cannot be used, or no port.
    ResourceError
        "address_in_use".
    """

    def __init__(self, address: Address) -> None:
        address.check()
        self._address = address
        self._socket = _listen(address)

    def close(self) -> None:
        """Let the address go."""
        self._socket.close()

    def serve(self, app: FastAPI, announce: Callable[[str], None]) -> None:
        """Serve until the process is told to end.

        Parameters
        ----------
        announce
            Gets the server's address once it answers.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises the signal again once it has ended well: for us that is an ordinary end.
            signal.signal(number, lambda *_: None)
        shown = _shown(self._address, self._socket)
        HttpServer(server_config(app, self._address), lambda: announce(shown)).run(sockets=[self._socket])


def server_config(app: FastAPI, address: Address) -> uvicorn.Config:
    """Return how uvicorn runs the application."""
    return uvicorn.Config(
        app,
        log_config=None,  # our own handlers, which redact
        access_log=False,  # a path names a case
        server_header=False,
        date_header=True,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
        limit_concurrency=_CONNECTIONS_AT_ONCE,
        proxy_headers=False,
        ssl_certfile=None if address.tls_cert is None else str(address.tls_cert),
        ssl_keyfile=None if address.tls_key is None else str(address.tls_key),
    )


class HttpServer(uvicorn.Server):
    """Tells when it answers, and tells the application when it stops: ``app.state.stopping``, where there is one, is called."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and tell it."""
        await super().startup(sockets)
        if self.started:
            self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Have the application let go whom it keeps waiting, then stop."""
        state = getattr(self.config.app, "state", None)
        getattr(state, "stopping", lambda: None)()
        await super().shutdown(sockets)


def _listen(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # The protocol by name: asyncio sends small answers at once only where a socket says TCP. Otherwise each waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address.host, address.port))
    except OverflowError as error:
        listening.close()
        raise UsageError(what="port") from error
    except OSError as error:
        listening.close()
        raise ResourceError("address_in_use", port=address.port) from error
    return listening


def _shown(address: Address, listening: socket.socket) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{'https' if address.tls_cert else 'http'}://{host}:{listening.getsockname()[1]}"
