"""Smart card readers over PC/SC (part 5). Python 3.8, its library, and pyscard's ``smartcard.scard`` once it is needed.

    with SmartCardReader("bank_card", identity).card(cancel) as card:   a transaction: nobody else talks to the card meanwhile
        data, status = card.transmit(...)

pyscard's own monitor of cards ends for good with the service, so whoever waits for a card asks ``has_card`` again and again,
which reaches a service anew that was restarted. A card that stays silent blocks ``transmit`` for as long as its reader waits:
PC/SC knows no time-out there. The host's limit of the call then ends the process and starts it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections import Counter
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import Card

_NO_READERS = 0x8010002E
_PROBLEMS: Dict[str, Tuple[int, ...]] = {
    "card_removed": (0x8010000C, 0x80100069),  # NO_SMARTCARD, REMOVED_CARD
    # PROTO_MISMATCH, NOT_TRANSACTED, COMM_DATA_LOST, UNSUPPORTED_CARD, UNRESPONSIVE_CARD (mute), UNPOWERED_CARD, RESET_CARD
    "card_unreadable": (0x8010000F, 0x80100016, 0x8010002F, 0x80100065, 0x80100066, 0x80100067, 0x80100068),
    "device_busy": (0x8010000B,),  # SHARING_VIOLATION: another program has it for itself
    "device_missing": (0x80100009, 0x80100017),  # UNKNOWN_READER, READER_UNAVAILABLE
    "device_timeout": (0x80100002, 0x8010000A),  # CANCELLED, TIMEOUT
}
# INVALID_HANDLE, F_COMM_ERROR, NO_SERVICE, SERVICE_STOPPED, SERVER_TOO_BUSY: the service is gone, or another one since.
_SERVICE_LOST = (0x80100003, 0x80100013, 0x8010001D, 0x8010001E, 0x80100031)
_NOT_ALLOWED = 0x8010006A  # SECURITY_VIOLATION
_MAY_BE_PULLED = (0x80100016, 0x8010002F, 0x80100066, 0x80100067)
_PULLED_LOOK_S, _MOST_LOOKS = 0.6, 20  # services look for the card every 400 ms
_IN_USE = ("", "in use")  # it cannot be asked now what it bears, and would be known by something else later
_USB_CHANNEL = 0x0020  # PC/SC part 3, table 3-4: type 0x0020, then bus and address
_LONGEST_IDENTITY = 120
_USB_DEVICES = "/sys/bus/usb/devices"


class Reader(NamedTuple):
    """One reader that is there now: its name in PC/SC, and what it is known by whenever it is plugged in."""

    name: str
    identity: str


class PcscService:
    """The machine's PC/SC service: reached anew whenever it was gone, as it is after a restart."""

    def __init__(self) -> None:
        self._scard = _driver()
        self._context: Any = None
        self.was_reached = False
        self._told: Dict[str, Tuple[str, str]] = {}  # by name: serial number and place of a reader that was asked

    def names(self) -> List[str]:
        """Return the names of all readers."""
        code, names = self._asked(lambda scard, context: scard.SCardListReaders(context, []))
        if code != _NO_READERS:
            _refuse(code, "SCardListReaders")
        self.was_reached = True
        return sorted(names) if code == 0 else []

    def readers(self, purpose: str) -> List[Reader]:
        """Return all readers that can be told from each other, however the service numbers them.

        A reader is known by its name without the service's running number, the slot, and its serial number; where equal ones have
        none, by the USB port. ``purpose`` is part of the identity: two plugins may share a reader, as PC/SC allows.
        """
        names = self.names()
        self._told = {name: self._told[name] if name in self._told else self._asked_about(name) for name in names}
        names = [name for name in names if self._told[name] != _IN_USE]
        plain = {name: _plain_name(name) for name in names}
        by_number = {name: " ".join((*plain[name], self._told[name][0])).strip() for name in names}
        bearers = Counter(by_number.values())
        found = []
        for name in names:
            known_by, place = by_number[name], self._told[name][1]
            if bearers[known_by] > 1:
                if not place:  # nothing but a number that changes tells them apart: neither is opened by chance
                    continue
                known_by = " ".join((*plain[name], place))
            found.append(Reader(name, _identity("pcsc {} {}".format(purpose, known_by))))
        in_use = [name for name, told in self._told.items() if told == _IN_USE]
        for name in in_use:
            del self._told[name]
        if in_use and not found:
            raise DeviceProblem("device_busy", "another program holds the reader for itself")
        return found

    def has_card(self, name: str) -> bool:
        """Return at once whether a card lies on, or stands in, a reader."""
        return bool(self._state(name, 0, self._scard.SCARD_STATE_UNAWARE) & self._scard.SCARD_STATE_PRESENT)

    @contextlib.contextmanager
    def card(self, name: str, cancel: Optional[threading.Event] = None) -> Iterator[Card]:
        """Give the card on a reader, for this process alone until the block ends; it is reset then.

        Raises
        ------
        DeviceProblem
            card_removed, card_unreadable, device_busy, device_missing, plugin_failed.
        """
        scard = self._scard
        both = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        told = self._asked(lambda scard, context: scard.SCardConnect(context, name, scard.SCARD_SHARE_SHARED, both))
        self._check(told[0], "SCardConnect", name)
        _, handle, protocol = told
        disposition = scard.SCARD_RESET_CARD
        try:
            self._check(scard.SCardBeginTransaction(handle), "SCardBeginTransaction", name)
            try:
                code, _, _, _, atr = scard.SCardStatus(handle)
                self._check(code, "SCardStatus", name)
                yield Card(
                    self._exchange_of(handle, protocol, name), bytes(atr), int(protocol != scard.SCARD_PROTOCOL_T0), cancel
                )
            finally:
                scard.SCardEndTransaction(handle, disposition)
        finally:
            scard.SCardDisconnect(handle, disposition)

    def close(self) -> None:
        """Let the service go."""
        context, self._context = self._context, None
        if context is not None:
            self._scard.SCardReleaseContext(context)

    def _exchange_of(self, handle: Any, protocol: int, name: str) -> Callable[[bytes], bytes]:
        def exchange(sent: bytes) -> bytes:
            code, answer = self._scard.SCardTransmit(handle, protocol, list(sent))
            self._check(code, "SCardTransmit", name)
            if len(answer) < 2 and self._is_pulled(name):  # some drivers say no more than that
                _refuse(_PROBLEMS["card_removed"][1], "SCardTransmit")
            return bytes(answer)

        return exchange

    def _check(self, told: int, function: str, name: str) -> None:
        """Raise what a code means; a card that went away in the middle may show only a moment later."""
        code = told & 0xFFFFFFFF
        if code in _MAY_BE_PULLED and self._is_pulled(name):
            code = _PROBLEMS["card_removed"][1]
        if code in _SERVICE_LOST:
            self.close()
        _refuse(code, function)

    def _is_pulled(self, name: str) -> bool:
        """Return whether the card goes within a moment; each look ends with a change, of whatever kind."""
        state = self._scard.SCARD_STATE_UNAWARE
        end_s = time.monotonic() + _PULLED_LOOK_S
        with contextlib.suppress(DeviceProblem):
            for _ in range(_MOST_LOOKS):
                left_ms = int(1000 * (end_s - time.monotonic()))
                state = self._state(name, max(0, left_ms), state)
                if not state & self._scard.SCARD_STATE_PRESENT:
                    return True
                if left_ms <= 0:
                    break
        return False

    def _state(self, name: str, wait_ms: int, known: int) -> int:
        told = self._asked(lambda scard, context: scard.SCardGetStatusChange(context, wait_ms, [(name, known)]))
        if told[0] & 0xFFFFFFFF == _PROBLEMS["device_timeout"][1]:  # nothing changed
            return known
        _refuse(told[0] & 0xFFFFFFFF, "SCardGetStatusChange")
        state = int(told[1][0][1])
        if state & (self._scard.SCARD_STATE_UNKNOWN | self._scard.SCARD_STATE_UNAVAILABLE):
            raise DeviceProblem("device_missing", "the reader is gone")
        return state & ~int(self._scard.SCARD_STATE_CHANGED)

    def _asked(self, ask: Callable[[Any, Any], Any]) -> Any:
        """Ask the service; one that was restarted since knows no context of before: then once more with a new one."""
        for _ in range(2):
            if self._context is None:
                code, self._context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_USER)
                if code != 0:
                    self._context = None
                    _refuse(code & 0xFFFFFFFF, "SCardEstablishContext")
            told = ask(self._scard, self._context)
            if told[0] & 0xFFFFFFFF not in _SERVICE_LOST:
                return (told[0] & 0xFFFFFFFF, *told[1:])
            self.close()
        return (told[0] & 0xFFFFFFFF, *told[1:])

    def _asked_about(self, name: str) -> Tuple[str, str]:
        """Return the serial number that a reader bears, and the USB port in which it is, each "" where that is not told."""
        scard = self._scard
        told = self._asked(lambda scard, context: scard.SCardConnect(context, name, scard.SCARD_SHARE_DIRECT, 0))
        if told[0] != 0:
            return _IN_USE if told[0] in _PROBLEMS["device_busy"] else ("", "")
        try:
            code, number = scard.SCardGetAttrib(told[1], scard.SCARD_ATTR_VENDOR_IFD_SERIAL_NO)
            serial = _word(bytes(number).rstrip(b"\0").decode("ascii", "replace")) if code == 0 else ""
            code, channel = scard.SCardGetAttrib(told[1], scard.SCARD_ATTR_CHANNEL_ID)
            return serial, _usb_port(int.from_bytes(bytes(channel), "little")) if code == 0 else ""
        finally:
            scard.SCardDisconnect(told[1], scard.SCARD_LEAVE_CARD)


class SmartCardReader:
    """What a plugin opens: the reader of an identity, wherever it is now.

    Parameters
    ----------
    purpose
        What the plugin reads, a word of its identities: "bank_card".
    identity
        One of ``listed``.
    """

    def __init__(self, purpose: str, identity: str) -> None:
        self._purpose, self.identity = purpose, identity

    @staticmethod
    def listed(purpose: str, settings: Dict[str, Any]) -> List[Dict[str, str]]:
        """Return what ``Device.devices`` answers: the readers in whose names the setting ``reader`` stands, in any case.

        A service that was there and is gone counts as no reader: so the host learns that an idle device was lost.

        Raises
        ------
        DeviceProblem
            device_missing: no PC/SC service, or pyscard is not there; device_busy.
        """
        part, service = str(settings["reader"]).casefold(), _service()
        try:
            found = [one for one in service.readers(purpose) if part in one.name.casefold()]
        except DeviceProblem as problem:
            if problem.code != "device_missing" or not service.was_reached:
                raise
            found = []
        return [{"identity": one.identity, "name": _shortened(one.name)} for one in found]

    def open(self, settings: Dict[str, Any]) -> None:
        """See whether it is there, and is the one that is meant: a reader with two slots is two readers in PC/SC.

        Raises
        ------
        DeviceProblem
            device_missing: it is gone; or several fit ``reader`` and the setting ``device`` chooses none.
        """
        fitting = self.listed(self._purpose, settings)
        if not settings["device"] and len(fitting) > 1:
            identities = "; ".join(one["identity"] for one in fitting)
            raise DeviceProblem("device_missing", "set device, {} readers fit: {}".format(len(fitting), identities))
        self.has_card()

    @property
    def name(self) -> str:
        """What the reader is called now; DeviceProblem device_missing where it is gone."""
        for one in _service().readers(self._purpose):
            if one.identity == self.identity:
                return one.name
        raise DeviceProblem("device_missing", "the reader is gone")

    def has_card(self) -> bool:
        """Return at once whether a card lies there; raise DeviceProblem as ``PcscService.card`` does."""
        return _service().has_card(self.name)

    def card(self, cancel: Optional[threading.Event] = None) -> Any:
        """Give the card that lies there, in a ``with`` statement; see ``PcscService.card``."""
        return _service().card(self.name, cancel)

    def close(self) -> None:
        """Let the service go."""
        _service().close()


_services: List[PcscService] = []  # one a process: calls come from one thread


def _service() -> PcscService:
    if not _services:
        _services.append(PcscService())
    return _services[0]


def _driver() -> Any:
    try:
        from smartcard import scard
    except ImportError as error:
        raise DeviceProblem("device_missing", "pyscard is not installed") from error
    return scard


def _refuse(code: int, function: str) -> None:
    """Raise what the code of a function means, unless it is 0."""
    if code == 0:
        return
    if code in _SERVICE_LOST:
        raise DeviceProblem("device_missing", "no PC/SC service (pcscd; Windows: SCardSvr): {} 0x{:08X}".format(function, code))
    if code == _NOT_ALLOWED:
        raise DeviceProblem("device_denied", "this user may not use PC/SC (polkit): {} 0x{:08X}".format(function, code))
    for problem, codes in _PROBLEMS.items():
        if code in codes:
            raise DeviceProblem(problem, "{} 0x{:08X}".format(function, code))
    raise DeviceProblem("plugin_failed", "{} 0x{:08X}".format(function, code))


def _plain_name(name: str) -> Tuple[str, ...]:
    """Return a reader's name without the number that the service gives it, and its slot.

    pcsc-lite appends two hexadecimal numbers, reader and slot ("Virtual PCD 00 01"), Windows one decimal number ("ACS ACR122 0").
    """
    words = name.split(" ")
    if len(words) > 2 and all(len(word) == 2 and set(word) <= set("0123456789ABCDEF") for word in words[-2:]):
        return " ".join(words[:-2]), "slot {}".format(words[-1])
    return (" ".join(words[:-1]),) if len(words) > 1 and words[-1].isdigit() else (name,)


def _usb_port(channel: int) -> str:
    """Return the USB port ("usb 1-1.2") of a channel that names bus and address; the address changes with every plugging."""
    if channel >> 16 != _USB_CHANNEL or not os.path.isdir(_USB_DEVICES):
        return ""
    for port in sorted(os.listdir(_USB_DEVICES)):
        with contextlib.suppress(OSError, ValueError):
            numbers = []
            for file_name in ("busnum", "devnum"):
                with open(os.path.join(_USB_DEVICES, port, file_name), encoding="ascii") as file:
                    numbers.append(int(file.read()))
            if numbers == [channel >> 8 & 0xFF, channel & 0xFF]:
                return "usb {}".format(port)
    return ""


def _word(text: str) -> str:
    return "".join(character if character.isprintable() else "_" for character in text).strip()


def _identity(text: str) -> str:
    return _shortened(_word(" ".join(text.split())))


def _shortened(text: str) -> str:
    """Return a text of at most 120 characters; of a longer one the end stays told apart by its hash."""
    if len(text) <= _LONGEST_IDENTITY:
        return text
    return "{} ~{}".format(text[: _LONGEST_IDENTITY - 14], hashlib.sha256(text.encode()).hexdigest()[:12])
