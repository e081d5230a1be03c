"""What a backup looks like: a tar of rows and files, a signed list of them at its end, sealed by age."""
