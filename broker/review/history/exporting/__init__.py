"""Files of the filtered history: CSV, JSON and FHIR, made a part at a time."""
