"""Processes of our own that run what we do not trust: with nothing of ours, in a private folder, ended without a trace.

    children        starting and killing them
    working_folder  the folder that one works in

What such a process may do and say is the business of the packages that start one.
"""
