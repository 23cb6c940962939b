"""uphold: human-plus-LLM adjudication of pairs of model answers, with one SQLite file behind it.

For notebooks: `uphold.open(PATH)` opens a database for reading, see docs/notebook.md.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.notebook import open_database as open  # noqa: A004  (uphold.open, as pathlib.Path.open)

__all__ = ["__version__", "open"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the notebook's part when it is first used: `import uphold` loads nothing else."""
    if name != "open":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from uphold.notebook import open_database

    return open_database
