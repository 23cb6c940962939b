"""`python -m uphold_tui` is `uphold`."""

from uphold_tui.cli import main

main()
