"""The cards themselves, flat and new: paper, portrait, emblem and print, 1011 x 638 pixels at 300 dpi."""
