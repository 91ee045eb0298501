"""Presentation attack detection: what speaks for a living person before the camera, and what against."""
