"""What waits for an approver, and the page on which they answer."""
