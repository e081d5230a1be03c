"""What reviewers look at and sign."""
