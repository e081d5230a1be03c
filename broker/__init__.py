"""A just-in-time emergency access broker for healthcare sites."""

__version__ = "0.1.0"
