"""What was disclosed about a patient, and the answer to the patient's own question."""
