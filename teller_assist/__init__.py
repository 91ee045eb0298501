"""柜面核身助手: an identity assistant for the teller's counter. It assists; the teller decides."""

__version__ = "0.1.0"
