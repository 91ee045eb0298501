"""The part of the report on the networked verification: whether the gateway is set up and can be reached. Nobody is asked."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from teller_assist.app import open_installation
from teller_assist.diagnosis.report import Finding, PartState
from teller_assist.errors import Fact
from teller_assist.settings.schema import NetcheckSettings

_PORTS = {"http": 80, "https": 443}


def look_at_netcheck() -> Finding:
    """Return how the way to the networked verification is.

    Raises
    ------
    GatewayError, SettingsFileError
        It is set up and cannot be used.
    """
    installation = open_installation()
    settings = installation.settings.netcheck
    provider = installation.open_netcheck()
    if provider is None:
        return Finding(PartState.ATTENTION, {"set_up": False}, (("notice", "no_netcheck"),))
    provider.close()
    reached = _reached(settings)
    facts: dict[str, Fact] = {
        "set_up": True,
        "mapping": "bank" if settings.mapping_file else "sandbox",
        "credential": settings.credential_place if settings.credential_header else "none",
        "gateway": reached,
    }
    return Finding(PartState.READY if reached == "ready" else PartState.ATTENTION, facts)


def _reached(settings: NetcheckSettings) -> str:
    """Connect, and let go: a question would be counted by the authority."""
    parts = urlsplit(settings.gateway_url)
    place = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
    try:
        with socket.create_connection(place, settings.connect_timeout_s) as connection:
            if parts.scheme == "https":
                trusted = ssl.create_default_context(cafile=settings.ca_file or None)
                trusted.wrap_socket(connection, server_hostname=parts.hostname).close()
    except ssl.SSLError:
        return "certificate_not_trusted"
    except OSError:
        return "no_connection"
    return "ready"
