"""The draft of a judge that is being written, the drafts before it, and which version it is."""

from uphold.formatting import count
from uphold.records.judge_clauses import JudgePrompt
from uphold.workflows.judge_workbench import Workbench


class Draft:
    """The draft on the workbench: `prompt` is what it asks, `is_new` whether it is in no version yet.

    `name` is what that version is called, or the one that it would be.

    What compares it with the versions is worked out when one of them changes, not for each frame.
    """

    def __init__(self) -> None:
        self.bench: Workbench | None = None
        self.prompt = JudgePrompt()
        self.is_new = False
        self.name = "v1"
        self._before: list[JudgePrompt] = []

    def read(self, bench: Workbench) -> None:
        """Hold the draft against what was read; the first time the draft is what that begins with."""
        if self.bench is None:
            self.prompt = bench.draft
        self.bench = bench
        self._place()

    def change(self, prompt: JudgePrompt) -> None:
        """Go on with another prompt; undo comes back to this one."""
        self._before.append(self.prompt)
        self.prompt = prompt
        self._place()

    def undo(self) -> bool:
        """Take back the last change; return whether there was one."""
        if not self._before:
            return False
        self.prompt = self._before.pop()
        self._place()
        return True

    def forget_changes(self) -> None:
        """Make the draft as it is the first one, after it was kept."""
        self._before = []

    @property
    def item_count(self) -> int:
        """How many clauses and shown pairs there are."""
        return len(self.prompt.clauses) + len(self.prompt.shown)

    def _place(self) -> None:
        if self.bench is None:
            return
        version = self.bench.version_of(self.prompt)
        self.is_new = self.bench.is_new(self.prompt)
        number = version.number if version is not None else self.bench.number if self.is_new else 1
        self.name = f"v{count(number)}"

    @property
    def version_words(self) -> str:
        """What the header says of a draft that is not new; the first version is the judge as it is."""
        return "as it is" if self.name == "v1" else self.name
