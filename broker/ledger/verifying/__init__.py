"""What an outsider does: reads stored bytes and says what is wrong with them."""
