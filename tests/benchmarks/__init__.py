"""Ratios of what the broker does to the bare operation underneath, both measured in the same run."""
