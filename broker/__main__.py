"""``python -m broker`` is ``broker``."""

from broker.cli import main

main()
