"""Measuring the product on sets of photographs: reading sets, simulating photo kinds, counting errors."""
