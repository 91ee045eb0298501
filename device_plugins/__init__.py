"""Device plugins that ship with the product: one folder each, run in a process of its own, never imported by the core."""
