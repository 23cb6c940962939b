"""The judges that can be asked about a run, each with what there is to know before it is chosen."""

from dataclasses import dataclass

from uphold.errors import UpholdError
from uphold.formatting import count_noun, noun
from uphold.judging.judges import LlmJudge, ReadyJudge
from uphold.records.enums import BOTH_ORDERS
from uphold.records.runs import Run
from uphold.settings import Settings
from uphold.store import judges, sets
from uphold.store.database import Store
from uphold.store.headline_judges import pinned_judge
from uphold.workflows.judge_request import judges_of
from uphold.workflows.judging_progress import judges_to_choose


@dataclass(frozen=True, slots=True)
class JudgeOffer:
    """A judge that can be asked, by its spec.

    `asked` says what it is and how it is asked, of a file with several judges their names, `version` begins its version,
    "" for several; `price` says whether its price is known. `last_used` is the day of its last judgment in the file, None
    where it has made none. `problem` is why it cannot be asked, None where it can.
    """

    spec: str
    asked: str = ""
    version: str = ""
    price: str = ""
    last_used: str | None = None
    pinned: bool = False
    problem: str | None = None


def judge_offers(store: Store, run: Run, settings: Settings) -> list[JudgeOffer]:
    """Return the judges to offer for a run: those of uphold.toml, those asked before, and rules that suit it."""
    rubric = sets.guidelines(store, run.set_id)
    pinned, _ = pinned_judge(store, run.set_id)
    wanted = None if pinned is None else (pinned.name, pinned.version)
    offers = []
    for spec in judges_to_choose(store, run.id, settings):
        try:
            ready = [judge for _, judge in judges_of(store, [spec], (), rubric, settings)]
        except UpholdError as error:
            offers.append(JudgeOffer(spec, problem=str(error)))
            continue
        offers.append(_offer(store, spec, ready, wanted))
    return offers


def _offer(store: Store, spec: str, ready: list[ReadyJudge], pinned: tuple[str, str] | None) -> JudgeOffer:
    records = [judge.record for judge in ready]
    used = [day for record in records if (day := judges.last_judged(store, record)) is not None]
    several = len(ready) > 1
    names = f"{count_noun(len(ready), 'judge')}: {', '.join(record.name for record in records)}"
    return JudgeOffer(
        spec,
        names if several else asked_words(ready[0]),
        "" if several else records[0].version[:8],
        _price_words(ready),
        max(used, default=None),
        pinned in [(record.name, record.version) for record in records],
    )


def _price_words(ready: list[ReadyJudge]) -> str:
    models = [judge for judge in ready if isinstance(judge, LlmJudge)]
    if not models:
        return "free"
    unknown = sum(judge.price is None for judge in models)
    return "price known" if not unknown else noun(len(models), "price not known", "a price is not known")


def asked_words(judge: ReadyJudge) -> str:
    """Return how a judge is asked, without its name: model, style, criteria, examples, orders and samples."""
    if not isinstance(judge, LlmJudge):
        return f"the rule {judge.rule.name}"
    asked = judge.asked
    words = [judge.spec, "its own template" if asked.template is not None else asked.style]
    if not asked.ties:
        words.append("no ties")
    if judge.token_preference:
        words.append("preference by token probabilities")
    if asked.criteria:
        words.append(count_noun(len(asked.criteria), "criterion", "criteria"))
    if asked.examples:
        words.append(count_noun(len(asked.examples), "example"))
    if asked.rubric is not None:
        words.append("a rubric")
    words.append("both orders" if judge.orders == BOTH_ORDERS else judge.orders[0].value)
    if judge.samples > 1:
        words.append(f"{count_noun(judge.samples, 'sample')} an order")
    return ", ".join(words)
