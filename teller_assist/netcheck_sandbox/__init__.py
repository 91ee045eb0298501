"""A stand-in for a bank's gateway to the networked verification, for training and tests: made-up persons, over real HTTP."""
