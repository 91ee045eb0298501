"""The entry module: which class drives which kind of device."""

from .reader import PcscTravelDocumentReader

DEVICES = {"travel_document_reader": PcscTravelDocumentReader}
