"""Other people's OAuth clients, as they are published, at a broker that is really served."""
