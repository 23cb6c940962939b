"""The panel that says what a change of the set did to the pairs of its runs."""

from textual.content import Content

from uphold.formatting import count, count_noun, noun
from uphold.records.set_history import EffectCounts, VersionDiff, VersionEffects
from uphold_tui.themes import BOLD, DOUBT, MUTED, UPHELD, Signs
from uphold_tui.widgets.rows import spread

NOW = "now"
"""Name of the set as it is, where that is no version yet."""

_KEPT = "nothing is deleted; an old text brings its reviews back"


def effect_rows(
    names: tuple[str, str], diff: VersionDiff, did: VersionEffects, width: int, signs: Signs
) -> list[Content]:
    """Return a head and a row each for what turned stale, what retired, and what stands; `names` as `v4`, `v5`.

    The three add up to the pairs that were current with the first.
    """
    before, after = names
    pairs = did.stale.pairs + did.retired.pairs + did.stand.pairs
    if not pairs:
        return [
            Content.styled(f"No pair of a run is about {before}", BOLD),
            Content.styled("nothing rests on what was changed", MUTED),
        ]
    what = after if after != NOW else "what was changed since"
    title = f"What {what} did to the {count_noun(pairs, 'pair')} made on {before}"
    stale_note = f"{count(len(diff.edited))} edited; not counted until read again"
    if not did.stale.pairs and did.stale.judgments:
        stale_note = "verdicts that saw an older reference; decisions stand"
    rows = (
        (signs.stale, DOUBT, "stale", did.stale, stale_note),
        (
            signs.retired,
            MUTED,
            "retired",
            did.retired,
            f"{count_noun(len(diff.retired), 'example')}; out of every number",
        ),
        (signs.upheld, UPHELD, "stand", did.stand, f"{count_noun(diff.same, 'example')}; they count as before"),
    )
    digits = max(len(count(one.pairs)) for *_, one, _ in rows) + 2
    made = [_row(sign, style, word, one, note, digits, width) for sign, style, word, one, note in rows]
    return [spread(Content.styled(title, BOLD), Content.styled(_KEPT, MUTED), width, least=len(title)), *made]


def _row(sign: str, style: str, word: str, one: EffectCounts, note: str, digits: int, width: int) -> Content:
    numbers = [
        ((f"{count(number):>{digits}}", BOLD if number else MUTED), (f" {noun(number, name):<{len(name) + 3}}", MUTED))
        for number, name in ((one.pairs, "pair"), (one.judgments, "judgment"), (one.decisions, "review"))
    ]
    left = Content.assemble(
        (sign, style if one.pairs or one.judgments else MUTED),
        f"  {word:<9}",
        *[cell for cells in numbers for cell in cells],
    )
    has_any = one.pairs or one.judgments
    if not has_any or left.cell_length + len(note) + 1 > width:
        return left.truncate(width)
    return Content.assemble(left, " ", (note, MUTED))
