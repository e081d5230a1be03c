"""The product in a real browser. ``python -m tests.browser.screenshots`` makes the README's pictures."""
