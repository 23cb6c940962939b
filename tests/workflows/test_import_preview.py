"""What a preview shows of files before they are imported, and that it writes nothing."""

from pathlib import Path
from typing import Any

from support.imports import bring, bring_files, compared, dump, judged, write
from uphold.records.import_preview import ImportPreview
from uphold.records.import_request import ImportRequest
from uphold.store.database import Store
from uphold.workflows.import_preview import preview_import, store_for_preview


def preview(store: Store, *paths: Path, whole: bool = False, rows: int = 5, **options: Any) -> ImportPreview:
    *_, last = preview_import(store, ImportRequest(list(paths), **options), whole=whole, rows=rows)
    assert isinstance(last, ImportPreview)
    return last


def test_the_columns_are_shown_with_values_and_what_they_are_taken_for(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "desk.jsonl", *(compared(str(n), tags=["a"], extra={"n": n}) for n in range(7)))
    found = preview(store, path, rows=2, candidate="ft")
    assert (found.format, found.set, found.is_new_set, found.complete) == ("pairs", "desk", True, True)
    assert [(c.name, c.field, c.system) for c in found.columns] == [
        ("key", "key", None),
        ("instruction", "instruction", None),
        ("response_candidate", "response_candidate", None),
        ("response_baseline", "response_baseline", None),
        ("tags", "tags", None),
        ("extra", None, None),
    ]
    assert found.columns[-1].samples == ('{"n": 0}', '{"n": 1}', '{"n": 2}')
    assert [(row.key, row.turns, row.row.responses[0].system) for row in found.rows] == [
        ("0", ("Say 0.",), "ft"),
        ("1", ("Say 1.",), "ft"),
    ]
    assert (found.summary.pairs, found.refusal) == (7, None)


def test_a_refused_file_shows_its_columns_and_the_options_that_take_it(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "desk.jsonl", *({"prompt": f"Say {n}.", "base": f"b {n}", "sft": f"s {n}"} for n in range(3))
    )
    found = preview(store, path)
    assert found.refusal is not None
    assert "would be left out" in found.refusal.sentence
    assert [(column.name, column.field, column.suggested) for column in found.columns] == [
        ("prompt", None, "instruction"),
        ("base", None, "answers of base"),
        ("sft", None, "answers of sft"),
    ]
    request = found.suggested_request
    assert request is not None
    *_, taken = preview_import(store, request)
    assert isinstance(taken, ImportPreview)
    assert (taken.refusal, taken.summary.responses) == (None, 6)


def test_a_head_is_read_unless_everything_is_asked_for(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "desk.jsonl", *(compared(str(n)) for n in range(450)))
    head, whole = preview(store, path), preview(store, path, whole=True)
    assert (head.complete, head.summary.rows) == (False, 200)
    assert (whole.complete, whole.summary.rows, whole.summary.pairs) == (True, 450, 450)


def test_nothing_is_written_and_edits_are_counted(store: Store, tmp_path: Path) -> None:
    bring(store, judged("a"), compared("b"))
    path = write(
        tmp_path / "next.jsonl", compared("a", response_candidate="better"), compared("b", instruction="Sing b.")
    )
    before = dump(store)
    refused = preview(store, path, set="s", whole=True)
    assert refused.refusal is not None
    assert refused.refusal.suggestion is not None
    assert refused.refusal.suggestion.update
    told = preview(store, path, set="s", whole=True, update=True).summary
    assert dump(store) == before
    done = bring_files(store, path, set="s", update=True)
    assert (told.edited, told.replaced, told.pairs, told.responses) == (1, 1, 2, done.responses)
    assert (done.edited, done.replaced, done.pairs) == (1, 1, 2)


def test_rows_of_keys_alone_are_shown_with_the_text_of_the_set(store: Store, tmp_path: Path) -> None:
    bring(store, compared("a", reference="r"), set_="desk")
    found = preview(store, write(tmp_path / "next.jsonl", {"key": "a", "response_candidate": "new"}), candidate="ft-2")
    assert (found.set, found.set_reason, found.is_new_set) == ("desk", "the only set there is", False)
    assert (found.rows[0].turns, found.rows[0].references) == (("Say a.",), ("r",))


def test_a_preview_where_there_is_no_database_makes_none(tmp_path: Path) -> None:
    path = write(tmp_path / "desk.jsonl", compared())
    with store_for_preview(tmp_path / "none.db") as store:
        assert preview(store, path).summary.pairs == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["desk.jsonl"]


def test_a_file_that_is_not_there_is_a_refusal_without_options(store: Store, tmp_path: Path) -> None:
    found = preview(store, tmp_path / "nothing.csv")
    assert found.refusal is not None
    assert "there is no such file" in found.refusal.sentence
    assert (found.refusal.suggestion, found.columns, found.suggested_request) == (None, (), None)


def test_an_encoding_that_a_file_may_be_in_is_suggested(store: Store, tmp_path: Path) -> None:
    for name, text in (("a.csv", "key,instruction\n1,Öffnen Sie früh?\n"), ("b.jsonl", '{"instruction": "früh?"}\n')):
        (tmp_path / name).write_bytes(text.encode("windows-1252"))
        found = preview(store, tmp_path / name)
        assert found.suggested_request is not None
        assert found.suggested_request.encoding == "windows-1252"
        assert preview(store, tmp_path / name, encoding="windows-1252").refusal is None
    (tmp_path / "c.csv").write_bytes("key,instruction\n1,Why?\n".encode("utf-16"))
    assert preview(store, tmp_path / "c.csv").suggested_request == ImportRequest(
        [tmp_path / "c.csv"], encoding="utf-16"
    )


def test_rows_of_unknown_keys_are_refused_where_nothing_can_follow_them(store: Store, tmp_path: Path) -> None:
    short = write(tmp_path / "short.jsonl", *({"key": f"k{n}", "response_candidate": "x"} for n in range(3)))
    found = preview(store, short)
    assert found.refusal is not None
    assert "k0" in found.refusal.sentence
    long = write(tmp_path / "long.jsonl", *({"key": f"k{n}", "response_candidate": "x"} for n in range(200)))
    assert preview(store, long).refusal is None


def test_words_without_an_obvious_meaning_are_listed(store: Store, tmp_path: Path) -> None:
    words = ("oben", "unten", "candidate")
    path = write(tmp_path / "w.jsonl", *(compared(str(n), verdict=word) for n, word in enumerate(words)))
    found = preview(store, path)
    assert found.refusal is not None
    assert (found.refusal.words, found.refusal.suggestion) == ({"verdict": ("oben", "unten")}, None)
    given = {"verdict": {"oben": "candidate", "unten": "tie"}}
    assert preview(store, path, words=given).refusal is None
