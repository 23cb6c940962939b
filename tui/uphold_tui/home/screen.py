"""Runs and eval sets as rows of the start screen."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Static

from uphold.records.runs import Run, RunRow, SetRow
from uphold.records.statistics import MIN_FOR_RATE
from uphold.stats.intervals import wilson
from uphold.workflows.lookup import Home
from uphold_tui import keys, safe_text
from uphold_tui.review.header import HairLine
from uphold_tui.themes import BOLD, DOUBT, FAINT, MUTED, RULE, STRONG, TINT
from uphold_tui.widgets.bars import axis, interval
from uphold_tui.widgets.rows import KeyFooter, SplitRow, clickable, entry, spread


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand, and how wide they are; without room the bars go."""

    name: int
    done: int
    bar: int
    rate: int
    axis: int

    @classmethod
    def fitting(cls, width: int) -> "Columns":
        """Columns for a width: three, or names and words only."""
        if width >= 104:
            spare = max(width - 114, 0)
            return cls(name=42 + spare // 2, done=35, bar=18, rate=width - 77 - spare // 2, axis=22)
        if width >= 60:
            return cls(name=width - 38, done=18, bar=0, rate=20, axis=0)
        return cls(name=max(width - 14, 1), done=14, bar=0, rate=0, axis=0)


def heads(at: Columns) -> Content:
    """The words over the runs."""
    scale = Content.assemble(axis(at.axis), "  ") if at.axis else Content("")
    rate = Content.assemble(scale, _faint("win rate"))
    return _row(at, _faint("candidate against baseline"), _faint("reviewed"), rate)


def set_heads(at: Columns) -> Content:
    """The words over the eval sets."""
    return _row(at, _faint("eval sets"), _faint("examples"), _faint("reviewed"))


def run_block(row: RunRow, at: Columns) -> tuple[Content, Content]:
    """A run on two rows: who, how far and how well; below it the set, the judge and the agreement."""
    run = row.run
    who = Content.assemble(safe_text.line(run.candidate, BOLD), (" against ", FAINT), safe_text.line(run.baseline))
    done = Content.assemble(
        _bar(row, at.bar), (f"{row.reviewed:>5}" if at.bar else f"{row.reviewed}", ""), (f" of {row.pairs}", MUTED)
    )
    first = _row(at, who, done, _rate(row, at))
    pairs = f", {row.pairs} {_plural(row.pairs, 'pair')}" if at.bar or not row.disputed else ""
    where = Content.assemble(safe_text.line(run.set, MUTED), (pairs, MUTED))
    if row.disputed:
        where = Content.assemble(where, (f"   {row.disputed} in dispute", DOUBT))
    return first, _row(at, where, _judge(row, short=not at.bar), _agreement(row))


def _bar(row: RunRow, width: int) -> Content:
    if not width:
        return Content("")
    read = round(width * row.reviewed / row.pairs) if row.pairs else 0
    read = max(read, 1) if row.reviewed else 0
    return Content.assemble(("━" * read, STRONG), ("─" * (width - read), RULE))


def _rate(row: RunRow, at: Columns) -> Content:
    """The win rate of the humans' labels with its interval; below ten the count."""
    n = row.wins + row.ties + row.losses
    if n < MIN_FOR_RATE:
        words = f"{row.wins} {_plural(row.wins, 'win')} of {n}" if n else ""
        return Content.assemble(
            interval(None, None, None, at.axis) if at.axis else "", ("  " if at.axis else "", ""), (words, MUTED)
        )
    low, high = wilson(row.wins, n)
    rate = row.wins / n
    bar = Content.assemble(interval(rate, low, high, at.axis), "  ") if at.axis else Content("")
    return Content.assemble(bar, (f"{round(rate * 100)}", BOLD), (f"  {round(low * 100)}–{round(high * 100)}", MUTED))


def _judge(row: RunRow, *, short: bool) -> Content:
    """Who judged it, and how much of it; `short`: not in which orders."""
    if row.judge is None:
        return Content.styled("not judged", MUTED)
    words = "" if row.judged >= row.pairs else f", {row.judged} of {row.pairs}"
    if row.orders == 1 and not words and not short:
        words = ", one order"
    return Content.assemble(safe_text.line(row.judge, MUTED), (words, MUTED))


def _agreement(row: RunRow) -> Content:
    if row.compared >= MIN_FOR_RATE:
        return Content.styled(f"agreement {round(100 * row.agree / row.compared)}", MUTED)
    if row.reviewed:
        return Content.styled(f"{MIN_FOR_RATE} needed for a rate", MUTED)
    return Content.styled("opinion only" if row.judge is not None else "", MUTED)


def set_row(row: SetRow, at: Columns) -> Content:
    """An eval set on one row."""
    name = safe_text.line(row.name)
    if row.purpose:
        name = Content.assemble(name, "  ", safe_text.running(row.purpose, FAINT))
    examples = f"{row.active} active"
    examples += f", {row.draft} draft" if row.draft else ""
    examples += f", {row.turns} turns" if row.turns > 1 else ""
    people = f" by {row.reviewers} people" if row.reviewers > 1 else ""
    return _row(at, name, _muted(examples), _muted(f"{row.reviewed}{people}"))


def _row(at: Columns, first: Content, second: Content, third: Content) -> Content:
    cells = [_cell(first, at.name), _cell(second, at.done)]
    return Content.assemble(*cells, third if at.rate else "")


def _cell(content: Content, width: int) -> Content:
    cut = content.truncate(max(width - 2, 0), ellipsis=True)
    return Content.assemble(cut, " " * (width - cut.cell_length))


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _faint(words: str) -> Content:
    return Content.styled(words, FAINT)


def _muted(words: str) -> Content:
    return Content.styled(words, MUTED)


_EACH = 3
"""Rows of a run: two, and a blank one."""


_ABOVE = 2
"""Rows over the first run."""


@dataclass(frozen=True, slots=True)
class HomeActions:
    """What the start screen asks the app for: what there is, the review of a run, having one judged, the demo (None: not
    offered), the list of a run's pairs, its numbers, another reviewer."""

    read: Callable[[], Home]
    review: Callable[[Run], None]
    judge: Callable[[Run], None]
    demo: Callable[[], None] | None
    leave: Callable[[], None]
    pairs: Callable[[Run], None]
    figures: Callable[[Run], None]
    who: Callable[[str], None]


class HomeScreen(Screen[None]):
    """Enter reviews the run under the cursor."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = ""
    BINDINGS = keys.bindings(keys.HOME)

    def __init__(self, doors: HomeActions, *, database: str, reviewer: str, keymap: keys.KeyMap) -> None:
        super().__init__()
        self.table = {key.id: key for key in keys.remapped(keys.HOME, keymap)}
        self.doors = doors
        self._database, self._reviewer = database, reviewer
        self.home = Home([], [])
        self.at = 0
        self.header = SplitRow("header")
        self.list = Static(id="list", markup=False)
        self.list.auto_links = False
        self.page = VerticalScroll(self.list, id="page", can_focus=False)
        self.footer = KeyFooter("footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield HairLine("hair")
        yield self.page
        yield self.footer

    def on_screen_resume(self) -> None:
        self.home = self.doors.read()
        self.at = min(self.at, max(len(self.home.runs) - 1, 0))
        self.draw()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < 100, "-narrow")
        self.draw()

    @property
    def first(self) -> bool:
        """Is there nothing at all yet?"""
        return not self.home.runs and not self.home.sets

    def draw(self) -> None:
        """Draw the list, or how to begin."""
        self.set_class(self.first, "-first")
        self._draw_head()
        self.list.update(self._beginning() if self.first else self._listed())
        open_ = [entry(self.table["home.open"], "choose" if self.first else "review")]
        open_ += [entry(self.table[f"home.{name}"]) for name in ("figures", "pairs", "judge") if self.home.runs]
        last = [entry(self.table[f"home.{name}"]) for name in ("help", "quit")]
        self.footer.put([open_ if self.home.runs or self.first else [], last])

    def _draw_head(self) -> None:
        new = ", new" if self.first else ""
        left = Content.assemble(("uphold", BOLD), "   ", safe_text.line(self._database, MUTED), (new, MUTED))
        runs, sets = len(self.home.runs), len(self.home.sets)
        counts = f"{runs} {'run' if runs == 1 else 'runs'}   {sets} {'set' if sets == 1 else 'sets'}"
        who = Content.assemble(("   as ", MUTED), safe_text.line(self._reviewer, MUTED)) if self._reviewer else ""
        self.header.put(left, None if self.first else Content.assemble((counts, MUTED), who))

    def _listed(self) -> Content:
        """Runs and sets as rows; those of the run under the cursor are tinted."""
        margin = 1 if self.has_class("-narrow") else 2
        width = max(self.app.size.width - 2 - 2 * margin, 1)
        columns = Columns.fitting(width)
        rows = [heads(columns), Content("")] if self.home.runs else [self._no_runs(), Content("")]
        for run in self.home.runs:
            rows += [*run_block(run, columns), Content("")]
        if self.home.sets:
            rows += [Content(""), set_heads(columns), Content(""), *(set_row(row, columns) for row in self.home.sets)]
        rows = [self._row(row, width, margin) for row in rows]
        if self.home.runs:
            for place in (_ABOVE + _EACH * self.at, _ABOVE + _EACH * self.at + 1):
                rows[place] = rows[place].stylize_before(TINT)
        return Content("\n").join(rows)

    def _row(self, row: Content, width: int, margin: int) -> Content:
        edge = " " * margin
        return Content.assemble(edge, spread(row, Content(""), width), edge)

    def _no_runs(self) -> Content:
        return Content.assemble(("No run yet.  ", BOLD), ("uphold judge --set NAME compares two systems.", MUTED))

    def _beginning(self) -> Content:
        """A first start: the demo is preselected, so that enter is enough."""
        demo = [
            Content.assemble(("  d   ", BOLD), ("Try it on the demo", BOLD)),
            Content.styled("      pairs that are judged already; offline, no key, two minutes", MUTED),
        ]
        width = min(76, self.app.size.width - 5)
        tinted = [clickable(spread(row, Content(""), width).stylize_before(TINT), "press('home.demo')") for row in demo]
        rows = [
            Content.styled("Nothing to review yet.", BOLD),
            Content(""),
            Content.styled("uphold shows two answers side by side and what a judge thought of them.", MUTED),
            Content.styled("You uphold the judge, or overturn it. From that come numbers you can trust.", MUTED),
            Content(""),
            *([*tinted, Content("")] if self.doors.demo is not None else []),
            Content.styled("From the shell", FAINT),
            Content(""),
            Content.assemble(("uphold import FILE", BOLD), ("   JSONL or CSV, AlpacaEval, MT-Bench, PandaLM", MUTED)),
            Content.assemble(("uphold demo", BOLD), ("          the same, in a file of its own", MUTED)),
        ]
        return Content("\n").join(rows)

    # keys

    def action_open(self) -> None:
        """Review the run under the cursor; at a first start, open the demo."""
        if self.home.runs:
            self.doors.review(self.home.runs[self.at].run)
        elif self.first:
            self.action_demo()

    def action_judge(self) -> None:
        """Have the run under the cursor judged."""
        if self.home.runs:
            self.doors.judge(self.home.runs[self.at].run)

    def action_pairs(self) -> None:
        """List the pairs of the run under the cursor."""
        if self.home.runs:
            self.doors.pairs(self.home.runs[self.at].run)

    def action_figures(self) -> None:
        """The numbers of the run under the cursor."""
        if self.home.runs:
            self.doors.figures(self.home.runs[self.at].run)

    def action_demo(self) -> None:
        """Open the demo, where it is offered."""
        if self.first and self.doors.demo is not None:
            self.doors.demo()

    def action_move(self, step: int) -> None:
        """Up and down the runs."""
        self._go(self.at + step)

    def action_ends(self, end: bool) -> None:
        """The first run, or the last."""
        self._go(len(self.home.runs) - 1 if end else 0)

    def _go(self, place: int) -> None:
        if not self.home.runs:
            return
        self.at = min(max(place, 0), len(self.home.runs) - 1)
        self.draw()
        top = 0 if self.at == 0 else _ABOVE + _EACH * self.at
        self.page.scroll_to_region(Region(0, top, 1, _EACH), animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        """A click puts the cursor on a run; a second one opens it."""
        if self.first or not self.page.region.contains(event.screen_x, event.screen_y):
            return
        place, row = divmod(event.screen_y - self.list.region.y - _ABOVE, _EACH)
        if not 0 <= place < len(self.home.runs) or row == _EACH - 1:
            return
        if place == self.at:
            self.action_open()
        else:
            self._go(place)

    def action_press(self, key_id: str) -> None:
        """A click on a key's name does what the key does."""
        if key_id in self.table:
            self.call_next(self.run_action, self.table[key_id].action)

    def action_help(self) -> None:
        """The keys of this screen."""
        from uphold_tui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("Keys on the start screen", self._offered()))

    def _offered(self) -> list[keys.Key]:
        """The keys that do something now."""
        return [key for key in self.table.values() if self.first or key.id != "home.demo"]

    def action_command(self) -> None:
        """Any command by its name."""
        from uphold_tui.dialogs.commands import CommandScreen, key_commands, theme_commands

        commands = [*key_commands(self._offered()), *theme_commands(self.app)]

        def run(action: str | None) -> None:
            if action is not None:
                self.call_next(self.run_action, action)

        self.app.push_screen(CommandScreen(commands), run)

    def action_who(self) -> None:
        """Review under another name."""
        from uphold_tui.dialogs.ask import WhoScreen

        def named(name: str | None) -> None:
            if name:
                self._reviewer = name
                self.doors.who(name)
                self.draw()

        self.app.push_screen(WhoScreen(self._reviewer), named)

    def action_quit(self) -> None:
        """Leave."""
        self.doors.leave()
