"""Processes of our own that run what we do not trust: with nothing of ours, in a private folder, ended without a trace.

    children        starting and killing them
    enclosure       what runs first in one: it denies the network, whatever the program is
    working_folder  the folder that one works in

What such a process may do and say is the business of the packages that start one.
"""
