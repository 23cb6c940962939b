"""Forgetting an example: no byte of its texts stays in the file or its log, and no number moves."""

from pathlib import Path

import pytest

from support.imports import bring, judged, reviewed, values
from uphold.errors import BadUsage
from uphold.judging.judges import ready_judge
from uphold.records.enums import AnswerOrder, JudgmentStatus
from uphold.records.sets import ExampleEdit, Health, NewExample, SharedText
from uphold.records.texts import ExampleText
from uphold.reports.json_output import statistics_json
from uphold.store.database import Store, open_store
from uphold.store.pair_list import update_index
from uphold.store.responses import unanswered_examples
from uphold.store.sets import find_set, set_hash
from uphold.workflows.claimed_judgments import pair_to_judge
from uphold.workflows.curating import SetEditor, list_examples
from uphold.workflows.forgetting import forget_examples, shared_texts
from uphold.workflows.set_files import export_set
from uphold.workflows.statistics import read_run_statistics

SECRET = "Dana Whitlock"


def traces(store: Store) -> int:
    """How often the name stands in the file and in what lies beside it."""
    files = list(store.path.parent.glob(f"{store.path.name}*"))
    return sum(file.read_bytes().count(SECRET.encode()) for file in files)


@pytest.fixture
def known(store: Store) -> Store:
    """A set in which two examples are about Dana, one of them once; a third has a reference that a fourth has too."""
    about = {
        "instruction": f"Write to {SECRET}.",
        "context": SECRET,
        "response_candidate": f"Dear {SECRET}",
        "reference": SECRET,
    }
    bring(store, judged("a", **about, reason=SECRET), reviewed("a", "baseline", **about, note=SECRET))
    bring(store, judged("b", reference="Yes."), judged("c", reference="Yes."), reviewed("b", reference="Yes."))
    SetEditor(store, "s", "ada").edit("b", ExampleEdit(turns=(f"{SECRET}?",)))
    SetEditor(store, "s", "ada").edit("b", ExampleEdit(turns=("Say b.",)))
    update_index(store)
    return store


def test_no_byte_stays_and_no_number_moves(known: Store) -> None:
    numbers, digest = statistics_json(read_run_statistics(known, None)), set_hash(known, find_set(known, "s"))
    assert traces(known) > 5
    done = forget_examples(known, "s", ["a", "b"], "ada")
    assert (done.purged, traces(known)) == (True, 0)
    assert (done.counts.texts, done.counts.references, done.counts.replies, done.counts.notes) == (3, 1, 1, 1)
    assert statistics_json(read_run_statistics(known, None)) == numbers
    assert set_hash(known, find_set(known, "s")) == digest
    rows = {row.key: row for row in list_examples(known, "s")}
    assert (rows["a"].text, rows["a"].health) == (ExampleText(("",), "", ("",)), (Health.FORGOTTEN,))
    # The reference that another example has too is kept.
    assert rows["c"].text.references == ("Yes.",)
    assert known.explain(ValueError()) is None


def test_what_is_forgotten_is_not_asked_again(known: Store, tmp_path: Path) -> None:
    set_id = find_set(known, "s")
    assert len(unanswered_examples(known, set_id, "other")) == 3
    forget_examples(known, "s", ["a"], "ada")
    assert [one.key for one in unanswered_examples(known, set_id, "other")] == ["b", "c"]
    (pair_id,) = values(known, "SELECT p.id FROM pairs p JOIN examples e ON e.id = p.example_id WHERE e.key = 'a'")
    pair, _ = pair_to_judge(known, pair_id)
    for judgment in (
        ready_judge("anthropic:m", (), None, {}).judge_identical(pair, AnswerOrder.CANDIDATE_FIRST),  # type: ignore[union-attr]
        ready_judge("rules:closer", (), None, {}).judge(pair),  # type: ignore[union-attr]
    ):
        assert judgment is not None
        assert (judgment.status, judgment.problem) == (
            JudgmentStatus.UNREADABLE,
            "the example was forgotten: its texts are blank",
        )
    assert export_set(known, "s", tmp_path / "s.jsonl", "ada").forgotten == 1


def test_the_same_text_in_another_set_is_named_and_blanked_too(known: Store) -> None:
    text = list_examples(known, "s")[0].text
    bring(known, {"key": "x"} | {"instruction": "other"}, set_="t")
    SetEditor(known, "t", "ada").add([NewExample(text, "copy")])
    assert shared_texts(known, "s", ["a"]) == [SharedText("t", "copy")]
    forget_examples(known, "s", ["a"], "ada")
    assert (list_examples(known, "t")[1].text.turns, traces(known)) == (("",), 1)
    with pytest.raises(BadUsage, match="has no example 'z'"):
        forget_examples(known, "s", ["z"], "ada")


def test_while_another_program_reads_the_file_it_says_that_traces_may_stay(known: Store) -> None:
    with open_store(known.path) as other:
        other.conn.execute("BEGIN")
        other.one("SELECT count(*) FROM texts")
        known.conn.execute("PRAGMA busy_timeout=20")
        assert not forget_examples(known, "s", ["a", "b"], "ada").purged
        assert other.one("SELECT count(*) FROM texts WHERE turns LIKE '%Whitlock%'")[0] == 2
    assert forget_examples(known, "s", ["a", "b"], "ada").purged
    assert traces(known) == 0
