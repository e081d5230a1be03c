"""What a person proves, beside a password, that they are themselves with."""
