"""What the devices dialog shows, as finished values: the plugin behind each device, its self-test, and refused plugins."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.wording import Sentences


@dataclass(frozen=True)
class CheckRow:
    """One line of a self-test.

    Attributes
    ----------
    why
        What happened and what to do now; None where it passed, or only ``detail`` says it.
    detail
        Technical text for IT of a check that did not pass; numbers of persons and cards are hidden. "" where it passed.
    latency_ms
        None for a check of the plugin's own, which are timed together.
    """

    what: Sentences
    passed: bool
    why: Sentences | None = None
    detail: str = ""
    latency_ms: int | None = None


@dataclass(frozen=True)
class SelftestView:
    """The last self-test of one device, or the one that runs.

    Attributes
    ----------
    outcome
        How it came out, in a sentence; None while it runs.
    passed
        None while it runs, and where it was stopped.
    """

    rows: tuple[CheckRow, ...] = ()
    running: bool = False
    stopping: bool = False
    passed: bool | None = None
    outcome: Sentences | None = None


@dataclass(frozen=True)
class DeviceDetails:
    """What is known of one device beyond its chip.

    Attributes
    ----------
    device
        Code of the wording group ``device``, as its chip's.
    plugin
        Name, version and id of what drives it; None where nothing does.
    has_test
        There is something to test.
    may_test
        It may be tested now.
    test
        None: not tested since the window was opened.
    """

    device: str
    plugin: Sentences | None = None
    has_test: bool = False
    may_test: bool = False
    test: SelftestView | None = None


@dataclass(frozen=True)
class RefusedPlugin:
    """A plugin that is on this machine and is not used.

    Attributes
    ----------
    version
        "" where no record says it.
    """

    plugin_id: str
    version: str
    why: Sentences


@dataclass(frozen=True)
class DevicesView:
    """Everything behind the chips.

    Attributes
    ----------
    listed
        The plugins were looked at; until then it is not known whether one is refused.
    asks_first
        What the teller must confirm before a self-test, because a customer is being served; None: nothing.
    """

    details: tuple[DeviceDetails, ...] = ()
    refused: tuple[RefusedPlugin, ...] = ()
    listed: bool = False
    asks_first: Sentences | None = None

    def of(self, device: str) -> DeviceDetails:
        """Return what is known of one device."""
        return next((one for one in self.details if one.device == device), DeviceDetails(device))
