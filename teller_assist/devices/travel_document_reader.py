"""The reader of chip passports and travel permits."""

from __future__ import annotations

import threading
from typing import ClassVar

from teller_assist.devices.card_reader import CardReaderDevice
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.travel_records import read_travel_document
from teller_assist.evidence.travel_document import ChipAccess, TravelDocument


class TravelDocumentReaderDevice(CardReaderDevice):
    """A reader of travel documents under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.TRAVEL_DOCUMENT_READER

    def read(self, cancel: threading.Event, access: ChipAccess) -> TravelDocument:
        """Read the document that lies on the reader.

        Raises
        ------
        CardRemovedError
            It was taken away.
        CardUnreadableError
            "access_refused": the chip does not open with what was typed or scanned; else the reader, or this product, cannot
            make sense of it.
        DeviceTimeoutError
            "time_limit", or "cancelled" where the caller gave up.
        KnownError
            The reader is down, or its plugin reports a problem.
        """
        told = {
            "document_number": access.number.reveal(),
            "birth_date": f"{access.birth_date.reveal():%y%m%d}",
            "expiry_date": f"{access.valid_until.reveal():%y%m%d}",
        }
        return read_travel_document(self._call("read", cancel, {"access": told}), self._limits)
