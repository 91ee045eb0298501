"""The window at the outer edge of the screen, on each kind of desktop."""

from teller_assist.ui.dock.docking import Dock, Docked, Side, open_dock

__all__ = ["Dock", "Docked", "Side", "open_dock"]
