"""A set as a bundle in another database: the same hashes, events and numbers, once however often it is imported."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.command_line import data, done, told, uphold
from support.imports import bring, bring_files, compared, dump, judged, reviewed, values, write
from support.sessions import on_screen
from support.stores import new_store
from uphold.records.enums import Choice
from uphold.store.database import Store, open_store
from uphold.workflows.lookup import find_run
from uphold.workflows.review_opening import ReviewOptions, open_review


def lived_in(folder: Path) -> Path:
    """A set that much was done with: rules and imported judges, two runs with carried decisions, open, blind and repeated
    sessions, undone acts, a broken pair, a flag, an older reference, a draft, a retired example, settings and a plan."""
    path = folder / "x.db"
    rows = [judged(f"k{number:02}", reason="why", reference="k says", tags=["x"]) for number in range(20)]
    with new_store(path) as store:
        bring_files(store, write(folder / "s.jsonl", *rows))
        bring(
            store,
            reviewed("k03", "tie", note="hm"),
            {**compared("k04"), "reviewer": "ada", "review": "baseline"},
            set_="s",
        )
        sit(store, "mira", ReviewOptions())
        sit(store, "ada", ReviewOptions(blind=True))
        bring(store, *(compared(f"k{number:02}", candidate="twin") for number in range(10)), set_="s")
        with store.writing() as conn:
            conn.execute(
                """UPDATE judgments SET criteria = '{"tone": "tie"}', input_tokens = 7, cost = 0.5 WHERE id = 1"""
            )
            conn.execute("UPDATE judges SET fence = 'abcdefgh'")
    for command in (
        ["judge", "1", "--judge", "rules:closer"],
        ["set", "purpose", "s", "to see"],
        ["set", "floor", "s", ".75"],
        ["set", "pin", "s", "rules:closer"],
        ["set", "edit", "s", "k05", "--reference", "another"],
        ["set", "retire", "s", "k06"],
        ["next", "1", "--reviewer", "eve", "--count", "2"],
        ["decide", "2", "k02", "tie", "--reviewer", "eve"],
        ["set", "add", "s", "--key", "later", "--instruction", "Not yet", "--draft"],
    ):
        found = uphold(folder, *command)
        assert found.returncode in (0, 4), (command, found.stderr)
    return path


def sit(store: Store, reviewer: str, options: ReviewOptions) -> None:
    """A session with every kind of act."""
    session = open_review(store, find_run(store, "1"), reviewer, options)
    session.plan(15)
    for number in range(12):
        session.decide(list(Choice)[number % 4], on_screen(session), 1.5)
        session.go_unread()
    session.comment("look", on_screen(session))
    session.flag(on_screen(session))
    session.decide(Choice.TIE, on_screen(session), 2.0)
    session.undo()
    session.undo()
    session.redo()
    session.go_unread()
    session.skip(on_screen(session))
    session.go_unread()
    session.broken(on_screen(session))
    session.settle()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such a set, with its bundle."""
    folder = tmp_path_factory.mktemp("bundle")
    lived_in(folder)
    done(folder, "export", "uphold", "--set", "s", "-o", "s.uphold")
    return folder


def brought(source: Path, folder: Path) -> Path:
    """A new database that the bundle was imported into."""
    done(folder, "import", source / "s.uphold")
    return folder / "x.db"


FACTS = {
    "set": "SELECT name, seed FROM sets",
    "settings": "SELECT kind, value FROM set_values ORDER BY 1",
    "examples": "SELECT e.key, e.status, t.hash, r.hash FROM examples e JOIN texts t ON t.id = e.text_id"
    " LEFT JOIN reference_texts r ON r.id = e.reference_id ORDER BY 1",
    "tags": "SELECT e.key, t.tag FROM tags t JOIN examples e ON e.id = t.example_id ORDER BY 1, 2",
    "pairs": "SELECT r.name, e.key, p.turn, p.contents FROM current_pairs p JOIN runs r ON r.id = p.run_id"
    " JOIN examples e ON e.id = p.example_id ORDER BY 1, 2, 3",
    "judges": "SELECT name, version, kind, definition, takes_reference, fence FROM judges ORDER BY 1",
    "orders": "SELECT r.name, g.name, o.answer_order, o.samples FROM judge_orders o JOIN runs r ON r.id = o.run_id"
    " JOIN judges g ON g.id = o.judge_id ORDER BY 1, 2, 3",
    "judgments": "SELECT p.contents, r.name, g.name, j.answer_order, j.sample, j.purpose, j.status, j.verdict, j.preference,"
    " j.confidence, j.reason, j.raw, j.problem, j.criteria, j.input_tokens, j.cost,"
    " j.created_at, x.hash FROM judgments j JOIN current_pairs p ON p.id = j.pair_id"
    " JOIN runs r ON r.id = p.run_id JOIN judges g ON g.id = j.judge_id LEFT JOIN reference_texts x ON x.id = j.reference_id"
    " WHERE j.superseded_by IS NULL ORDER BY 1, 2, 3, 4, 5",
    "verdicts": "SELECT p.contents, r.name, g.name, v.verdict FROM verdicts v JOIN current_pairs p ON p.id = v.pair_id"
    " JOIN runs r ON r.id = p.run_id JOIN judges g ON g.id = v.judge_id ORDER BY 1, 2, 3",
    "events": "SELECT v.id, v.kind, p.contents, w.name, v.choice, v.undone, v.target_id, v.source, v.side_a, v.mode,"
    " v.verdict_shown, v.names_shown, g.name, v.verdict, f.hash, v.seconds, v.created_at, v.note, v.chosen, s.mode, q.kind"
    " FROM events v JOIN current_pairs p ON p.id = v.pair_id JOIN reviewers w ON w.id = v.reviewer_id"
    " LEFT JOIN judges g ON g.id = v.judge_id LEFT JOIN reference_texts f ON f.id = v.reference_id"
    " LEFT JOIN sessions s ON s.id = v.session_id LEFT JOIN queues q ON q.id = s.queue_id ORDER BY v.seq",
    "labels": "SELECT p.contents, r.name, h.label, h.votes FROM human_labels h JOIN current_pairs p ON p.id = h.pair_id"
    " JOIN runs r ON r.id = p.run_id ORDER BY 1, 2",
    "queues": "SELECT q.kind, p.contents, i.stratum, i.weight, i.sort_key, i.draw FROM queue_items i"
    " JOIN queues q ON q.id = i.queue_id JOIN current_pairs p ON p.id = i.pair_id ORDER BY q.kind, i.position",
    "shown": "SELECT p.contents, q.kind, w.name, s.side_a, s.mode, s.verdict_shown, s.names_shown, g.name, s.verdict, f.hash,"
    " s.source, s.created_at FROM shown_pairs s JOIN current_pairs p ON p.id = s.pair_id JOIN queues q ON q.id = s.queue_id"
    " LEFT JOIN reviewers w ON w.id = s.reviewer_id LEFT JOIN judges g ON g.id = s.judge_id"
    " LEFT JOIN reference_texts f ON f.id = s.reference_id ORDER BY s.id",
    "plans": "SELECT w.name, p.planned, p.reviewed, p.created_at FROM plans p JOIN reviewers w ON w.id = p.reviewer_id"
    " ORDER BY p.id",
}


@pytest.mark.parametrize("what", FACTS)
def test_everything_is_as_it_was(source: Path, tmp_path: Path, what: str) -> None:
    both = []
    for path in (source / "x.db", brought(source, tmp_path)):
        with open_store(path) as store:
            both.append(store.rows(FACTS[what]).fetchall())
    assert both[0]
    assert both[1] == both[0]


def test_the_set_has_lived_as_the_test_wants_it(source: Path) -> None:
    with open_store(source / "x.db") as store:
        kinds = set(values(store, "SELECT kind FROM events"))
        assert kinds >= {"decision", "carried", "skip", "flag", "comment", "broken", "undo", "redo"}
        assert values(store, "SELECT count(*) FROM events WHERE undone") != [0]
        assert set(values(store, "SELECT mode FROM sessions")) == {"open", "blind"}
        assert len(values(store, "SELECT DISTINCT reference_id FROM events WHERE reference_id IS NOT NULL")) == 1


def test_every_number_of_every_run_is_the_same(source: Path, tmp_path: Path) -> None:
    brought(source, tmp_path)
    for run in ("1", "2"):
        one, two = (data(folder, "stats", run, "--full") for folder in (source, tmp_path))
        left_out = {name: one["human"].pop(name) - two["human"].pop(name) for name in ("stale", "retired")}
        assert left_out == {"stale": 0, "retired": 1}
        assert one == two


def test_a_second_import_adds_nothing(source: Path, tmp_path: Path) -> None:
    with open_store(brought(source, tmp_path)) as store:
        before = dump(store)
        again = bring_files(store, source / "s.uphold")
        assert (again.number, again.already_there > 70) == (None, True)
        assert dump(store) == before


def test_the_exported_bundle_of_what_was_imported_is_the_same_file(source: Path, tmp_path: Path) -> None:
    brought(source, tmp_path)
    done(tmp_path, "export", "uphold", "--set", "s", "-o", "again.uphold")
    assert (tmp_path / "again.uphold").read_text() == (source / "s.uphold").read_text()


def test_it_is_taken_back_as_a_whole(source: Path, tmp_path: Path) -> None:
    path = brought(source, tmp_path)
    done(tmp_path, "imports", "drop", "1")
    with open_store(path) as store:
        left = {name: len(rows) for name, rows in dump(store).items() if rows and name not in ("about", "search_marks")}
    assert left == {}


def test_the_first_database_knows_all_of_it_too(source: Path) -> None:
    found = data(source, "import", "s.uphold")
    assert (found["pairs"], found["judgments"], found["reviews"]) == (0, 0, 0)


def test_a_run_comes_with_those_that_decisions_were_carried_from(source: Path, tmp_path: Path) -> None:
    found = uphold(source, "export", "uphold", "2", "-o", tmp_path / "run.uphold")
    assert "decisions were carried from candidate-vs-baseline: exported too" in found.stderr
    done(tmp_path, "import", tmp_path / "run.uphold")
    assert [one["run"] for one in data(tmp_path, "runs")] == ["candidate-vs-baseline", "twin-vs-baseline"]


def test_the_order_is_that_of_the_set_and_another_seed_here_is_told(source: Path, tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring(store, compared("k00", reference="k says"), set_="s")
    found = data(tmp_path, "import", source / "s.uphold")
    assert [one["what"] for one in found["odd"]] == [
        "the set here has another seed: reading order and sides are not those of the file"
    ]
    with open_store(tmp_path / "x.db") as store:
        assert values(store, "SELECT count(*) FROM set_values") == [0]


def test_a_verdict_that_is_here_stays_and_the_other_is_told(source: Path, tmp_path: Path) -> None:
    with new_store(tmp_path / "x.db") as store:
        bring(store, judged("k00", "tie", reference="k says"), set_="s")
    found = data(tmp_path, "import", source / "s.uphold")
    assert "the judge says tie here, and candidate in the file; what is here stays" in [
        one["what"] for one in found["odd"]
    ]
    with open_store(tmp_path / "x.db") as store:
        assert values(store, "SELECT verdict FROM judgments WHERE pair_id = 1 AND judge_id = 1") == ["tie"]


def test_a_dry_run_counts_what_would_be_added_and_writes_nothing(source: Path, tmp_path: Path) -> None:
    names = ("examples", "pairs", "judgments", "reviews")
    before = data(tmp_path, "import", source / "s.uphold", "--dry-run")
    assert not (tmp_path / "x.db").exists()
    brought_in = data(tmp_path, "import", source / "s.uphold")
    assert [before[name] for name in names] == [brought_in[name] for name in names]
    after = data(tmp_path, "import", source / "s.uphold", "--dry-run")
    assert [after[name] for name in names] == [0, 0, 0, 0]


# Bundles that were changed.


def changed(source: Path, folder: Path, change: Callable[[dict[str, Any]], None], kind: str, place: int = 0) -> Path:
    """The bundle with one of its lines changed."""
    lines = [json.loads(line) for line in (source / "s.uphold").read_text().splitlines()]
    change([line[kind] for line in lines if kind in line][place])
    return write(folder / "changed.uphold", *lines)


def setting(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda line: line.update({name: value})


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        ("uphold", "bundle", 2, "a bundle of version the number 2, and this uphold reads version 1"),
        ("uphold", "set", [], "set must be an object, found a list"),
        ("pair", "contents", "0" * 64, "contents is not the hash of this pair's texts: the file was changed"),
        ("pair", "response_candidate", ["other"], "contents is not the hash"),
        ("pair", "number", 7, "number is 7, and the next one is 0: lines are missing or in disorder"),
        ("pair", "run", 9, "run is 9, and no earlier line has that number"),
        ("judge", "version", "0" * 64, "the version is not that of this definition: the file was changed"),
        ("judgment", "pair", 900, "pair is 900, and no earlier line has that number"),
        ("judgment", "verdict", None, "a judgment has a verdict if its status is readable, and only then"),
        ("judgment", "verdict", "B", 'verdict must be candidate or baseline or tie, found the text "B"'),
        ("judgment", "confidence", 7, "confidence must be from 0 to 1, found the number 7"),
        ("judgment", "at", "yesterday", 'at must be a time such as .*, found the text "yesterday"'),
        ("judgment", "sample", -1, "sample must be a whole number from 0, found the number -1"),
        ("reference", "turns", ["other"], "the hash is not that of these turns: the file was changed"),
        ("event", "id", "x", 'id must be 32 to 64 hex digits in lower case, found the text "x"'),
        ("event", "kind", "bribe", 'kind must be decision or .*, found the text "bribe"'),
        ("event", "choice", None, "an event of kind decision has a choice"),
        ("event", "target_id", "0" * 32, "an event of kind decision has no target_id"),
        ("event", "reference", "0" * 64, "no earlier line has the reference 000000000000"),
        ("event", "session", 99, "session is 99, and no earlier line has that number"),
        ("place", "weight", 0, "weight must be above 0, found the number 0.0"),
        ("session", "mode", "half", 'mode must be open or blind, found the text "half"'),
        ("plan", "planned", 0, "planned must be a whole number from 1"),
    ],
)
def test_a_bundle_that_was_changed_is_refused_with_its_line(
    source: Path, tmp_path: Path, kind: str, name: str, value: Any, said: str
) -> None:
    path = changed(source, tmp_path, setting(name, value), kind)
    found = told(tmp_path, "import", path)
    assert re.search(rf"^changed\.uphold:\d+: {said}", found), found
    assert not (tmp_path / "x.db").exists()


def test_an_event_that_says_something_else_under_a_known_id_is_refused(source: Path, tmp_path: Path) -> None:
    brought(source, tmp_path)
    path = changed(source, tmp_path, setting("choice", "both-bad"), "event")
    assert "says something else here: the file was changed" in told(tmp_path, "import", path)


def test_taking_back_what_somebody_else_did_is_refused(source: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in (source / "s.uphold").read_text().splitlines()]
    undo = next(line["event"] for line in lines if line.get("event", {}).get("kind") == "undo")
    undo["reviewer"] = "somebody else"
    found = told(tmp_path, "import", write(tmp_path / "c.uphold", *lines))
    assert "takes back an event of another reviewer or pair: the file was changed" in found


def test_lines_that_are_no_facts_are_told(source: Path, tmp_path: Path) -> None:
    first = json.loads((source / "s.uphold").read_text().splitlines()[0])
    found = told(tmp_path, "import", write(tmp_path / "c.uphold", first, {"secret": {}}))
    assert found.startswith("c.uphold:2: a line must be an object with one of example, run, pair, ")


def test_two_bundles_at_once_are_told(source: Path, tmp_path: Path) -> None:
    one = source / "s.uphold"
    two = write(tmp_path / "t.uphold", *(json.loads(line) for line in one.read_text().splitlines()))
    assert "bundles are imported one by one, and here are 2" in told(tmp_path, "import", one, two)
