"""Searching one face among many (1:N): a ranked hint to a person, never an answer."""
