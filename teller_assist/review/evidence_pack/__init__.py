"""One case with all that belongs to it, as an encrypted file for whoever must see it outside this server."""
