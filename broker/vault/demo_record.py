"""A patient record for the demo: invented from end to end, and saying so."""

from __future__ import annotations

from broker.vault.records import Line, PatientRecord, Section

NOTICE = "Synthetic record for demonstration. It describes no real person."

SYNTHETIC_RECORD = PatientRecord(
    NOTICE,
    (
        Section(
            "Alerts",
            (
                Line("Allergy", "Penicillin: anaphylaxis (synthetic)"),
                Line("Anticoagulant", "Apixaban 5 mg twice a day"),
                Line("Resuscitation", "Full treatment"),
            ),
        ),
        Section(
            "Conditions",
            (
                Line("Since 2019", "Atrial fibrillation"),
                Line("Since 2014", "Type 2 diabetes"),
                Line("Since 2011", "Hypertension"),
            ),
        ),
        Section(
            "Medication",
            (
                Line("Apixaban", "5 mg, morning and evening"),
                Line("Metformin", "1000 mg, morning and evening"),
                Line("Bisoprolol", "2.5 mg, morning"),
            ),
        ),
        Section(
            "Last results",
            (
                Line("Creatinine", "88 µmol/L"),
                Line("Haemoglobin", "134 g/L"),
                Line("HbA1c", "52 mmol/mol"),
            ),
        ),
        Section(
            "Last contact",
            (Line("Video visit", "Palpitations for two days, no chest pain; ECG arranged."),),
        ),
    ),
)
