"""Tells other software of every step: FHIR AuditEvent, OCSF, CEF, syslog, webhook, each with a cursor."""
