"""What holds for any file: a second time adds nothing, bad rows leave no trace, and an import is taken back whole."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.examples import examples
from support.imports import added, bring, dump, values
from support.stores import new_store
from uphold.errors import BadFile, BadUsage
from uphold.store.database import Store
from uphold.store.imports import drop_import

WORDS = st.sampled_from(["candidate", "baseline", "tie"])

ROW = st.fixed_dictionaries(
    {
        "key": st.sampled_from("ab"),
        "candidate": st.sampled_from(["x", "x", "z", "reference"]),
        "baseline": st.sampled_from(["y", "y", "reference"]),
    },
    optional={
        "turns": st.sampled_from([["one"], ["eins"], ["one", "two"], ["one", "zwei"]]),
        "context": st.just("c"),
        "reference": st.sampled_from(["r", ["r", "s"]]),
        "tags": st.lists(st.sampled_from("st"), max_size=2),
        "response_candidate": st.sampled_from(["p", "q", "r", ["p", "q"], ["p", "p"], ["r", "s"]]),
        "response_baseline": st.sampled_from(["p", "q", "r", ["p", "q"], ["p", "p"], ["r", "s"]]),
        "turn": st.integers(1, 2),
        "judge": st.sampled_from("jk"),
        "verdict": WORDS | st.none(),
        "order": st.sampled_from(["candidate-first", "baseline-first"]),
        "reviewer": st.sampled_from(["ada", "ben"]),
        "review": WORDS | st.just("both-bad"),
    },
)

FILE = st.lists(ROW, min_size=1, max_size=8)

QUICK = settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def with_one_text_a_key(file: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an update, all with the first text that stands there for their key, or with none.

    A file that edits one example back and forth means another text each time it is read.
    """
    texts: dict[str, dict[str, Any]] = {}
    made = []
    for row in file:
        said = {name: row[name] for name in ("turns", "context", "reference") if name in row}
        rest = {name: value for name, value in row.items() if name not in said}
        made.append(rest | texts.setdefault(row["key"], said) if "turns" in said else rest)
    return made


def sound(store: Store) -> bool:
    checks = values(store, "PRAGMA integrity_check"), store.rows("PRAGMA foreign_key_check").fetchall()
    return checks == (["ok"], [])


@QUICK
@given(FILE, FILE, st.booleans())
def test_a_file_imported_twice_adds_nothing_and_bad_rows_leave_no_trace(
    before: list[dict[str, Any]], file: list[dict[str, Any]], update: bool
) -> None:
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        new_store(Path(one, "x.db")) as store,
        new_store(Path(other, "x.db")) as plain,
    ):
        for each in (store, plain):
            bring(each, *before, skip_bad=True)
        if update:
            file = with_one_text_a_key(file)
        first = bring(store, *file, skip_bad=True, update=update)
        assert sound(store)
        held = dump(store)
        again = bring(store, *file, skip_bad=True, update=update)
        assert (added(again), again.number) == ({}, None)
        assert dump(store) == held
        # The file without its bad rows brings the same.
        bad = {skipped.source.line for skipped in first.skipped}
        good = [row for number, row in enumerate(file, 1) if number not in bad]
        if good:
            assert added(bring(plain, *good, update=update)) == added(first)


@QUICK
@given(FILE, FILE, st.booleans())
def test_an_import_is_taken_back_whole(before: list[dict[str, Any]], file: list[dict[str, Any]], update: bool) -> None:
    with TemporaryDirectory() as folder, new_store(Path(folder, "x.db")) as store:
        bring(store, *before, skip_bad=True)
        held = dump(store)
        number = bring(store, *file, skip_bad=True, update=update).number
        assume(number is not None)
        assert number is not None
        drop_import(store, number)
        assert dump(store) == held


@QUICK
@given(st.lists(st.tuples(FILE, st.booleans()), min_size=2, max_size=4), st.data())
def test_whichever_import_is_taken_back_the_file_stays_sound(
    files: list[tuple[list[dict[str, Any]], bool]], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, new_store(Path(folder, "x.db")) as store:
        numbers = [bring(store, *rows, skip_bad=True, update=update).number for rows, update in files]
        for number in data.draw(st.permutations([one for one in numbers if one is not None])):
            held = dump(store)
            try:
                drop_import(store, number)
            except BadUsage:
                assert dump(store) == held
            assert sound(store)
            # What every reader relies on can still be asked for.
            for view in ("current_pairs", "verdicts", "human_labels", "win_loss", "readable_pairs"):
                assert values(store, f"SELECT count(*) FROM {view}")


@QUICK
@given(FILE, st.booleans())
def test_a_file_that_cannot_be_taken_whole_leaves_nothing(file: list[dict[str, Any]], update: bool) -> None:
    with TemporaryDirectory() as folder, new_store(Path(folder, "x.db")) as store:
        held = dump(store)
        refused = _refused(store, file, update)
        if refused is None:
            assert not bring(store, *file, update=update, skip_bad=True).skipped
        else:
            assert refused.startswith("rows.jsonl:")
            assert dump(store) == held


def _refused(store: Store, file: list[dict[str, Any]], update: bool) -> str | None:
    """What an import says where it refuses a file."""
    try:
        bring(store, *file, update=update)
    except BadFile as error:
        return str(error)
    return None
