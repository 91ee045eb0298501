"""What a support engineer asks first: one report about this machine and installation, without personal data."""
