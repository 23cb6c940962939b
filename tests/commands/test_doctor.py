"""`doctor`: what is wrong with a file, its outcomes, settings, keys and environment, whatever is there."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.command_line import uphold, uphold_alone
from support.damaging import damage
from support.imports import judged, reviewed, write
from support.stores import new_store
from uphold.settings import CheckedSettings, Settings
from uphold.store.schema import migrate
from uphold.workflows.diagnosis import TerminalFacts, diagnose
from uphold.workflows.importing import ImportRequest, import_files

DAMAGED, MANY_DAMAGED = 20, 300


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with verdicts and decisions."""
    folder = tmp_path_factory.mktemp("sound")
    rows = [row(f"k{number}", reason="so") for number in range(12) for row in (judged, reviewed) if row is judged]
    rows += [reviewed(f"k{number}", "tie" if number % 3 else "candidate") for number in range(6)]
    with new_store(folder / "x.db") as store:
        *_, _ = import_files(store, ImportRequest([write(folder / "rows.jsonl", *rows)], set="s"))
    return folder / "x.db"


@pytest.fixture
def folder(tmp_path: Path, sound: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    shutil.copy(sound, tmp_path / "x.db")
    return tmp_path


def edit(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for statement in statements:
            conn.execute(statement)


def findings(folder: Path, *options: str, code: int = 1, **env: str) -> list[dict[str, Any]]:
    """What `doctor --json` finds."""
    found = uphold(folder, "doctor", "--json", *options, **env)
    assert found.returncode == code, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    told = json.loads(found.stdout)
    assert told["sound"] == (code == 0)
    listed: list[dict[str, Any]] = told["findings"]
    return listed


def wrong(folder: Path, *options: str, **env: str) -> list[str]:
    return [one["what"] for one in findings(folder, *options, **env) if one["wrong"]]


def test_nothing_is_wrong_with_a_sound_file(folder: Path) -> None:
    before = (folder / "x.db").read_bytes()
    assert findings(folder, code=0) == []
    found = uphold(folder, "doctor")
    assert found.returncode == 0
    assert found.stdout.startswith("nothing is wrong\n")
    assert (folder / "x.db").read_bytes() == before
    assert sorted(file.name for file in folder.glob("x.db*")) == ["x.db"]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE human_labels SET label = 'baseline' WHERE label = 'candidate'", "human_labels"),
        ("DELETE FROM human_labels", "human_labels"),
        ("UPDATE verdicts SET verdict = 'baseline' WHERE rowid IS NULL OR pair_id < 4", "verdicts"),
        ("UPDATE events SET undone = 1 WHERE seq = 2", "events.undone"),
    ],
)
def test_outcomes_that_differ_from_the_facts_are_named_and_made_again(folder: Path, statement: str, table: str) -> None:
    edit(folder / "x.db", statement.replace("rowid IS NULL OR ", ""))
    found = findings(folder)
    assert table in [one["where"] for one in found]
    assert {one["area"] for one in found} == {"outcomes"}
    assert all("k" in one["what"] and "--repair" in one["advice"] for one in found)
    assert findings(folder, "--repair", code=0) == []
    assert findings(folder, code=0) == []


def test_every_object_that_is_not_uphold_s_is_named(folder: Path) -> None:
    edit(folder / "x.db", "CREATE VIEW mine AS SELECT 1", "CREATE TABLE notes (x)", "DROP INDEX tags_tag")
    found = wrong(folder)
    assert [name for name in ("'mine'", "'notes'", "'tags_tag'") if not any(name in one for one in found)] == []


def test_rows_that_refer_to_nothing_are_named(folder: Path) -> None:
    edit(folder / "x.db", "PRAGMA foreign_keys=OFF", "DELETE FROM reviewers")
    assert any("a row of the table events" in one and "refers to one of reviewers" in one for one in wrong(folder))


@pytest.mark.parametrize("seed", range(DAMAGED))
def test_a_damaged_file_is_described_without_a_traceback(folder: Path, seed: int) -> None:
    _examine(folder, seed)


@pytest.mark.slow
def test_hundreds_of_damaged_files_are_described_without_a_traceback(folder: Path, sound: Path) -> None:
    for seed in range(MANY_DAMAGED):
        for file in folder.glob("x.db*"):
            file.unlink()
        shutil.copy(sound, folder / "x.db")
        _examine(folder, seed)


def _examine(folder: Path, seed: int) -> None:
    """Damage the file and ask the doctor; where it finds nothing wrong, another command works with the file."""
    what = damage(folder / "x.db", seed)
    before = (folder / "x.db").read_bytes()
    found = uphold(folder, "doctor")
    assert found.returncode in (0, 1), f"{what}: {found.stderr}"
    assert "Traceback" not in found.stderr, what
    assert (folder / "x.db").read_bytes() == before
    if found.returncode == 0:
        assert uphold(folder, "stats", "1").returncode == 0, what


def test_what_is_no_database_is_wrong_and_a_file_that_was_not_named_may_be_absent(folder: Path) -> None:
    (folder / "x.db").write_text("text")
    assert wrong(folder) == ["not an uphold database"]
    (folder / "x.db").unlink()
    assert wrong(folder) == ["there is no database here"]
    assert uphold_alone(folder, "doctor").returncode == 0


def test_a_log_a_link_and_a_file_that_may_not_be_written_are_said(folder: Path) -> None:
    (folder / "x.db").rename(folder / "real.db")
    (folder / "x.db").symlink_to("real.db")
    conn = sqlite3.connect(folder / "real.db", isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("INSERT INTO reviewers (name) VALUES ('in the log')")
    found = [one["what"] for one in findings(folder, code=0)]
    conn.close()
    assert any("it is a link to" in one for one in found)
    assert any("transactions that are not in the file itself yet" in one for one in found)
    (folder / "real.db").chmod(0o444)
    assert any("is read-only" in one["what"] for one in findings(folder, code=0))


SETTINGS = """
reviwer = "ada"
signs = "emoji"
[judges.strict]
model = "anthropic:claude"
orderz = "both"
[judges.fine]
rule = "closer"
[systems.lora]
endpoint = "vlm"
[endpoints.vllm]
kind = "openai"
base_url = "http://127.0.0.1:8000/v1"
api_key_env = "MY_KEY"
[prices.some]
input = -1
[project]
set = "nowhere"
"""


def test_what_is_wrong_in_the_settings_is_named_all_of_it_with_the_nearest_name(folder: Path) -> None:
    (folder / "uphold.toml").write_text(SETTINGS)
    found = [one for one in findings(folder) if one["area"] == "settings"]
    said = " | ".join(one["what"] for one in found)
    for words in (
        "'reviwer', the nearest is 'reviewer'",
        "signs is one of plain, ascii",
        "'orderz'",
        "there is no endpoint 'vlm'",
        "input = -1",
        "[project] set is 'nowhere'",
    ):
        assert words in said
    assert len(found) == 6
    assert all(one["where"] == "uphold.toml" for one in found)


def test_settings_that_are_no_toml_are_said(folder: Path) -> None:
    (folder / "uphold.toml").write_text("reviewer = ")
    assert any("not a TOML file" in one for one in wrong(folder))


def test_keys_are_set_or_not_and_never_shown(folder: Path) -> None:
    (folder / "uphold.toml").write_text('[endpoints.mine]\nkind = "openai"\napi_key_env = "MY_KEY"\n')
    found = uphold(folder, "doctor", "--json", ANTHROPIC_API_KEY="sk-very-secret-key", OPENAI_API_KEY="two words")
    assert found.returncode == 1
    assert "secret" not in found.stdout
    assert '"ANTHROPIC_API_KEY": "set"' in found.stdout
    assert '"MY_KEY": "not set"' in found.stdout
    assert "cannot be an API key" in found.stdout
    assert "two words" not in found.stdout


def test_keys_that_do_not_exist_and_a_broken_memory_of_the_app_are_said(folder: Path) -> None:
    (folder / "uphold.toml").write_text('[keys]\n"review.ties" = "e"\n')
    (folder / "state.json").write_text("{")
    found = findings(folder, UPHOLD_STATE=str(folder / "state.json"))
    assert any("there is no id 'review.ties'" in one["what"] and "review.tie" in one["advice"] for one in found)
    assert any(one["where"].endswith("state.json") and not one["wrong"] for one in found)


def test_a_file_of_an_older_schema_is_sound(folder: Path) -> None:
    (folder / "x.db").unlink()
    with closing(sqlite3.connect(folder / "x.db", isolation_level=None)) as conn:
        conn.execute("BEGIN")
        migrate(conn, upto=6)
        conn.execute("INSERT INTO sets (name, seed, created_at) VALUES ('s', 'ab', '2026-03-01T10:00:00Z')")
        conn.execute("COMMIT")
    (folder / "uphold.toml").write_text('[project]\nset = "s"\n')
    before = (folder / "x.db").read_bytes()
    (found,) = findings(folder, code=0)
    assert found["what"].startswith("its schema is an older one (6,")
    assert (folder / "x.db").read_bytes() == before
    assert sorted(file.name for file in folder.glob("x.*")) == ["x.db"]


def test_a_small_terminal_and_an_encoding_without_signs_are_said() -> None:
    small = TerminalFacts(60, 20, "xterm", "truecolor", "latin-1")
    found = diagnose(Path("none.db"), CheckedSettings(None, Settings()), small, is_named=False)
    assert found.is_sound
    said = " | ".join(one.what for one in found.findings)
    assert "60 columns and 20 lines" in said
    assert "its encoding is latin-1" in said


def test_keys_that_cannot_be_and_keys_that_are_taken_from_others_are_said(folder: Path) -> None:
    (folder / "uphold.toml").write_text('[keys]\n"review.tei" = "T"\n')
    done = uphold(folder, "--db", "x.db", "doctor")
    assert done.returncode == 1
    assert "there is no id 'review.tei'" in done.stdout
    assert 'the nearest is "review.tie"' in done.stdout
    (folder / "uphold.toml").write_text('[keys]\n"review.tie" = "e"\n')
    done = uphold(folder, "--db", "x.db", "doctor")
    assert done.returncode == 0
    assert "[keys]: e is tie now (review.tie), no longer open (review.pager)" in done.stdout


def test_a_state_of_the_app_that_cannot_be_read_is_a_note(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = folder / "state.json"
    state.write_text("{")
    monkeypatch.setenv("UPHOLD_STATE", str(state))
    done = uphold(folder, "--db", "x.db", "doctor")
    assert done.returncode == 0
    assert f"note: {state}" in done.stdout
    assert "not as uphold writes it" in done.stdout
