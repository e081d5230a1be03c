"""The filtered history: its list, its pictures, its files, and the views people keep of it."""
