"""Commands that the palette offers on every screen beside that screen's own keys: one table, one entry a command.

An entry opens a screen or a dialog. Where only the command line does it, it shows the command, filled in for the set and the
run at hand, and copies it.
"""

import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.content import Content

from uphold.records.enums import QueueKind
from uphold.settings import program_words
from uphold_tui.dialogs.commands import Command, ShellCommandScreen
from uphold_tui.navigation.navigator import Navigator
from uphold_tui.place import Place
from uphold_tui.themes import MUTED

if TYPE_CHECKING:
    from uphold.records.runs import Run


class Needs(Enum):
    """What has to be at hand for a command to be offered."""

    NOTHING = "nothing"
    SET = "set"
    RUN = "run"


@runtime_checkable
class ShowsMessages(Protocol):
    """A screen with a row for messages."""

    def show_message(self, message: Content) -> None:
        """Show a message."""


Opens = Callable[[Navigator, Place], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of the palette, found by its `words` and by those in `also`, which other programs use.

    `opens` does it; without it the command line does, by `shell`, in which {set} and {run} are filled in.
    `keys` are the ids of keys that do the same: a screen which has one of them offers that, found by `also` too.
    `stands_for` are the commands of the command line whose work this is. `tells` says that it shows what a blind review
    keeps back.
    """

    words: str
    also: str = ""
    needs: Needs = Needs.NOTHING
    opens: Opens | None = None
    shell: str = ""
    keys: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()
    tells: bool = False


def _run(act: "Callable[[Navigator, Run], None]") -> Opens:
    """Return what opens something about the run at hand."""

    def open_it(navigator: Navigator, place: Place) -> None:
        if place.run is not None:
            act(navigator, place.run)

    return open_it


def _set(act: Callable[[Navigator, str], None]) -> Opens:
    """Return what opens something about the set at hand."""

    def open_it(navigator: Navigator, place: Place) -> None:
        if place.set is not None:
            act(navigator, place.set)

    return open_it


def _queue(queue: QueueKind) -> Opens:
    return _run(lambda navigator, run: navigator.review_queue(run, queue))


def _then(opens: Opens, action: str = "", say: str = "") -> Opens:
    """Return what opens a screen, and there runs an action or says which key goes on."""

    def open_it(navigator: Navigator, place: Place) -> None:
        opens(navigator, place)
        screen = navigator.app.screen
        if action:
            screen.call_after_refresh(screen.run_action, action)
        if say and isinstance(screen, ShowsMessages):
            screen.call_after_refresh(screen.show_message, Content.styled(say, MUTED))

    return open_it


_NUMBERS = _run(Navigator.show_numbers)
_CHECKPOINTS = _set(lambda navigator, name: navigator.checkpoints.show(name))
_EVAL_SET = _set(Navigator.show_set)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "import a file",
        "load add open read csv jsonl excel answers responses data verdicts",
        opens=lambda navigator, _: navigator.imports.ask_file(),
        keys=("home.import",),
        stands_for=("import",),
    ),
    # read
    Entry(
        "review this run",
        "read decide annotate label judge by hand start go on",
        Needs.RUN,
        _queue(QueueKind.RANDOM),
        keys=("home.open", "review.unread"),
        stands_for=("review",),
    ),
    Entry(
        "review what is uncertain first",
        "queue order disagree inconsistent low confidence active",
        Needs.RUN,
        _queue(QueueKind.UNCERTAIN),
    ),
    Entry("review one tag first", "queue label topic slice", Needs.RUN, _run(Navigator.review_tag)),
    Entry("review the disputes", "queue adjudicate settle disagreement", Needs.RUN, _queue(QueueKind.DISPUTED)),
    Entry("review the flagged pairs", "queue bookmark second look", Needs.RUN, _queue(QueueKind.FLAGGED)),
    Entry("review what changed", "queue flips checkpoint carried", Needs.RUN, _queue(QueueKind.CHANGED)),
    Entry(
        "list of pairs",
        "browse table all search find items rows show",
        Needs.RUN,
        _run(Navigator.list_pairs),
        keys=("review.pairs", "home.pairs", "figures.pairs", "checkpoints.pairs", "new.pairs"),
        stands_for=("show",),
    ),
    Entry("pairs with a tag", "filter label topic slice list", Needs.RUN, _run(Navigator.list_tag)),
    # numbers
    Entry(
        "numbers: win rate and agreement",
        "stats statistics results score summary kappa interval metrics",
        Needs.RUN,
        _NUMBERS,
        keys=("review.figures", "home.figures", "browse.numbers", "checkpoints.figures", "new.figures"),
        stands_for=("stats",),
        tells=True,
    ),
    Entry(
        "numbers by tag",
        "stats breakdown slice topic category",
        Needs.RUN,
        _then(_NUMBERS, "tags"),
        keys=("figures.tags",),
        tells=True,
    ),
    Entry(
        "what to read next",
        "plan how many more budget enough advice queue",
        Needs.RUN,
        _then(_NUMBERS, "next"),
        keys=("figures.next",),
        stands_for=("plan",),
        tells=True,
    ),
    Entry(
        "pin a judge to the set",
        "headline default judge fix",
        Needs.RUN,
        _then(_NUMBERS, say="p pins the judge on this page, or takes its pin away; tab is the next judge"),
        keys=("figures.pin",),
        stands_for=("set pin",),
        tells=True,
    ),
    Entry(
        "hand on: a report, or the pairs",
        "export save write download csv jsonl excel xlsx spreadsheet html markdown share trl alpaca-eval mt-bench dpo",
        Needs.RUN,
        _then(_NUMBERS, "hand_on"),
        keys=("figures.export", "checkpoints.hand_on"),
        stands_for=("report", "export"),
        tells=True,
    ),
    Entry(
        "does the last report still hold",
        "replay verify check reproduce changed",
        Needs.RUN,
        shell="replay {run}",
        stands_for=("replay",),
        tells=True,
    ),
    Entry(
        "a file for another reviewer",
        "pack send share colleague second person blind part split",
        Needs.RUN,
        shell="pack {run} -o for-NAME.db --for NAME --blind",
        stands_for=("pack",),
    ),
    Entry(
        "bring another file's reviews in",
        "merge pack combine join returned colleague",
        shell="merge FILE --dry-run",
        stands_for=("merge",),
    ),
    # judges
    Entry(
        "compare the judges of this run",
        "agreement side by side models which",
        Needs.RUN,
        shell="judges {run}",
        stands_for=("judges", "judges compare"),
        tells=True,
    ),
    Entry(
        "workbench: a better judge",
        "prompt rubric clause try improve tune engineering versions reasons",
        Needs.RUN,
        _run(Navigator.show_workbench),
        keys=("figures.workbench",),
        stands_for=("judges try", "judges clauses", "judges versions"),
        tells=True,
    ),
    Entry(
        "standing: what is certified of the judge",
        "certificate certify test locked drift trust floor",
        Needs.RUN,
        _then(_NUMBERS, "standing"),
        keys=("figures.standing",),
        stands_for=("judges certify", "judges drift"),
        tells=True,
    ),
    Entry(
        "where the judge is wrong",
        "mistakes errors breakdown bias tag length",
        Needs.RUN,
        _then(_NUMBERS, "wrong"),
        keys=("figures.wrong",),
        stands_for=("judges wrong",),
        tells=True,
    ),
    Entry(
        "what a judge is sent",
        "prompt template show request debug",
        Needs.RUN,
        shell="judges show JUDGE {run}",
        stands_for=("judges show",),
    ),
    # checkpoints
    Entry(
        "have this run judged",
        "llm model verdicts ask evaluate",
        Needs.RUN,
        _run(Navigator.judge_run),
        keys=("home.judge", "import.judge"),
        stands_for=("judge",),
        tells=True,
    ),
    Entry(
        "checkpoints of the set",
        "runs history progress over time regressions lost won",
        Needs.SET,
        _CHECKPOINTS,
        keys=("home.checkpoints", "figures.checkpoints", "new.checkpoints"),
        stands_for=("runs",),
        tells=True,
    ),
    Entry(
        "compare two runs or more",
        "difference paired versus against best diff",
        Needs.SET,
        _then(_CHECKPOINTS, say="space marks a run, c compares the marked"),
        keys=("checkpoints.compare",),
        stands_for=("compare",),
        tells=True,
    ),
    Entry(
        "bless a run",
        "baseline reference point release accept",
        Needs.SET,
        _then(_CHECKPOINTS, say="b blesses the run under the cursor"),
        keys=("checkpoints.bless",),
        stands_for=("runs bless",),
        tells=True,
    ),
    Entry(
        "run a new checkpoint",
        "add model candidate answers train",
        Needs.SET,
        _set(lambda navigator, name: navigator.checkpoints.run_new(name)),
        keys=("checkpoints.run",),
        stands_for=("run",),
    ),
    Entry(
        "gate this run against another",
        "pass fail ci regression threshold test",
        Needs.RUN,
        shell="gate {run} --against RUN --margin 0.05",
        stands_for=("gate",),
    ),
    Entry(
        "generate the answers of a system",
        "responses model endpoint infer sample",
        Needs.SET,
        shell="generate --set {set} --system NAME --endpoint openai:MODEL",
        stands_for=("generate",),
    ),
    Entry(
        "perplexity of the reference answers",
        "loss logprobs",
        Needs.SET,
        shell="perplexity --set {set} --system NAME --endpoint openai:MODEL",
        stands_for=("perplexity",),
    ),
    Entry("benchmarks and other scores", "mmlu lm-eval metrics table", shell="scores", stands_for=("scores",)),
    # the eval set
    Entry(
        "open the eval set",
        "examples instructions prompts edit curate add retire restore draft active tag reference undo",
        Needs.SET,
        _EVAL_SET,
        keys=("review.edit_set", "home.edit_set"),
        stands_for=tuple(
            f"set {name}"
            for name in ("list", "show", "add", "edit", "tag", "retire", "restore", "draft", "activate", "undo")
        ),
    ),
    Entry(
        "write a new eval set",
        "create make start own instructions",
        opens=lambda navigator, _: navigator.sets.make(),
        keys=("home.new_set",),
        stands_for=("set new",),
    ),
    Entry(
        "check the eval set",
        "health lint duplicates leakage contamination missing",
        Needs.SET,
        _then(_EVAL_SET, "check"),
        keys=("set.check",),
        stands_for=("set check",),
    ),
    Entry(
        "proposals from logs",
        "propose suggest pool production sample take leave",
        Needs.SET,
        _then(_EVAL_SET, "proposals"),
        keys=("set.proposals", "proposals.propose"),
        stands_for=("set propose", "set take", "set leave"),
    ),
    Entry(
        "versions of the eval set",
        "history diff differs changes bring back",
        Needs.SET,
        _then(_EVAL_SET, "versions"),
        keys=("set.versions",),
        stands_for=("set versions", "set diff", "set bring-back"),
    ),
    Entry(
        "guidelines and purpose of the set",
        "rubric criteria instructions reviewers",
        Needs.SET,
        _then(_EVAL_SET, "texts"),
        keys=("set.texts", "review.guidelines"),
        stands_for=("set guidelines", "set purpose"),
    ),
    Entry(
        "compare two systems in a new run",
        "make pair candidate baseline systems first",
        Needs.SET,
        _then(_EVAL_SET, "systems"),
        keys=("set.systems",),
    ),
    Entry(
        "usual baseline of the set",
        "compare with default",
        Needs.SET,
        shell="set baseline {set} SYSTEM",
        stands_for=("set baseline",),
    ),
    Entry(
        "floor for the judges of the set",
        "threshold minimum agreement",
        Needs.SET,
        shell="set floor {set} 0.75",
        stands_for=("set floor",),
    ),
    Entry(
        "how many examples of a tag are wanted",
        "target quota coverage",
        Needs.SET,
        shell="set wanted {set} TAG=20",
        stands_for=("set wanted",),
    ),
    Entry("rename the eval set", "call name", Needs.SET, shell="set rename {set} NEW", stands_for=("set rename",)),
    Entry(
        "export the eval set",
        "save write share elsewhere",
        Needs.SET,
        shell="set export {set} -o SET.jsonl",
        stands_for=("set export",),
    ),
    Entry(
        "import an eval set from elsewhere",
        "load read set file",
        shell="set import SET.jsonl",
        stands_for=("set import",),
    ),
    Entry(
        "forget an example for good",
        "delete blank erase privacy gdpr personal",
        Needs.SET,
        shell="set forget {set} KEY",
        stands_for=("set forget",),
    ),
    # the file
    Entry("imports of this file", "list loaded sources", shell="imports", stands_for=("imports",)),
    Entry("take an import back", "drop remove delete undo", shell="imports drop N", stands_for=("imports drop",)),
    Entry("a safe copy of this file", "backup save duplicate", shell="backup FILE.db", stands_for=("backup",)),
    Entry(
        "what is wrong with this file, or with the settings",
        "doctor check damage repair diagnose keys environment",
        shell="doctor",
        stands_for=("doctor",),
    ),
    Entry(
        "start screen: runs and sets",
        "home main menu switch other run change",
        opens=lambda navigator, _: navigator.show_home(),
        keys=("home.open",),
    ),
    Entry(
        "rename a system",
        "candidate baseline model call name",
        shell="systems rename OLD NEW",
        stands_for=("systems rename",),
    ),
    Entry("rename a reviewer", "person call name", shell="reviewers rename OLD NEW", stands_for=("reviewers rename",)),
    Entry("set up a project here", "init uphold.toml settings config", shell="init", stands_for=("init",)),
)

_LEFT_OUT: dict[str, str] = {
    "demo": "the start screen of an empty file offers it",
    "next": "for scripts",
    "decide": "for scripts",
    "completion": "for the set-up of a shell",
}
"""Commands of the command line that make no sense in the app, and why."""


def commands_anywhere(place: Place, key_ids: Collection[str], *, blind: bool) -> list[Command]:
    """Return what is offered at a place beside the keys with these ids; less where a blind review is open."""
    return [
        Command(entry.words, f"app.anywhere({index})", also=entry.also)
        for index, entry in enumerate(ENTRIES)
        if _is_offered(entry, place) and not (blind and entry.tells) and not any(key in key_ids for key in entry.keys)
    ]


def _is_offered(entry: Entry, place: Place) -> bool:
    if entry.needs is Needs.RUN:
        return place.run is not None
    return entry.needs is Needs.NOTHING or place.set is not None


def words_of_key(key_id: str) -> str:
    """Return more words that find the command of a key."""
    return " ".join(entry.also for entry in ENTRIES if key_id in entry.keys)


def perform(index: int, navigator: Navigator, place: Place) -> None:
    """Do a command of the table, or show the line of the command line that does it."""
    entry = ENTRIES[index]
    if entry.opens is not None:
        entry.opens(navigator, place)
        return
    line = shell_line(entry.shell, place, program_words(navigator.store.path))
    navigator.app.push_screen(ShellCommandScreen(entry.words, line))


def shell_line(template: str, place: Place, program: Sequence[str]) -> str:
    """Return the command line of a template for the set and the run at hand.

    A run goes by its number. A set whose name is no printable text cannot be pasted, and is left to fill in.
    """
    run, name = place.run, place.set
    values = {
        "run": str(run.number) if run is not None else "RUN",
        "set": shlex.quote(name) if name is not None and name.isprintable() else "SET",
    }
    return f"{shlex.join(program)} {template.format(**values)}"


def stood_for() -> Iterator[str]:
    """Return the commands of the command line that the table knows."""
    for entry in ENTRIES:
        yield from entry.stands_for
    yield from _LEFT_OUT
