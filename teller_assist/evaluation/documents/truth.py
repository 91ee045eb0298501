"""A set of documents with their truth."""

TRUTH_NAME = "truth.json"
