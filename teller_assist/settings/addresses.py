"""Which addresses are this machine's own: plain HTTP is for those only."""

from __future__ import annotations

import ipaddress


def is_this_machine(host: str) -> bool:
    """Return whether an address is this machine's own, where nobody can listen in between."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
