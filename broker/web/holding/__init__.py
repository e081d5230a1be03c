"""Live access: its page, its end, its extension, and opening what it names."""
