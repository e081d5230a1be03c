"""What looks odd enough for a reviewer to look at, with the rows behind it. It accuses nobody."""
