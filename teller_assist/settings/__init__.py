"""Settings, where they came from, what may be logged, and values that never print."""
