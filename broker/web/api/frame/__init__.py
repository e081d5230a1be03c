"""What surrounds every operation: who calls, what it may bring, what is answered, how it is described."""
