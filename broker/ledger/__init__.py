"""The append-only record of every step, chained so that an outsider can check it."""
