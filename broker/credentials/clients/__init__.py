"""Software that may ask for tokens, and how it proves who it is."""
