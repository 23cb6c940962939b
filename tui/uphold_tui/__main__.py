"""Entry point of `python -m uphold_tui`, the same as `uphold`."""

from uphold_tui.cli import main

main()
