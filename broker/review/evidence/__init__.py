"""The bundle an auditor of controls asks for."""
