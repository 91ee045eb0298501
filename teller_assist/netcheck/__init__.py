"""Networked verification 联网核查: what the authority says about a number and a name, and its photograph."""
