"""The same site tests on a newer WordPress than Debian's."""
