"""The judge of the headline: the rule that chooses it, what it has read, and the command that asks the rest."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from uphold.formatting import of_n
from uphold.records.enums import AnswerOrder
from uphold.records.judgments import JudgeRef

PROGRAM = "program"
"""The kind of a judge whose verdicts are labels of a program: it is the headline's only where it is pinned or named."""

_PROVIDERS = ("anthropic", "openai", "rules")


class JudgeReason(StrEnum):
    """Why the headline's judge is the one it is."""

    NAMED = "named"
    PINNED = "pinned"
    COMPLETE = "complete"
    RULE = "rule"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HeadlineJudge:
    """The judge on which the headline of a run rests (None: people alone), and why it is that one.

    `missing` of the run's `pairs` current, unbroken pairs were not asked of it; both are 0 where it was asked about all.
    Then `ask` is the command that asks the rest, empty where there is none. `partial` is the judge whose verdicts are
    shown where no judge has read every pair: the latest one, counted in `missing` too. `unknown` is a pinned judge that
    the file does not have.
    """

    reason: JudgeReason
    judge: JudgeRef | None = None
    partial: JudgeRef | None = None
    missing: int = 0
    pairs: int = 0
    ask: str = ""
    unknown: str = ""

    @property
    def shown(self) -> JudgeRef | None:
        """The judge whose verdicts are shown, upheld and overturned."""
        return self.judge or self.partial

    @property
    def name(self) -> str | None:
        """The name of the headline's judge."""
        return self.judge.name if self.judge is not None else self.unknown or None

    @property
    def is_complete(self) -> bool:
        """Whether there is a judge that was asked about every pair."""
        return self.judge is not None and not self.missing


NO_JUDGE = HeadlineJudge(JudgeReason.NONE)
"""No judge has read anything."""


def choose_judge(
    judges: Iterable[JudgeRef],
    is_complete: Callable[[JudgeRef], bool],
    *,
    named: JudgeRef | None = None,
    pinned: JudgeRef | None = None,
) -> tuple[JudgeRef | None, JudgeReason]:
    """Return the judge of the headline and the reason: the rule of the whole program.

    It is the one `named`, else the one `pinned` to the set, else the latest complete one that is no rule, else the latest
    complete rule, else none; `judges` are given latest first. A judge is complete that was asked about every current pair
    in the orders asked for, whatever came of it. A program's labels are taken only where they are named or pinned.
    """
    if named is not None:
        return named, JudgeReason.NAMED
    if pinned is not None:
        return pinned, JudgeReason.PINNED
    known = [judge for judge in judges if judge.kind != PROGRAM]
    for kind_is_rule, reason in ((False, JudgeReason.COMPLETE), (True, JudgeReason.RULE)):
        for judge in known:
            if (judge.kind == "rules") is kind_is_rule and is_complete(judge):
                return judge, reason
    return None, JudgeReason.NONE


def versioned_name(judge: JudgeRef) -> str:
    """Return the name with the start of the version hash: how one of several versions is named."""
    return f"{judge.name}@{judge.version[:8]}"


def judges_named(judges: Iterable[JudgeRef], wanted: str) -> list[JudgeRef]:
    """Return the judges with this name, or with this name and version as in `haiku@1f3a`, in the order given."""
    known = list(judges)
    name, _, version = wanted.rpartition("@")
    return [judge for judge in known if judge.name == wanted] or [
        judge for judge in known if version and judge.name == name and judge.version.startswith(version)
    ]


def ask_command(
    run: str, judge: JudgeRef, definition: Mapping[str, str], requested: Mapping[AnswerOrder, int], database: str = ""
) -> str:
    """Return the command that asks a judge about the pairs it lacks in a run, or shows a program the next of them.

    It is empty for one that cannot be asked here.

    `requested` holds the samples of each order that the run asks of it, `database` the global option that names the file.
    """
    import shlex  # only a judge that lacks pairs needs it

    if judge.kind == PROGRAM:
        return f"uphold{database} {shlex.join(['next', run, '--as-program', judge.name])}"
    if judge.kind not in ("llm", "rules"):
        return ""
    words = ["judge", run, "--judge", judge.name]
    if judge.kind == "rules" and is_spec(judge.name):
        for name, value in definition.items():
            words += [] if name == "rule" else ["--judge-option", f"{name}={value}"]
    elif judge.kind == "llm" and len(requested) == 1:
        words.append("--one-order")
    if judge.kind == "llm" and max(requested.values(), default=1) > 1:
        words += ["--samples", str(max(requested.values()))]
    return f"uphold{database} {shlex.join(words)}"


def is_spec(name: str) -> bool:
    """Whether a judge's name says by itself what is asked; else it is that of a TOML file or of uphold.toml."""
    return name.partition(":")[0] in _PROVIDERS


_REASONS = {
    JudgeReason.NAMED: "the one asked for",
    JudgeReason.PINNED: "pinned to this set",
    JudgeReason.COMPLETE: "the latest that read every pair",
    JudgeReason.RULE: "a rule that read every pair; no other judge has",
    JudgeReason.NONE: "none: no judge has read every pair",
}


def judge_and_reason(found: HeadlineJudge) -> str:
    """Return the name of the headline's judge and why it is that one, as in `haiku, pinned to this set`."""
    reason = _REASONS[found.reason]
    return reason if found.name is None else f"{found.name}, {reason}"


def words_behind_name(found: HeadlineJudge, *, with_pin: bool = True) -> str:
    """Return what lists say of the judge behind its name: that it is pinned, how many pairs it has read if not all.

    Such as `, pinned, 24 of 40`; `with_pin` says whether there is room for the first.
    """
    pinned = ", pinned" if with_pin and found.reason is JudgeReason.PINNED else ""
    return pinned + (f", {of_n(found.pairs - found.missing, found.pairs)}" if found.missing else "")


def distinct_names(judges: Iterable[JudgeRef]) -> list[str]:
    """Return the judges' names, with the start of the version where several versions have one name."""
    known = list(judges)
    names = [judge.name for judge in known]
    return [judge.name if names.count(judge.name) == 1 else versioned_name(judge) for judge in known]


def what_is_missing(found: HeadlineJudge) -> str:
    """Return what the headline's judge has not read, and how it can; empty where it has read every pair."""
    if found.unknown:
        return f"the pinned judge {found.unknown} is not in this file; `uphold set pin SET JUDGE` pins another"
    judge = found.shown
    if judge is None:
        return "no judge has read these pairs"
    if not found.missing:
        return ""
    read = f"{judge.name} has read {of_n(found.pairs - found.missing, found.pairs)} pairs"
    return f"{read}; {ask_words(judge, found.ask)}"


def ask_words(judge: JudgeRef, ask: str) -> str:
    """Return how the pairs that a judge lacks come; `ask` is the command that asks it."""
    if not ask:
        return "it was not asked here, `uphold import` brings the rest"
    if judge.kind == PROGRAM:
        return f"`{ask}` gives it the next ones"
    file = "" if is_spec(judge.name) else f" ({judge.name} being a judge of uphold.toml, or the path of its TOML file)"
    return f"`{ask}` asks the rest{file}"
