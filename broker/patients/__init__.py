"""Patients by opaque id, and what is held of them here."""
