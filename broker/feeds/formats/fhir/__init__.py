"""HL7 FHIR AuditEvent, R4 and R5."""
