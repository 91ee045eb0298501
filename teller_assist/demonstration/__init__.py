"""Showing and measuring the product as it stands, on photographs that packages carry."""
