"""uphold: human-plus-LLM adjudication of pairs of model answers, with one SQLite file behind it."""

__version__ = "0.1.0"
