"""What the broker asks of its witnesses, and how little it believes of the answers."""
