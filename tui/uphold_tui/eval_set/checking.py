"""The health of a set beside its list: the checks that find what is wrong, and the cursor on what they found."""

from collections.abc import Sequence
from pathlib import Path

from uphold.records.set_checks import SetCheck
from uphold_tui.eval_set.check_run import CheckRun, progress_words
from uphold_tui.eval_set.health import HealthPanel, HealthState, what_is_fine
from uphold_tui.eval_set.loader import ExampleLoader


class SetHealth:
    """What the health panel of a set shows; `cursor` is its line that has the keys, None where the list has them.

    `key` is the key that checks, as it is named to people. What a check finds is kept by the loader. The two checks raise
    BadUsage and BadFile as `check_set` does, and give None where they were stopped.
    """

    def __init__(self, panel: HealthPanel, loader: ExampleLoader, key: str) -> None:
        self.cursor: int | None = None
        self.is_check_old = False
        self.panel, self._loader, self._key = panel, loader, key
        self._checking: CheckRun | None = None
        self._quiet_check: CheckRun | None = None
        self._progress = ""

    def refresh(self) -> None:
        """Show everything as it is now."""
        now, checked = self._loader.now, self._loader.findings is not None
        fine = what_is_fine(now.lines, checked=checked) if now.rows else ""
        self.panel.show(HealthState(tuple(now.lines), self._words(), fine, self.cursor))

    def _words(self) -> str:
        if self.cursor is not None:
            return "enter goes there"
        if self._checking is not None:
            return self._progress
        if self._loader.findings is None:
            return f"{self._key} checks for likeness and leaks too"
        return f"changed since the check; {self._key} checks again" if self.is_check_old else "checked"

    # the cursor

    def move(self, step: int) -> None:
        """Move the cursor down or up."""
        if self.cursor is not None:
            self.cursor = min(max(self.cursor + step, 0), len(self._loader.now.lines) - 1)
            self.refresh()

    # checks

    @property
    def is_checking(self) -> bool:
        """Whether a check goes on that was asked for."""
        return self._checking is not None

    async def check_quietly(self) -> bool:
        """Check without a word; return whether what was found is news: another check may have been done meanwhile."""
        run = self._quiet_check = CheckRun(self._loader.store.path, self._loader.set_name)
        found = await run.run(lambda progress: None)
        if found is None or self._loader.findings is not None:
            return False
        await self._loader.take_findings(found.findings)
        return True

    async def check(self, against: Sequence[Path]) -> SetCheck | None:
        """Check, also for leaks into training files; the panel shows how far that is."""
        run = self._checking = CheckRun(self._loader.store.path, self._loader.set_name, against)
        self._tell("checking")
        try:
            found = await run.run(lambda progress: self._tell(progress_words(progress)))
        finally:
            if self._checking is run:
                self._checking = None
        if found is not None:
            self.is_check_old = False
            await self._loader.take_findings(found.findings)
        return found

    def _tell(self, words: str) -> None:
        if self._checking is not None and words != self._progress:
            self._progress = words
            self.refresh()

    def stop(self) -> bool:
        """Stop the check that was asked for; return whether there was one."""
        if self._checking is None:
            return False
        self._checking.stop()
        self._checking = None
        return True

    def close(self) -> None:
        """Let no thread go on checking for a screen that is gone."""
        for run in (self._checking, self._quiet_check):
            if run is not None:
                run.stop()
