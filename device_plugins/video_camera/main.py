"""The entry module: which class drives which kind of device."""

from .camera import VideoCamera

DEVICES = {"camera": VideoCamera}
