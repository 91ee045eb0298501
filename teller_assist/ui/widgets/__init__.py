"""The panel's widgets, one a file. Each paints finished values and holds no rule; every text is a label, none is painted."""
