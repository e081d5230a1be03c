"""The Open Cybersecurity Schema Framework, version 1.5.0."""
