"""Who somebody is here, and where they are signed in."""
