"""Opens the bank's gateway as the settings say."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from teller_assist.errors import GatewayError, SecretsError, SettingsFileError
from teller_assist.netcheck.gateway import GatewayMapping, read_gateway_mapping
from teller_assist.netcheck.http_provider import GatewayAddress, HttpProvider
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.addresses import is_this_machine
from teller_assist.settings.schema import NetcheckSettings
from teller_assist.settings.secrets import Secrets
from teller_assist.settings.shipped import read_shipped

CREDENTIAL_NAME = "netcheck-credential"
SANDBOX_MAPPING = "config/netcheck_sandbox.toml"
_LONGEST_CREDENTIAL = 2000
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
_HEADER_TEXT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def open_gateway(settings: NetcheckSettings, root: Path, limits: PictureLimits, secrets: Callable[[], Secrets]) -> HttpProvider:
    """Return the way to the bank's gateway; nobody is asked yet.

    Parameters
    ----------
    root
        The installation root: the sandbox's mapping is there.
    limits
        Of the photograph that comes back.
    secrets
        Opens the place that keeps the credential; called only where there is one.

    Raises
    ------
    GatewayError
        The address is none, or plain http to another machine; the credential is missing, or cannot be sent in a header.
    SettingsFileError
        The mapping or the certificates cannot be read.
    """
    check_address(settings.gateway_url)
    _check_ca_file(settings.ca_file)
    address = GatewayAddress(
        settings.gateway_url,
        connect_timeout_s=settings.connect_timeout_s,
        answer_timeout_s=settings.answer_timeout_s,
        ca_file=settings.ca_file,
        header=settings.credential_header,
        credential=_credential(settings.credential_header, secrets) if settings.credential_header else "",
    )
    return HttpProvider(address, gateway_mapping(settings, root), limits)


def check_address(url: str) -> None:
    """Refuse an address that is none, and one that others could listen to.

    Raises
    ------
    GatewayError
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise GatewayError("gateway_address_unusable", why="no_address") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username is not None:
        raise GatewayError("gateway_address_unusable", why="no_address")
    if parts.scheme == "http" and not is_this_machine(host):
        raise GatewayError("gateway_address_unusable", why="not_encrypted")


def gateway_mapping(settings: NetcheckSettings, root: Path) -> GatewayMapping:
    """Return how the gateway is asked.

    Raises
    ------
    SettingsFileError
        The mapping cannot be read.
    """
    if not settings.mapping_file:
        return read_gateway_mapping(read_shipped(root, SANDBOX_MAPPING), file=SANDBOX_MAPPING)
    path = Path(settings.mapping_file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=path.name) from error
    return read_gateway_mapping(content, file=path.name)


def _check_ca_file(ca_file: str) -> None:
    try:
        ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:  # not there, or no certificates: every question would read as a gateway that is away
        raise SettingsFileError("settings_unreadable", file=Path(ca_file).name) from error


def checked_credential(text: str) -> str:
    """Return a credential that a header can carry.

    Raises
    ------
    GatewayError
        It is empty, too long, or holds what a header must not.
    """
    if len(text) > _LONGEST_CREDENTIAL or not _HEADER_TEXT.fullmatch(text):
        raise GatewayError("gateway_credential_unusable", why="no_header_text")
    return text


def _credential(header: str, secrets: Callable[[], Secrets]) -> str:
    if not _HEADER_NAME.fullmatch(header):
        raise GatewayError("gateway_credential_unusable", why="header_name")
    try:
        secret = secrets().read(CREDENTIAL_NAME)
    except SecretsError as error:
        raise GatewayError("gateway_credential_unusable", why=error.reason) from error
    return checked_credential(secret.decode("ascii", "replace"))
