"""What patients are told of who had access to what is theirs."""
