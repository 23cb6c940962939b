"""The commands: exit codes, what goes to which stream, the keys of the JSON."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from support import forked, forked_programs
from support.command_line import (
    UPHOLD,
    data,
    done,
    ended,
    environment,
    in_memory,
    started,
    told,
    uphold_alone,
    uphold_into,
    written,
)
from support.imports import bring_files, compared, judged, reviewed, write
from support.stores import new_store

IMPORT_KEYS = {"rows", "examples", "pairs", "judgments", "reviews", "already_there", "odd"}

RUN_KEYS = {"run", "number", "set", "candidate", "baseline", "pairs", "reviewed"}

STATS_KEYS = {"run", "set", "set_hash", "candidate", "baseline", "pairs", "human", "judges", "reviewers", "budget"}

ROWS = (judged("a"), reviewed("b"), judged("c", response_candidate=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files, and no database yet."""
    write(tmp_path / "first.jsonl", *ROWS)
    write(tmp_path / "other.jsonl", judged("z"))
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which the first file was imported."""
    path = tmp_path_factory.mktemp("made") / "x.db"
    with new_store(path) as store:
        bring_files(store, write(path.with_name("first.jsonl"), *ROWS))
    return path


@pytest.fixture
def imported(folder: Path, made: Path) -> Path:
    """The two files, and the first one's database."""
    shutil.copy(made, folder / "x.db")
    return folder


def test_an_import_says_what_it_brought_and_a_second_time_that_there_was_nothing(folder: Path) -> None:
    said = done(folder, "import", "first.jsonl")
    assert "3 rows read as pairs into the set 'first'" in said
    assert "1 odd, kept as they are" in said
    assert "nothing new: all of it was there already" in done(folder, "import", "first.jsonl")


def test_the_json_of_an_import_has_the_keys_of_the_contract(folder: Path) -> None:
    first = data(folder, "import", "first.jsonl")
    assert first.keys() >= IMPORT_KEYS
    assert (first["rows"], first["examples"], first["pairs"], first["judgments"], first["reviews"]) == (3, 3, 3, 2, 1)
    assert [set(odd) for odd in first["odd"]] == [{"where", "what"}]
    again = data(folder, "import", "first.jsonl")
    assert (again["already_there"], again["pairs"], again["number"]) == (3, 0, None)


def test_the_json_of_runs_and_of_stats_has_the_keys_of_the_contract(folder: Path) -> None:
    assert data(folder, "import", "first.jsonl")["number"] == 1
    (run,) = data(folder, "runs")
    assert run.keys() >= RUN_KEYS
    assert (run["run"], run["number"], run["pairs"], run["reviewed"]) == ("candidate-vs-baseline", 1, 3, 1)
    assert data(folder, "stats").keys() >= STATS_KEYS - {"budget"}
    assert data(folder, "stats", "--set", "first")["run"] is None


def test_the_json_of_show_and_of_imports_tells_everything(imported: Path) -> None:
    (pair,) = data(imported, "show", "1", "c")
    assert (pair["candidate"]["response"], pair["verdicts"][0]["verdict"]) == ([True], "candidate")
    (one,) = data(imported, "imports")
    assert (one["number"], one["set"], one["files"], one["pairs"]) == (1, "first", ["first.jsonl"], 3)


@pytest.mark.parametrize("command", [["runs"], ["stats"], ["imports"], ["show", "1", "a"], ["imports", "drop", "1"]])
def test_without_a_database_the_commands_say_how_to_make_one(folder: Path, command: list[str]) -> None:
    assert told(folder, *command).startswith("x.db: there is no database here; `uphold import` makes one")
    assert not (folder / "x.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "none.jsonl"], "none.jsonl: there is no such file"),
        (["import", "first.jsonl", "--as", "nonsense"], 'there is no format "nonsense"'),
        (["import", "first.jsonl", "--map", "nonsense"], "--map wants FIELD=COLUMN"),
        (["import"], "missing argument 'PATH...'; see uphold import --help"),
        (["nonsense"], "no such command 'nonsense'; see uphold --help"),
        (["stats", "--nonsense"], "no such option: --nonsense"),
        (["stats", "--by", "colour"], "--by takes `tag`"),
        (["stats", "1", "--set", "first"], "name a run, or a set with --set; not both"),
        (["stats", "nobody"], "there is no run 'nobody'; name one of these"),
        (["stats", "--set", "nobody"], "there is no set 'nobody'; sets in this file: 'first'"),
        (["stats", "--judge", "nobody"], "judge 'nobody' has not judged this run"),
        (["stats", "--tag", "nobody"], "no example of the set has the tag 'nobody'"),
        (["show", "1", "nobody"], "has no pair of an example 'nobody'"),
        (["imports", "drop", "9"], "there is no import 9; `uphold imports` lists them"),
        (["imports", "drop", "x"], "invalid value for 'N'"),
        (["demo", "--set", "nobody"], "there is no sample set 'nobody'; sample sets: case-summaries"),
        (["review"], "a review wants a terminal"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_two(imported: Path, arguments: list[str], said: str) -> None:
    before = (imported / "x.db").read_bytes()
    assert said in told(imported, *arguments)
    assert (imported / "x.db").read_bytes() == before


def test_a_bad_row_is_told_by_file_and_line_and_nothing_is_imported(folder: Path) -> None:
    with (folder / "first.jsonl").open("a") as file:
        file.write('{"key": "d", "instruction":\n')
    assert told(folder, "import", "first.jsonl").startswith("first.jsonl:4: ")
    assert not (folder / "x.db").exists()
    kept = data(folder, "import", "first.jsonl", "--skip-bad")
    assert (kept["pairs"], [one["where"] for one in kept["skipped"]]) == (3, ["first.jsonl:4"])


def test_an_import_of_a_file_that_is_not_there_makes_no_database(folder: Path) -> None:
    told(folder, "import", "none.jsonl")
    assert not (folder / "x.db").exists()


def test_a_run_may_be_left_out_when_there_is_one_and_is_else_asked_for_with_the_list(imported: Path) -> None:
    assert data(imported, "stats")["run"] == "candidate-vs-baseline"
    done(imported, "import", "other.jsonl")
    listed = "  1  candidate-vs-baseline\n  2  other:candidate-vs-baseline"
    assert told(imported, "stats").endswith(listed)
    assert data(imported, "stats", "2")["run"] == data(imported, "stats", "other:candidate-vs-baseline")["run"]


def test_names_that_look_like_numbers_are_names(folder: Path) -> None:
    row = compared("a", candidate="2", baseline="1", judge="7", verdict="tie", reviewer="8", review="tie")
    write(folder / "3.jsonl", row)
    done(folder, "import", "3.jsonl")
    assert data(folder, "stats", "2-vs-1")["set"] == "3"
    assert data(folder, "stats", "--set", "3", "--judge", "7")["judges"][0]["judge"] == "7"


def test_the_database_is_named_by_option_or_environment_or_is_uphold_db_here(folder: Path) -> None:
    for env in ({"UPHOLD_DB": "from-env.db"}, {}):
        assert uphold_alone(folder, "import", "first.jsonl", **env).returncode == 0
    assert {path.name for path in folder.glob("*.db")} == {"from-env.db", "uphold.db"}
    done(folder, "import", "first.jsonl", db="given.db", UPHOLD_DB="from-env.db")
    assert (folder / "given.db").exists()


def test_a_read_only_database_serves_the_reading_commands(imported: Path) -> None:
    (imported / "x.db").chmod(0o444)
    before, beside = (imported / "x.db").read_bytes(), sorted(imported.iterdir())
    for command in (["runs"], ["stats"], ["stats", "--full", "--by", "tag"], ["show", "1", "a"], ["imports"]):
        assert done(imported, *command)
    for command in (["import", "other.jsonl"], ["imports", "drop", "1"]):
        assert "the database is read-only" in told(imported, *command)
    assert (imported / "x.db").read_bytes() == before
    assert sorted(imported.iterdir()) == beside


def test_what_is_no_database_is_told_and_left_as_it_is(folder: Path) -> None:
    with sqlite3.connect(folder / "x.db") as other:
        other.execute("CREATE TABLE notes (id)")
    other.close()
    before = (folder / "x.db").read_bytes()
    for command in (["runs"], ["stats"], ["import", "first.jsonl"], ["imports", "drop", "1"]):
        assert "another program" in told(folder, *command)
    assert "not an uphold database" in told(folder, "import", "other.jsonl", db="first.jsonl")
    assert "this is a folder" in told(folder, "runs", db=".")
    assert (folder / "x.db").read_bytes() == before


def test_an_import_is_taken_back_by_its_number(imported: Path) -> None:
    assert (
        done(imported, "imports", "drop", "1")
        == "import 1 is taken back: 3 examples, 3 pairs, 2 judgments, 1 review of 'first'\n"
    )
    assert data(imported, "runs") == data(imported, "imports") == []
    assert "no runs yet" in done(imported, "runs")


def test_the_demo_prints_its_statistics_where_there_is_no_terminal(folder: Path) -> None:
    said = done(folder, "demo")
    assert said.startswith(data(folder, "runs")[0]["run"])
    assert done(folder, "demo") == said
    assert "holds other sets already (support-desk)" in told(folder, "demo", "--set", "case-summaries")
    done(folder, "set", "new", "mine")
    assert "support-desk" in done(folder, "demo")  # it goes on in a file that holds something else too by now


def test_a_demo_without_a_file_is_kept_for_the_next_evening(folder: Path) -> None:
    def demo(*more: str) -> str:
        opened = uphold_alone(folder, "demo", *more, XDG_DATA_HOME=str(folder), HOME=str(folder))
        assert opened.returncode == 0, opened.stderr
        (place,) = re.findall(r"the demo is kept in (\S+\.db);", opened.stderr)
        return place

    first = demo()
    assert Path(first).is_relative_to(folder)
    with closing(sqlite3.connect(first)) as conn, conn:
        conn.execute("UPDATE runs SET name = 'mine'")
    assert demo() == first
    assert "mine" in done(folder, "runs", db=first)
    second = demo("--fresh")
    assert second != first
    assert demo() == second
    assert "mine" in done(folder, "runs", db=first)
    assert "give it or --db, not both" in told(folder, "demo", "--fresh")


def test_bare_uphold_without_a_terminal_prints_its_help(folder: Path) -> None:
    assert done(folder).startswith("Usage: uphold [OPTIONS] COMMAND")
    assert not (folder / "x.db").exists()


def test_the_version_is_printed(folder: Path) -> None:
    assert done(folder, "--version").startswith("uphold 0.")


def test_no_key_of_the_contract_is_lost_when_nothing_is_there(folder: Path) -> None:
    write(folder / "empty.jsonl", {"key": "a", "instruction": "x"})
    assert data(folder, "import", "empty.jsonl")["pairs"] == 0
    assert data(folder, "runs") == []
    assert "there is no run yet" in told(folder, "stats")


def test_several_imports_at_once_wait_for_each_other_and_none_is_half(folder: Path) -> None:
    names = [f"set{number}" for number in range(4)]
    for name in names:
        write(folder / f"{name}.jsonl", *[judged(f"k{number}", reviewer=name, review="tie") for number in range(300)])
    programs = [forked.start(forked_programs.command, folder, ("import", f"{name}.jsonl", "--json")) for name in names]
    waited = re.compile(r"(?:x\.db: another program is writing: waiting, \d+ s\n?)*")
    for code, said in (one.heard() for one in programs):
        assert code == 0
        assert waited.fullmatch(said), said
    assert sorted((run["set"], run["pairs"], run["reviewed"]) for run in data(folder, "runs")) == [
        (name, 300, 300) for name in names
    ]
    assert len({run["run"] for run in data(folder, "runs")}) == 4


def test_an_interrupted_import_leaves_nothing_and_says_so_with_exit_130(folder: Path) -> None:
    write(folder / "long.jsonl", *[compared(str(number), context="c" * 3000) for number in range(5000)])
    program = started(folder, "import", "long.jsonl")
    until = time.monotonic() + 30

    def written() -> int:
        """Bytes in the log of the database that is being made."""
        return sum(log.stat().st_size for log in folder.glob(".uphold-*.part-wal"))

    while written() < 500_000 and program.poll() is None and time.monotonic() < until:
        pass
    program.send_signal(signal.SIGINT)
    said, told_ = program.communicate(timeout=60)
    assert (program.returncode, said, told_) == (130, b"", b"interrupted; what is in the database stays there\n")
    assert [*folder.glob("x.db*"), *folder.glob(".uphold-*")] == []


def test_a_reader_who_leaves_early_is_no_error(folder: Path) -> None:
    write(folder / "many.jsonl", *[compared("k", tags=[f"tag {number}"]) for number in range(300)])
    done(folder, "import", "many.jsonl")
    for arguments in (["--help"], ["runs"], ["stats", "--by", "tag"], ["show", "1", "k", "--json"]):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with contextlib.suppress(BrokenPipeError), os.fdopen(write_end, "w") as pipe:
            stderr = in_memory()
            assert uphold_into(pipe, stderr, folder, "--db", "x.db", *arguments) == 0
            assert stderr.tell() == 0
    with started(folder, "stats", "--by", "tag") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert (program.stderr.read(), program.wait()) == (b"", 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_output_that_cannot_be_written_is_told_in_a_sentence(imported: Path) -> None:
    sentence = "the output: cannot be written or read (No space left on device)\n"
    for arguments in (["--help"], ["runs"], ["stats", "--json"]):
        stderr = in_memory()
        with Path("/dev/full").open("w") as full:
            assert uphold_into(full, stderr, imported, "--db", "x.db", *arguments) == 2
        assert written(stderr) == sentence
    with Path("/dev/full").open("w") as full:
        found = ended(imported, "runs", stdout=full)
    assert (found.returncode, found.stderr.decode()) == (2, sentence)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_a_sign_gets_another_one(imported: Path, encoding: str) -> None:
    for arguments in (["runs"], ["stats"], ["show", "1", "a"]):
        stdout, stderr = in_memory(encoding), in_memory(encoding)
        assert uphold_into(stdout, stderr, imported, "--db", "x.db", *arguments) == 0
        assert stderr.tell() == 0
        assert stdout.tell() > 0


def test_in_the_c_locale_nothing_is_lost(imported: Path) -> None:
    found = ended(imported, "stats", LC_ALL="C")
    assert (found.returncode, found.stderr) == (0, b"")


def test_a_damaged_database_is_told_in_a_sentence(imported: Path) -> None:
    whole = (imported / "x.db").read_bytes()
    torn = whole[:4096] + b"\xa5" * (len(whole) - 4096)
    for start in (0, len(whole) // 2):
        (imported / "x.db").write_bytes(whole[:start] + torn[start:])
        for arguments in (["runs"], ["stats", "--json"]):
            assert "damaged" in told(imported, *arguments)


def test_json_of_any_text_is_ascii_and_comes_back_whole(folder: Path) -> None:
    text = "ünï \U0001f600 \x1b[31m \u202e \u2028 \x00"
    write(folder / "odd.jsonl", compared("k", instruction=text, response_candidate=text))
    done(folder, "import", "odd.jsonl")
    (pair,) = data(folder, "show", "1", "k")
    assert (pair["turns"], pair["candidate"]["response"]) == ([text], [text])
    assert json.loads(json.dumps(pair)) == pair


def test_both_ways_to_start_are_the_same_program(folder: Path) -> None:
    script = Path(sys.executable).with_name("uphold")
    if not script.exists():
        pytest.skip("the console script is not installed beside this interpreter")
    both = [
        subprocess.run([*start, "--help"], capture_output=True, check=True, env=environment())
        for start in ([script], UPHOLD)
    ]
    assert both[0].stdout == both[1].stdout
