"""Devices at the counter: kinds, plugins and their processes, and what their answers become as evidence."""
