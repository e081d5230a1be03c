"""Messages leave through an outbox written with the state they speak of."""
