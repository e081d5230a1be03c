"""People whom their organisation's own provider vouches for, by OpenID Connect."""
