"""Access that was given: look at it, more of it, open it, end it."""
