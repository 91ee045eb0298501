"""Where the service is: on this machine, nowhere else. It asks nobody for a name or password, and neither do those who use it."""

from __future__ import annotations

import socket
from typing import Any

from teller_assist_sdk import DeviceProblem

HTTP, WEBSOCKET = "http_38088", "websocket_1818"
LENSES = ("main", "second")

# No name is looked up: what "localhost" means is not left to a file or a server.
_LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
_USUAL_PORTS = {HTTP: 38088, WEBSOCKET: 1818}
_CONNECT_S = 1.0

Address = tuple[str, int]


def service_address(settings: dict[str, Any]) -> Address:
    """Return host and port.

    Raises
    ------
    DeviceProblem
        plugin_failed: the address is not this machine's own.
    """
    host = _LOOPBACK.get(str(settings["address"]))
    if host is None:
        raise DeviceProblem("plugin_failed", "address must be 127.0.0.1, ::1 or localhost")
    return host, int(settings["port"]) or _USUAL_PORTS[settings["protocol"]]


def identity_of(settings: dict[str, Any], part: str) -> str:
    """Return by what a part of the service is known; the same for every program that may use it."""
    host, port = service_address(settings)
    return f"scanner service {host} {port} {part}"


def connected(address: Address) -> socket.socket:
    """Return a socket that is connected to the service; no proxy is ever used.

    Raises
    ------
    DeviceProblem
        device_missing: nothing listens there.
    """
    try:
        connection = socket.create_connection(address, _CONNECT_S)
    except OSError as error:
        raise DeviceProblem("device_missing", f"no service at port {address[1]}: {type(error).__name__}") from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
