"""The history drawn: each picture counted by the database, told in a sentence, and beside it its table."""
