"""Other systems' word for who a person is, taken in exchange for a token of ours (RFC 8693)."""
