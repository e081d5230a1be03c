"""From the button to the session: what the provider says, whom it means, whether that is enough."""
