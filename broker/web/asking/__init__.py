"""The request form and the page of a request."""
