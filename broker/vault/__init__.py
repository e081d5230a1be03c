"""Recordings and records, encrypted at rest and readable from any offset."""
