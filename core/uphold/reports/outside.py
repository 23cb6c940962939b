"""What stands outside the numbers or limits what they speak of, said only where there is some of it."""

from collections.abc import Iterator

from uphold.records.page import Line, Role, Section
from uphold.records.results import HumanNumbers, RunNumbers
from uphold.reports.wording import counted, sentence

_MANY_SKIPS = 0.1
_METHODS = (
    "intervals are 95 %: the chain rule's for judge-assisted rates, Wilson's for shares, t or a posterior for ties half"
)


def outside_section(numbers: RunNumbers) -> Section:
    """A sentence for each kind of pair left out and for verdicts not drawn at random; last, how intervals are made."""
    said = (*_left_out(numbers.human), *_chosen(numbers), *_skips(numbers.human))
    methods = (sentence(_METHODS, Role.MUTED),) if numbers.human.reviewed else ()
    return Section("Beside the numbers", said + methods)


def _left_out(human: HumanNumbers) -> Iterator[Line]:
    for count, why in (
        (human.unresolved, "unresolved, no word leads: in no rate until one does"),
        (human.broken, "marked broken: in no number"),
        (human.stale, "stale, a text or an answer was changed since: in no number"),
        (human.retired, "of a retired example: in no number"),
        (human.carried, "with a verdict carried over from another run"),
    ):
        if count:
            yield sentence(f"{counted(count, 'pair')} {why}")


def _chosen(numbers: RunNumbers) -> Iterator[Line]:
    human = numbers.human
    if human.imported:
        yield sentence(f"{counted(human.imported, 'pair')} with an imported verdict")
    if human.outside_queue > human.imported:
        yield sentence(f"{counted(human.outside_queue, 'pair')} read outside the queue")
    if human.chosen and human.reviewed + human.broken < numbers.pairs:
        if human.chosen == human.reviewed:
            pairs = counted(human.reviewed, "pair")
            yield sentence(f"chosen, not sampled: these numbers speak of the {pairs} read", Role.WARNING)
        else:
            pairs = counted(human.chosen, "pair")
            yield sentence(f"{pairs} chosen, not sampled: in the headline they speak for themselves only", Role.WARNING)


def _skips(human: HumanNumbers) -> Iterator[Line]:
    if human.skipped:
        yield sentence(f"{counted(human.skipped, 'pair')} skipped")
    if human.skipped > _MANY_SKIPS * (human.reviewed + human.skipped):
        yield sentence("more than a tenth of what was drawn: skips may bias this", Role.WARNING)
