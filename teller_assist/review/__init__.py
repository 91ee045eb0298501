"""The branch server's records: cases, audit chain, register of relatives and look-alikes, people. No HTTP, no Qt."""
