"""Cards found in a scan, and laid out flat."""
