"""Access tokens: issued for a grant, checked, introspected, revoked."""
