"""WordPress sites where no plugin may be installed: whole roles, lent and taken back through WordPress's own REST API."""
