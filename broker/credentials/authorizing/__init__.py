"""What a signed-in person allowed a piece of software: a code that is exchanged once for a token."""
