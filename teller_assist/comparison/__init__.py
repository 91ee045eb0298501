"""Comparison scores, their calibration and their error rates: plain arithmetic, no picture and no model."""
