"""A pack: a database with what another reviewer needs, and of a blind one no byte that tells what judges and people said."""

import sqlite3
from contextlib import closing

import pytest

from support.imports import bring, compared, dump, give_guidelines, judged, values
from support.packs import SECRETS, pack, read_pack, run_with_secrets
from support.sessions import on_screen
from uphold.errors import BadUsage
from uphold.records.packs import Share
from uphold.reports.json_output import statistics_json
from uphold.store.database import Store, open_store
from uphold.store.runs import all_runs
from uphold.workflows.packing import PackRequest, pack_run, parse_share
from uphold.workflows.review_opening import ReviewOptions, make_run, open_review
from uphold.workflows.statistics import read_run_statistics


def test_a_blind_pack_has_no_byte_of_what_the_judge_and_others_said(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store, blind=True, reviewer="bob").path
    read_pack(path, "bob", 2)
    data = b"".join(file.read_bytes() for file in path.parent.glob("pack.db*"))
    assert [secret for secret in SECRETS if secret.encode() in data] == []
    here = b"".join(file.read_bytes() for file in path.parent.glob("new.db*"))
    assert [secret for secret in SECRETS if secret.encode() not in here] == []
    with open_store(path) as there:
        told = {"judges", "judgments", "verdicts", "judge_orders", "judge_specs", "imports", "set_acts", "plans"}
        assert {name: rows for name, rows in dump(there).items() if name in told and rows} == {}


def test_an_open_pack_has_the_same_statistics(store: Store) -> None:
    run_with_secrets(store, 30)
    read_pack(store.path, "bob", 22)
    path = pack(store).path
    with open_store(path) as there:
        here, packed = (statistics_json(read_run_statistics(one, None)) for one in (store, there))
    assert packed == here
    assert here["human"]["reviewed"] > 22
    assert here["judges"][0]["assisted"]["state"] != "refused"


def test_a_pack_shows_the_same_pairs_in_the_same_order_with_the_same_sides_and_the_sets_own_reasons(
    store: Store,
) -> None:
    run_with_secrets(store)
    with store.writing() as conn:
        give_guidelines(conn, "Be strict.")
        conn.execute("INSERT INTO reason_keys SELECT id, 'z', 'zealous' FROM sets")
    path = pack(store, blind=True).path
    with open_store(path) as there:
        sessions = [open_review(one, all_runs(one)[0], "bob", ReviewOptions(blind=True)) for one in (store, there)]
        views = [
            [
                (v.key, v.side_a, v.text, v.tags, v.candidate_cells, v.baseline_cells)
                for v in map(s.reader.view, s.cursor.items)
            ]
            for s in sessions
        ]
        assert views[0] == views[1]
        assert sessions[1].context.reason_words() == {"z": "zealous"}
        assert values(there, "SELECT value FROM set_values WHERE kind = 'guidelines'") == ["Be strict."]


def test_a_blind_pack_opens_blind_and_goes_on_after_each_decision(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store, blind=True).path
    keys = read_pack(path, "bob", 1)
    with open_store(path) as there:
        session = open_review(there, all_runs(there)[0], "bob")
        assert session.blind
        assert values(there, "SELECT mode || verdict_shown FROM events") == ["blind0"]
        assert session.current is not None
        assert session.current.key not in keys


def test_a_reviewers_own_decisions_come_along_in_a_blind_pack_without_what_the_judge_said(store: Store) -> None:
    run_with_secrets(store)
    read_pack(store.path, "bob", 3)
    path = pack(store, blind=True, reviewer="bob").path
    with open_store(path) as there:
        assert values(there, "SELECT DISTINCT w.name FROM events v JOIN reviewers w ON w.id = v.reviewer_id") == ["bob"]
        assert there.rows("SELECT count(*), count(verdict), count(judge_id) FROM events").fetchall() == [(3, 0, 0)]
        assert open_review(there, all_runs(there)[0], "bob").progress.read == 3


def test_shares_part_the_run_and_have_the_overlap_in_common(store: Store) -> None:
    bring(store, *[compared(f"k{number:02}") for number in range(40)])
    parts = []
    for part in (1, 2, 3):
        with open_store(pack(store, f"part-{part}.db", Share(part, 3, 7)).path) as there:
            parts.append(set(values(there, "SELECT key FROM examples")))
            first = [item.key for item in open_review(there, all_runs(there)[0], "bob").cursor.items[:7]]
            assert first == [item.key for item in open_review(store, all_runs(store)[0], "ann").cursor.items[:7]]
    common = parts[0] & parts[1] & parts[2]
    assert len(common) == 7
    assert parts[0] & parts[1] == parts[1] & parts[2] == common
    assert len(parts[0] | parts[1] | parts[2]) == 40
    assert sorted(len(part - common) for part in parts) == [11, 11, 11]


def test_a_pair_stays_in_its_part_when_others_go(store: Store) -> None:
    bring(store, *[compared(f"k{number:02}") for number in range(30)])
    with open_store(pack(store, "before.db", Share(2, 3)).path) as there:
        before = set(values(there, "SELECT key FROM examples"))
    with store.writing() as conn:
        conn.execute("UPDATE examples SET status = 'retired' WHERE key IN ('k01', 'k07', 'k20')")
    with open_store(pack(store, "after.db", Share(2, 3)).path) as there:
        assert set(values(there, "SELECT key FROM examples")) == before - {"k01", "k07", "k20"}


@pytest.mark.parametrize("share", ["0/3", "4/3", "1/0", "third", "1/101", "-1/3", "1.5/3", ""])
def test_what_is_no_share_is_refused(share: str) -> None:
    with pytest.raises(BadUsage, match="the first of three parts is 1/3"):
        parse_share(share, None)


def test_an_overlap_belongs_to_a_share() -> None:
    with pytest.raises(BadUsage, match="say which part with --share"):
        parse_share(None, 20)
    assert parse_share(" 2/3", 20) == Share(2, 3, 20)


def test_what_was_packed_for_whom_is_remembered_on_both_sides(store: Store) -> None:
    bring(store, *[judged(key) for key in "abcdef"])
    path = pack(store, share=Share(1, 2, 1), blind=True, reviewer="bob").path
    with open_store(path) as there:
        sql = "SELECT token, mode, reviewer, part, parts, overlap, created_at FROM packs"
        assert store.rows(sql).fetchall() == there.rows(sql).fetchall()
        assert [values(one, "SELECT is_here FROM packs") for one in (store, there)] == [[0], [1]]
    (mine,) = read_run_statistics(store, None).reviewers.progress
    assert (mine.name, mine.read, mine.of) == ("bob", 0, values(store, "SELECT count(*) FROM pack_pairs")[0])


def test_broken_and_stale_pairs_are_not_packed(store: Store) -> None:
    bring(store, *[compared(key) for key in "abcd"])
    session = open_review(store, all_runs(store)[0], "ada")
    broken = session.current
    assert broken is not None
    session.broken(on_screen(session))
    other = next(key for key in "abcd" if key != broken.key)
    bring(store, compared(other, response_candidate="another answer"), update=True)
    with open_store(pack(store).path) as there:
        assert len(values(there, "SELECT key FROM examples")) == 3
        assert "another answer" in values(there, "SELECT json_extract(cells, '$[0]') FROM responses")
        assert values(there, "SELECT count(*) FROM pairs") == [3]


def test_a_carried_decision_is_packed_without_its_original(store: Store) -> None:
    bring(store, compared("a", candidate="v1"), compared("b", candidate="v1"))
    read_pack(store.path, "ada", 1)
    same = {"response_candidate": "a, says the candidate"}
    bring(store, compared("a", candidate="v2", **same), compared("b", candidate="v2"))
    run = make_run(store, "s", "v2", "baseline")
    path = pack_run(store, run, PackRequest(store.path.with_name("v2.db"))).path
    with open_store(path) as there:
        assert there.rows("SELECT kind, source, target_id FROM events").fetchall() == [("decision", "carried", None)]
        assert there.rows("PRAGMA foreign_key_check").fetchall() == []


def test_a_pack_is_a_sound_database_of_one_file(store: Store) -> None:
    run_with_secrets(store)
    path = pack(store).path
    assert sorted(file.name for file in path.parent.glob("pack.db*")) == ["pack.db"]
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_file_that_is_there_is_replaced_only_by_force(store: Store) -> None:
    bring(store, compared("a"))
    pack(store)
    with pytest.raises(BadUsage, match="is there already; name another file, or replace it with --force"):
        pack(store)
    pack(store, force=True)
    path = store.path.with_name("pack.db")
    path.with_name("pack.db-wal").write_bytes(b"of somebody who has it open")
    with pytest.raises(BadUsage, match="the log of a database that is open"):
        pack(store, force=True)
    with pytest.raises(BadUsage, match="this is the database itself"):
        pack(store, store.path.name, force=True)
