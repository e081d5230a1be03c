"""What waits for an approver, and their answer."""
