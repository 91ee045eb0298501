"""Case records, the sealed envelope, the station's outbox and the way to the branch server."""
