"""The review without a screen: `next` shows unread pairs as a reviewer would meet them, `decide` writes decisions.

What `next` showed is recorded, and is what a later decision on the pair was made on. A program decides in the same way; its
decisions are the judgments of a judge of its name and enter no human number.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from uphold.errors import BadUsage
from uphold.formatting import count_noun
from uphold.records.enums import AnswerOrder, Choice, EventKind, JudgmentStatus, Preference, QueueKind, Ruling, ruling
from uphold.records.judgments import Judge, JudgeRef, Judgment
from uphold.records.reviews import OnScreen, PairView, QueueItem, ReviewEvent, format_reasons, new_event_id
from uphold.records.runs import Run
from uphold.records.scripted_review import CHOICES, DecisionInput, ShownPair
from uphold.reviewing.history import History, replay
from uphold.reviewing.presentation import side_a
from uphold.store import judges, judgments, pairs, reviews
from uphold.store import scripted_review as store_calls
from uphold.store.database import Store
from uphold.store.headline_judges import judges_in_order
from uphold.store.shown_pairs import Decider, add_shown
from uphold.workflows.pair_reader import PairReader, ReviewerContext, ReviewMode
from uphold.workflows.queue_drawing import open_queue
from uphold.workflows.review_opening import ReviewOptions, as_packed, open_review


@dataclass(frozen=True, slots=True)
class NextPairs:
    """The next unread pairs of a queue; `unread` counts all of them, those that are not returned too."""

    run: Run
    queue: str
    pairs: tuple[PairView, ...]
    unread: int


@dataclass(frozen=True, slots=True)
class WrittenDecision:
    """A decision as it was written.

    `ruling` and `verdict` compare it with the judge's verdict that it was made on, `verdict` in the words of the choice
    (`a`, `b`, `tie`, `inconsistent`, ...); both are None for a program. `current` is False where the texts have changed
    since the pair was shown, `chosen` is True where no queue gave the pair.
    """

    key: str
    turn: int
    choice: str
    ruling: Ruling | None
    verdict: str | None
    current: bool
    chosen: bool


def next_pairs(store: Store, run: Run, reviewer: str, options: ReviewOptions, count: int = 1) -> NextPairs:
    """Return the reviewer's next unread pairs, skipped ones last, and record them as shown.

    Raises BadUsage for a judge that has not judged the run, or a queue that does not exist.
    """
    session = open_review(store, run, reviewer, options)
    reviewer_id, queue_id = session.writer.reviewer_id, session.writer.queue_id
    unread = session.cursor.unread()
    views = _record_shown(store, session.reader, unread[:count], Decider(reviewer_id=reviewer_id), queue_id)
    return NextPairs(run, options.queue, views, len(unread))


def next_pairs_for_program(store: Store, run: Run, program: str, options: ReviewOptions, count: int = 1) -> NextPairs:
    """Return the pairs that a program has still to decide, in the order of the queue, and record them as shown.

    Raises BadUsage as `next_pairs` does, and where another judge has the program's name.
    """
    program_id = _program_id(store, program)
    judge_list = [judge for judge in judges_in_order(store, run, options.judge)[1] if judge.id != program_id]
    queue_id, items = open_queue(store, run, options.queue, judge_list[0].id if judge_list else None)
    done = store_calls.program_decided(store, run.id, program_id) | reviews.broken_pairs(store, run.id)
    unread = [item for item in items if item.pair_id not in done]
    context = ReviewerContext(run, program, judge_list)
    mode = ReviewMode(as_packed(store, options).blind)
    reader = PairReader(store, context, History(), mode, draws_open=False)
    views = _record_shown(store, reader, unread[:count], Decider(program_id=program_id), queue_id)
    return NextPairs(run, options.queue, views, len(unread))


def _record_shown(
    store: Store, reader: PairReader, items: Sequence[QueueItem], by: Decider, queue_id: int
) -> tuple[PairView, ...]:
    views = tuple(reader.view(item) for item in items)
    if views:
        shown = [
            (view.pair_id, reader.recorded_screen(item, view, OnScreen(view.side_a)), view.reference_id)
            for item, view in zip(items, views, strict=True)
        ]
        with store.writing() as conn:
            add_shown(conn, by, queue_id, shown)
    return views


def decide(
    store: Store, run: Run, reviewer: str, options: ReviewOptions, decisions: Sequence[DecisionInput]
) -> list[WrittenDecision]:
    """Write a reviewer's decisions in one transaction: all of them, or none.

    A decision is made on the pair as `next` last showed it to this reviewer, also where its texts have changed since. A
    pair that was never shown counts as chosen. Raises BadUsage for an unknown choice, key or turn.
    """
    options = as_packed(store, options)
    primary = next(iter(judges_in_order(store, run, options.judge)[1]), None)
    with store.writing() as conn:
        reviewer_id = reviews.add_reviewer(conn, reviewer)
        by = Decider(reviewer_id=reviewer_id)
        history = replay(reviews.reviewer_events(store, run.id, reviewer_id))
        found = _targets(store, run, by, decisions)
        call_id = store_calls.add_call(conn, run.id, by)
        session = reviews.SessionRow(
            run.id, reviewer_id, None, primary.id if primary else None, "blind" if options.blind else "open"
        )
        session_id = reviews.add_session(conn, session)
        written = []
        for decision, target in zip(decisions, found, strict=True):
            screen = _screen(store, run, reviewer, options, primary, target)
            screen = _as_decided(screen, decision, target, history)
            choice = decision.choice_for(screen.side_a)
            for event in _events(decision, choice, target, screen, options):
                saved = reviews.write_event(conn, reviewer_id, session_id, event)
                store_calls.add_call_event(conn, call_id, saved.id, target.shown.id if target.shown else None)
                history.add(saved)
            written.append(
                WrittenDecision(
                    decision.key,
                    target.turn,
                    decision.choice,
                    ruling(choice, screen.verdict),
                    _verdict_in_words(screen, decision),
                    target.current,
                    target.shown is None,
                )
            )
    return written


def decide_as_program(
    store: Store, run: Run, program: str, decisions: Sequence[DecisionInput]
) -> list[WrittenDecision]:
    """Write a program's decisions as judgments of the judge of its name, in one transaction: all of them, or none.

    Raises BadUsage as `decide` does, and where another judge has the program's name.
    """
    with store.writing() as conn:
        program_id = _program_id(store, program, conn)
        by = Decider(program_id=program_id)
        call_id = store_calls.add_call(conn, run.id, by)
        written = []
        for decision, target in zip(decisions, _targets(store, run, by, decisions), strict=True):
            texts = pairs.pair_texts(store, target.pair_id)
            side = side_a(run.seed, texts.key, texts.turn, texts.contents, program)
            choice = decision.choice_for(side)
            judgment = _program_judgment(side, choice, decision)
            judges.record_requested_orders(conn, run.id, program_id, [judgment.order], samples=0)
            judgment_id = judgments.replace_judgment(conn, target.pair_id, program_id, judgment, None)
            store_calls.add_call_judgment(conn, call_id, judgment_id, target.shown.id if target.shown else None)
            written.append(
                WrittenDecision(
                    decision.key, target.turn, decision.choice, None, None, target.current, target.shown is None
                )
            )
    return written


def _program_judgment(side: Preference, choice: Choice, decision: DecisionInput) -> Judgment:
    order = AnswerOrder.CANDIDATE_FIRST if side is Preference.CANDIDATE else AnswerOrder.BASELINE_FIRST
    said = [*(["both bad"] if choice is Choice.BOTH_BAD else []), *decision.reasons, *filter(None, [decision.note])]
    return Judgment(order, JudgmentStatus.READABLE, choice.preference, reason="; ".join(said) or None)


def undo_last(store: Store, run: Run, reviewer: str) -> list[str]:
    """Take back the reviewer's own last act in a run: one of the app's, or a whole call of `decide`.

    Returns the keys of the examples that were touched. Raises BadUsage where there is nothing to take back.
    """
    with store.writing() as conn:
        reviewer_id = reviews.find_reviewer(store, reviewer)
        events = reviews.reviewer_events(store, run.id, reviewer_id) if reviewer_id is not None else []
        done = replay(events).done
        if reviewer_id is None or not done:
            raise BadUsage(f"{reviewer} has done nothing in {run.name!r} that could be taken back")
        together = store_calls.events_of_same_call(store, done[-1].id) or {done[-1].id}
        taken = [event for event in reversed(done) if event.id in together]
        for event in taken:
            undo = ReviewEvent(new_event_id(), EventKind.UNDO, event.pair_id, target_id=event.id)
            reviews.write_event(conn, reviewer_id, None, undo)
    return _keys_of(store, [event.pair_id for event in taken])


def undo_last_of_program(store: Store, run: Run, program: str) -> list[str]:
    """Take back what a program's last call of `decide` wrote; return and raise as `undo_last` does."""
    with store.writing() as conn:
        program_id = store_calls.find_program(store, program)
        last = store_calls.last_call_judgments(store, run.id, program_id) if program_id is not None else []
        if not last:
            raise BadUsage(f"{program} has done nothing in {run.name!r} that could be taken back")
        for judgment_id, _ in last:
            judgments.withdraw_judgment(conn, judgment_id)
    return _keys_of(store, [pair_id for _, pair_id in last])


def _keys_of(store: Store, pair_ids: Sequence[int]) -> list[str]:
    """Return the keys of the examples of some pairs, each once, oldest act first."""
    return list(dict.fromkeys(pairs.pair_texts(store, pair_id).key for pair_id in reversed(pair_ids)))


@dataclass(frozen=True, slots=True)
class _Target:
    """The pair that a decision is on: as `next` showed it last, or (shown is None) the current one."""

    pair_id: int
    turn: int
    current: bool
    shown: ShownPair | None


def _targets(store: Store, run: Run, by: Decider, decisions: Sequence[DecisionInput]) -> list[_Target]:
    found = [_target(store, run, by, decision) for decision in decisions]
    first: dict[int, DecisionInput] = {}
    for decision, target in zip(decisions, found, strict=True):
        if first.setdefault(target.pair_id, decision) is not decision:
            raise BadUsage(
                f"{_place(decision)}{decision.key!r}, turn {target.turn}, is decided twice; keep one of them"
            )
    return found


def _target(store: Store, run: Run, by: Decider, decision: DecisionInput) -> _Target:
    if decision.choice not in CHOICES:
        raise BadUsage(
            f"{_place(decision)}there is no choice {decision.choice!r}; the choices are {', '.join(CHOICES)}"
        )
    shown = store_calls.shown_by_turn(store, run.id, decision.key, by)
    current = {
        turn: pair_id for pair_id, turn, is_current in pairs.find_pairs(store, run.id, decision.key) if is_current
    }
    turns = sorted(shown.keys() | current.keys())
    if not turns:
        raise BadUsage(
            f"{_place(decision)}run {run.name!r} has no pair of an example {decision.key!r}{_some_keys(store, run)}"
        )
    turn = decision.turn or _only_turn(decision, sorted(shown), turns)
    if turn not in turns:
        listed = ", ".join(map(str, turns))
        raise BadUsage(
            f"{_place(decision)}{decision.key!r} has no pair of turn {turn} in {run.name!r}; it has {listed}"
        )
    pair = shown.get(turn)
    if pair is not None:
        return _Target(pair.pair_id, turn, current.get(turn) == pair.pair_id, pair)
    return _Target(current[turn], turn, True, None)


def _only_turn(decision: DecisionInput, shown: Sequence[int], turns: Sequence[int]) -> int:
    """Return the turn that a decision without one is about: the only one that was shown, or that there is."""
    for found in (shown, turns):
        if len(found) == 1:
            return found[0]
    listed = ", ".join(map(str, shown or turns))
    raise BadUsage(f"{_place(decision)}{decision.key!r} has turns {listed}; say which with --turn, or turn in a file")


def _place(decision: DecisionInput) -> str:
    return f"{decision.source}: " if decision.source is not None else ""


def _some_keys(store: Store, run: Run) -> str:
    keys = pairs.first_keys(store, run.id, 5)
    return f"; keys of it: {', '.join(map(repr, keys))}" if keys else ""


def _screen(
    store: Store, run: Run, reviewer: str, options: ReviewOptions, primary: JudgeRef | None, target: _Target
) -> OnScreen:
    """Return what there was to see of a pair when it was decided: what `next` showed, else the pair as it is now."""
    if target.shown is not None:
        return target.shown.screen
    texts = pairs.pair_texts(store, target.pair_id)
    verdict = judgments.read_pair_verdict(store, target.pair_id, primary.id) if primary is not None else None
    return OnScreen(
        side_a(run.seed, texts.key, texts.turn, texts.contents, reviewer),
        "blind" if options.blind else "open",
        verdict_shown=not options.blind,
        judge_id=verdict.judge_id if verdict else None,
        verdict=verdict.verdict if verdict else None,
    )


def _as_decided(screen: OnScreen, decision: DecisionInput, target: _Target, history: History) -> OnScreen:
    """Return the screen with what has been seen since: names, and the verdict after an earlier decision."""
    seen = screen.verdict_shown or target.pair_id in history.verdict_seen
    return replace(screen, names_shown=decision.names_known, verdict_shown=seen)


def _events(
    decision: DecisionInput, choice: Choice, target: _Target, screen: OnScreen, options: ReviewOptions
) -> list[ReviewEvent]:
    """Return the events of a decision: the decision itself, its reasons, its note."""
    queue = target.shown.queue if target.shown is not None else options.queue
    kind = EventKind.ADJUDICATED if queue == QueueKind.DISPUTED else EventKind.DECISION
    reference_id = target.shown.reference_id if target.shown is not None else None
    base = ReviewEvent(
        new_event_id(),
        kind,
        target.pair_id,
        choice,
        shown=screen,
        reference_id=reference_id,
        chosen=target.shown is None,
    )
    events = [base]
    if decision.reasons:
        note = format_reasons(decision.reasons)
        events.append(replace(base, id=new_event_id(), kind=EventKind.REASONS, choice=None, note=note))
    if decision.note:
        events.append(replace(base, id=new_event_id(), kind=EventKind.COMMENT, choice=None, note=decision.note))
    return events


def _verdict_in_words(screen: OnScreen, decision: DecisionInput) -> str | None:
    """Return the verdict as the choice is worded: sides as a and b, or systems."""
    if screen.verdict is None:
        return None
    preferred = screen.verdict.preference
    if preferred is None or preferred is Preference.TIE or decision.names_known:
        return screen.verdict.value
    return "a" if preferred is screen.side_a else "b"


def _program_id(store: Store, name: str, conn: sqlite3.Connection | None = None) -> int:
    """Return the id of a program's judge, added where it is new; within the open transaction of `conn`, if any."""
    if not name.strip():
        raise BadUsage("--as-program needs a name")
    found = store_calls.find_program(store, name)
    if found is not None:
        return found
    if store_calls.is_other_judge(store, name):
        raise BadUsage(f"a judge {name!r} is in this file already and is no program; name the program differently")
    if conn is not None:
        return judges.add_judge(conn, Judge(name, "program"))
    with store.writing() as own:
        return judges.add_judge(own, Judge(name, "program"))


def summary(written: Sequence[WrittenDecision]) -> str:
    """Return a sentence about decisions that were written."""
    parts = [f"{count_noun(len(written), 'decision')} written"]
    chosen, stale = sum(item.chosen for item in written), sum(not item.current for item in written)
    if chosen:
        parts.append(f"{chosen} on pairs that `next` had not shown: chosen, not drawn")
    if stale:
        parts.append(f"{stale} on texts that have changed since they were shown: they do not count")
    return "; ".join(parts)
