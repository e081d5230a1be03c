"""Free text people wrote, kept so that it can be erased for ever."""
