"""The cryptographic suites: one is chosen at a branch server's first start, its stations follow."""
