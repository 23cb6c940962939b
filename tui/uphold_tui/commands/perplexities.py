"""Perplexities as the command line shows them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.steps.measured import SystemPerplexity


def told(found: "SystemPerplexity") -> tuple[str, str, str]:
    """(system, number, where it came from)."""
    source = (
        f"{found.examples:,} of {found.of:,} references, {found.tokens:,} tokens, by {found.model} at {found.endpoint},"
        f" completions with echo, {found.at[:10]}"
    )
    return found.system, f"{found.perplexity:,.2f}", source


def as_json(found: "SystemPerplexity") -> dict[str, Any]:
    """A perplexity as JSON."""
    return {
        "system": found.system, "perplexity": found.perplexity, "examples": found.examples, "of": found.of,
        "tokens": found.tokens, "model": found.model, "endpoint": found.endpoint, "source": "completions echo logprobs",
        "at": found.at,
    }  # fmt: skip


def say_perplexities(found: "list[SystemPerplexity]") -> None:
    """Print them as a section of the numbers."""
    from uphold_tui.console import say, say_line, say_table

    if found:
        say()
        say_line("Perplexity of the reference answers")
        say_table([("  " + system, number, source) for system, number, source in map(told, found)], right=(1,))
