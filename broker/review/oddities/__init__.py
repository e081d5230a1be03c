"""What looks odd, in words, with the rows behind it."""
