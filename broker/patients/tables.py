"""Patients by opaque id, and the list of what the broker keeps of each."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from broker.store import UTCDateTime, metadata

patients = Table(
    "patients",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("clinic_ref", String(64), nullable=False, unique=True),
    Column("compartment", String(40), nullable=False, server_default="general"),
)

holdings = Table(
    "holdings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(120), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
)
