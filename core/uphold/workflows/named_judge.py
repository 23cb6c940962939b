"""The judge that somebody names: by its name in the file or in uphold.toml, by a spec, or by a TOML file."""

from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.judging.judges import LlmJudge
from uphold.records.headline_judge import is_spec, judges_named, versioned_name
from uphold.records.judgments import JudgeRef
from uphold.store.certificates import end_of_judge
from uphold.store.database import Store
from uphold.store.headline_judges import all_judges, find_judge
from uphold.workflows.judge_request import JudgeRequest, JudgeTask, check_price, find_judge_address
from uphold.workflows.kept_judges import kept_table
from uphold.workflows.set_judge import find_version, in_known_orders, judge_from_spec


@dataclass(frozen=True, slots=True)
class NamedJudge:
    """A judge: its row in the file (None for a version that is new), and how it is asked.

    Without a `task` it cannot be asked, and `why` says so.
    """

    name: str
    ref: JudgeRef | None
    task: JudgeTask | None
    why: str = ""

    def to_ask(self) -> JudgeTask:
        """Return how the judge is asked; raises BadUsage where it cannot be."""
        if self.task is None:
            raise BadUsage(self.why)
        return self.task


def named_judge(
    store: Store, set_id: int, named: str, request: JudgeRequest, *, on_file: bool = False, with_address: bool = True
) -> NamedJudge:
    """Return the judge that `named` stands for; `request` has the settings, the server and the key to ask it with.

    A TOML file and a name in uphold.toml stand for the judge as it is written there now, the name of a judge kept in the
    workbench for that one. Any other name is that of a judge of
    the file, or a spec KIND:MODEL or rules:NAME; a version that ended is meant only where there is no other. With `on_file` a
    judge of the file with that name comes before uphold.toml. Without `with_address` nobody looks for a key, as for a dry run.
    Raises BadUsage or BadFile where it stands for none, or for several.
    """
    written = named.endswith(".toml") or named in request.settings.judges or kept_table(store, named) is not None
    known = judges_named(all_judges(store), named)
    current = [one for one in known if end_of_judge(store, one.id) is None]
    asked_anew = not current and is_spec(named) and named in {one.name for one in known}
    if known and (on_file or not written) and not asked_anew:
        meant = current[0] if len(current) == 1 else find_judge(store, named)
        return judge_on_file(store, set_id, meant, request, with_address=with_address)
    judge = judge_from_spec(store, set_id, named, request.settings)
    ref = next((one for one in all_judges(store) if _same(one, judge.record.name, judge.record.version)), None)
    task = JudgeTask(judge, judge.orders, request.samples or judge.samples, None, named)
    return NamedJudge(judge.record.name, ref, with_address_of(task, request) if with_address else task)


def judge_on_file(
    store: Store, set_id: int, ref: JudgeRef, request: JudgeRequest, *, with_address: bool = True
) -> NamedJudge:
    """Return a judge version of the file and how it is asked again, in the orders and samples it was asked in before."""
    if ref.kind not in ("llm", "rules"):
        return NamedJudge(ref.name, ref, None, f"{ref.name} was recorded elsewhere: it cannot be asked here")
    found, what = find_version(store, ref, set_id, request.settings)
    if found is None:
        why = f"{versioned_name(ref)} cannot be asked as it was{what}"
        return NamedJudge(ref.name, ref, None, why)
    known = in_known_orders(store, ref, set_id, found.spec, found.options)
    orders = found.judge.orders[:1] if known.one_order else found.judge.orders
    task = JudgeTask(found.judge, orders, known.samples or found.judge.samples, None, found.spec)
    return NamedJudge(ref.name, ref, with_address_of(task, request) if with_address else task)


def _same(ref: JudgeRef, name: str, version: str) -> bool:
    return (ref.name, ref.version) == (name, version)


def with_address_of(task: JudgeTask, request: JudgeRequest) -> JudgeTask:
    """Return the task with the address of its endpoint: its own server, else that of the request.

    Raises BadUsage for a missing API key, or a cap without a price.
    """
    if not isinstance(task.judge, LlmJudge):
        return task
    check_price(task.judge, request.max_cost)
    own = task.judge.endpoint.base_url
    return replace(task, address=find_judge_address(replace(request, base_url=own or request.base_url), task.judge))
