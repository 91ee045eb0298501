"""The one place that decodes picture bytes from outside. Limits come first, pixels last."""
