"""How the broker reaches the sites it brokers access to."""
