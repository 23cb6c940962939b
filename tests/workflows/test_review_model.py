"""A review session against a simple model: acts on a pile, what was taken back on another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from support.examples import examples
from support.imports import bring, compared, judged, reviewed
from support.sessions import on_screen
from support.stores import new_store
from uphold.records.enums import Choice, EventKind, Verdict, ruling
from uphold.reviewing.receipts import Receipt, Refusal
from uphold.store.database import open_store
from uphold.store.runs import all_runs
from uphold.workflows.review_opening import open_review
from uphold.workflows.review_session import ReviewSession

IMPORTED = {"c": Choice.TIE}

VERDICTS = {"a": "candidate", "b": "tie", "c": "baseline", "d": None}

KEYS = "abcdef"


@dataclass
class Model:
    """Acts in force, oldest first, and those taken back; an act is (number, kind, key, choice, note)."""

    done: list[tuple[int, EventKind, str, Choice | None, str | None]] = field(default_factory=list)
    undone: list[tuple[int, EventKind, str, Choice | None, str | None]] = field(default_factory=list)
    count: int = 0

    def act(self, kind: EventKind, key: str, choice: Choice | None = None, note: str | None = None) -> None:
        self.count += 1
        self.done.append((self.count, kind, key, choice, note))
        self.undone.clear()

    def of(self, key: str, *kinds: EventKind) -> list[tuple[int, EventKind, str, Choice | None, str | None]]:
        return [act for act in self.done if act[2] == key and act[1] in kinds]

    def choice(self, key: str) -> Choice | None:
        said = self.of(key, EventKind.DECISION)
        return said[-1][3] if said else IMPORTED.get(key)

    def broken(self, key: str) -> bool:
        return [act[1] for act in self.of(key, EventKind.BROKEN, EventKind.UNBROKEN)][-1:] == [EventKind.BROKEN]

    def flagged(self, key: str) -> bool:
        return [act[1] for act in self.of(key, EventKind.FLAG, EventKind.UNFLAG)][-1:] == [EventKind.FLAG]

    def comment(self, key: str) -> str | None:
        return ([act[4] for act in self.of(key, EventKind.COMMENT)] or [None])[-1] or None

    def skipped(self, key: str) -> int:
        """When it was last skipped; 0 where it waits no longer."""
        skips = self.of(key, EventKind.SKIP)
        return skips[-1][0] if skips and self.choice(key) is None else 0

    def unread(self, key: str) -> bool:
        return self.choice(key) is None and not self.broken(key)

    def following(self, order: list[str], here: str | None) -> str | None:
        """The unread key after `here`, going round; skipped ones last, in the order in which they were skipped."""
        at = order.index(here) + 1 if here is not None else 0
        round_ = order[at:] + order[:at]
        fresh = [key for key in round_ if self.unread(key) and not self.skipped(key)]
        waiting = sorted((key for key in order if self.unread(key) and self.skipped(key)), key=self.skipped)
        others = [key for key in waiting if key != here] or waiting
        since = self.skipped(here) if here is not None else 0
        later = [key for key in others if self.skipped(key) > since]
        return next(iter([*fresh, *later, *others]), None)


class Reviewing(RuleBasedStateMachine):
    """Ada reviews six pairs; every rule is a key."""

    @initialize()
    def open_file(self) -> None:
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "x.db"
        with new_store(self.path) as store:
            rows = [judged(key, verdict=verdict) | {"verdict": verdict} for key, verdict in VERDICTS.items()]
            bring(store, *rows, compared("e"), compared("f"), reviewed("c", review="tie"))
            with store.writing() as conn:
                conn.execute("UPDATE sets SET seed = 'the same each time'")
        self.model = Model()
        self.store = open_store(self.path)
        self.session = self._opened()
        self.order = [item.key for item in self.session.cursor.items]

    def _opened(self) -> ReviewSession:
        return open_review(self.store, all_runs(self.store)[0], reviewer="ada")

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @property
    def key(self) -> str:
        assert self.session.current is not None
        return self.session.current.key

    def _went_on(self, before: str) -> None:
        assert self.key == (self.model.following(self.order, before) or before)

    def _decided(self, make: Callable[[], object], choice: Choice) -> None:
        key, verdict = self.key, self.session.verdict
        receipt = make()
        assert isinstance(receipt, Receipt)
        assert (receipt.kind, receipt.key, receipt.choice) == (EventKind.DECISION, key, choice)
        assert receipt.ruling is ruling(choice, verdict)
        self.model.act(EventKind.DECISION, key, choice)
        self._went_on(key)

    @rule(choice=st.sampled_from(Choice))
    def decide(self, choice: Choice) -> None:
        self._decided(lambda: self.session.decide(choice, on_screen(self.session), 1.5), choice)

    @rule()
    def uphold(self) -> None:
        word = VERDICTS.get(self.key)
        if word is None:
            assert isinstance(self.session.uphold(on_screen(self.session)), Refusal)
        else:
            self._decided(lambda: self.session.uphold(on_screen(self.session)), Choice(word))

    @rule()
    def skip(self) -> None:
        key = self.key
        outcome = self.session.skip(on_screen(self.session))
        assert isinstance(outcome, Refusal) == (self.model.choice(key) is not None)
        if isinstance(outcome, Receipt):
            self.model.act(EventKind.SKIP, key)
            self._went_on(key)

    @rule()
    def skip_all_that_are_left(self) -> None:
        for number in range(1, len(KEYS) + 1):
            self.session.go_to(number)
            if self.model.unread(self.key) and not self.model.skipped(self.key):
                self.skip()

    @rule()
    def flag(self) -> None:
        key = self.key
        kind = EventKind.UNFLAG if self.model.flagged(key) else EventKind.FLAG
        assert self.session.flag(on_screen(self.session)) == Receipt(
            kind, self.session.cursor.items[self.session.index].pair_id, key
        )
        self.model.act(kind, key)
        assert self.key == key

    @rule()
    def broken(self) -> None:
        key, was = self.key, self.model.broken(self.key)
        self.session.broken(on_screen(self.session))
        self.model.act(EventKind.UNBROKEN if was else EventKind.BROKEN, key)
        if was:
            assert self.key == key
        else:
            self._went_on(key)

    @rule(note=st.sampled_from(["", "hm", "\x1b[31m", "zwei\nZeilen"]))
    def comment(self, note: str) -> None:
        key = self.key
        self.session.comment(note, on_screen(self.session))
        self.model.act(EventKind.COMMENT, key, None, note)
        assert self.key == key

    @rule()
    def undo(self) -> None:
        outcome = self.session.undo()
        assert isinstance(outcome, Refusal) == (not self.model.done)
        if isinstance(outcome, Receipt):
            act = self.model.done.pop()
            self.model.undone.append(act)
            assert (outcome.target_kind, outcome.key, self.key) == (act[1], act[2], act[2])

    @rule()
    def redo(self) -> None:
        outcome = self.session.redo()
        assert isinstance(outcome, Refusal) == (not self.model.undone)
        if isinstance(outcome, Receipt):
            act = self.model.undone.pop()
            self.model.done.append(act)
            assert (outcome.target_kind, outcome.key, self.key) == (act[1], act[2], act[2])

    @rule(number=st.integers(-1, len(KEYS) + 2))
    def jump(self, number: int) -> None:
        before = self.session.index
        there = 1 <= number <= len(KEYS)
        assert self.session.go_to(number) is there
        assert self.session.index == (number - 1 if there else before)

    @rule()
    def go_to_the_next_unread(self) -> None:
        key = self.key
        following = self.model.following(self.order, key)
        assert self.session.go_unread() is (following is not None)
        assert self.key == (following or key)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.path)
        self.session = self._opened()
        assert self.key == (self.model.following(self.order, None) or self.order[0])

    @invariant()
    def every_pair_stands_as_the_model_says(self) -> None:
        for key, item in zip(self.order, self.session.cursor.items, strict=True):
            stand = self.session.history.state_of(item.pair_id)
            assert (stand.decision.choice if stand.decision else None) is self.model.choice(key)
            assert stand.flagged is self.model.flagged(key)
            assert stand.broken is self.model.broken(key) is self.session.is_broken(item.pair_id)
            assert stand.comment == self.model.comment(key)
            assert (stand.skipped and stand.decision is None) is bool(self.model.skipped(key))

    @invariant()
    def progress_and_file_say_the_same(self) -> None:
        progress = self.session.progress
        read = {key: choice for key in KEYS if (choice := self.model.choice(key)) is not None}
        assert (progress.total, progress.read) == (len(KEYS), len(read))
        assert progress.upheld + progress.overturned + progress.decided == len(read)
        assert progress.skipped == sum(bool(self.model.skipped(key)) for key in KEYS)
        assert self.session.finished is (self.model.following(self.order, None) is None)
        said = self.store.rows(
            "SELECT e.key, d.choice FROM current_decisions d JOIN pairs p ON p.id = d.pair_id"
            " JOIN examples e ON e.id = p.example_id"
        )
        assert {key: Choice(choice) for key, choice in said} == read
        broken = self.store.rows(
            "SELECT e.key FROM broken_pairs b JOIN pairs p ON p.id = b.pair_id JOIN examples e ON e.id = p.example_id"
        )
        assert {row[0] for row in broken} == {key for key in KEYS if self.model.broken(key)}

    @invariant()
    def the_trail_is_what_was_done(self) -> None:
        trail = self.session.trail(3)
        assert [(one.kind, one.key, one.choice) for one in trail] == [
            (kind, key, choice) for _, kind, key, choice, _ in self.model.done[-3:][::-1]
        ]


Reviewing.TestCase.settings = settings(max_examples=examples(40), stateful_step_count=30)

TestReviewing = Reviewing.TestCase


def test_a_verdict_that_cannot_be_upheld_says_which_keys_decide(tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring(store, judged() | {"verdict": None})
        session = open_review(store, all_runs(store)[0], reviewer="ada")
        assert session.verdict is Verdict.UNREADABLE
        assert session.uphold(on_screen(session)) == Refusal("nothing to uphold: a b t 4")
