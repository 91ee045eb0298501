"""The branch server: HTTP/JSON for stations, pages for managers. Thin; what it keeps is in ``review``."""
