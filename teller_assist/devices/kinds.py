"""Kinds of devices, and how one of them fares."""

from __future__ import annotations

from enum import StrEnum


class DeviceKind(StrEnum):
    """What a plugin can drive. The networked verification is no device."""

    CAMERA = "camera"
    DOCUMENT_SCANNER = "document_scanner"
    ID_CARD_READER = "id_card_reader"
    TRAVEL_DOCUMENT_READER = "travel_document_reader"
    BANK_CARD_READER = "bank_card_reader"


FRAME_KINDS = frozenset({DeviceKind.CAMERA, DeviceKind.DOCUMENT_SCANNER})  # what may deliver frames


class DeviceState(StrEnum):
    """How an opened device fares, as its chip in the window shows it."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"  # its process ended or was killed; the next start is waiting out its back-off
    OUT_OF_ORDER = "out_of_order"  # three crashes within a minute: IT must look
    CLOSED = "closed"
    UNREACHABLE = "unreachable"  # the branch server alone: it does not answer now
    NOT_AVAILABLE = "not_available"  # no plugin for it, or the plugin was refused
