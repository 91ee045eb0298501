"""Devices that are programs: what a plugin talks to where there is no hardware, with faults to switch on."""
