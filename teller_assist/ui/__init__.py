"""The docked window: everything Qt."""
