"""Arguments that are no UTF-8, closed and full streams, pipes and devices as files, a terminal that is odd.

Each command ends soon, with its exit code and a sentence, and never with a traceback.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ptyprocess import PtyProcess

from support import command_line
from support.command_line import SECONDS, UPHOLD, environment, uphold, uphold_alone
from support.imports import bring_files, judged, write
from support.stores import new_store
from support.terminal import environment as terminal_environment
from uphold.store.database import open_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams and files as POSIX has them")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    rows = write(
        folder / "rows.jsonl", *[judged(f"k{number}", reason="r" * 100, reference="k") for number in range(300)]
    )
    with new_store(folder / "x.db") as store:
        bring_files(store, rows)
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """A folder with a database of one run, and files that are none."""
    for name in ("x.db", "rows.jsonl"):
        shutil.copy(model / name, tmp_path / name)
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder").mkdir()
    return tmp_path


def ended(folder: Path, *arguments: str | bytes, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in this process, with arguments as the program would get them."""
    found = uphold(folder, *map(os.fsdecode, arguments), **env)
    return subprocess.CompletedProcess(found.args, found.returncode, found.stdout.encode(), found.stderr.encode())


def in_shell(folder: Path, line: str) -> subprocess.CompletedProcess[bytes]:
    """The same by a shell, which can close streams; UPHOLD stands for the program and its database."""
    line = line.replace("UPHOLD", f"{' '.join(UPHOLD)} --db {folder / 'x.db'}")
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env=environment(), capture_output=True, check=False, timeout=SECONDS
    )


def is_sentence(stderr: bytes) -> bool:
    return (
        b"Traceback" not in stderr
        and b"error of its own" not in stderr
        and b"Exception ignored" not in stderr
        and b"\xed" not in stderr
    )


NAMES = [
    (b"stats", b"r\xffn"),
    (b"show", b"1", b"k\xff"),
    (b"import", b"rows.jsonl", b"--set", b"s\xff"),
    (b"import", b"rows.jsonl", b"--candidate", b"s\xff"),
    (b"next", b"--reviewer", b"\xff"),
    (b"judge", b"1", b"--judge", b"rules:\xff"),
    (b"judge", b"1", b"--judge", b"openai:m\xff", b"--base-url", b"http://127.0.0.1:9/"),
    (b"stats", b"--\xff"),
    (b"st\xff",),
]


@pytest.mark.parametrize("arguments", NAMES)
def test_a_name_that_is_not_utf_8_is_refused_in_a_sentence(folder: Path, arguments: tuple[bytes, ...]) -> None:
    found = ended(folder, *arguments, OPENAI_API_KEY="x")
    assert (found.returncode, found.stdout) == (2, b"")
    assert is_sentence(found.stderr)
    assert found.stderr.isascii() or found.stderr.decode("utf-8")


def test_a_program_is_given_a_name_that_is_not_utf_8(folder: Path) -> None:
    found = command_line.ended(folder, b"stats", b"r\xffn")
    assert (found.returncode, found.stdout) == (2, b"")
    assert is_sentence(found.stderr)


def test_a_path_that_is_not_utf_8_is_a_path(folder: Path) -> None:
    (folder / "rows.jsonl").rename(folder / os.fsdecode(b"r\xff.jsonl"))
    for arguments in (
        (b"import", b"r\xff.jsonl"),
        (b"stats",),
        (b"imports", b"--json"),
        (b"export", b"csv", b"-o", b"o\xff.csv"),
    ):
        found = ended(folder, b"--db", b"y\xff.db", *arguments)
        assert found.returncode == 0, found.stderr
        assert "\ufffd" not in found.stdout.decode("utf-8")
        assert is_sentence(found.stderr)
    assert {b"y\xff.db", b"o\xff.csv"} <= {os.fsencode(path.name) for path in folder.iterdir()}
    missing = ended(folder, b"--config", b"c\xff.toml", b"judge", b"1", b"--judge", b"j\xff.toml")
    assert missing.returncode == 2
    assert is_sentence(missing.stderr)


CLOSED = {
    "UPHOLD stats >&-": 0,
    "UPHOLD stats 2>&-": 0,
    "UPHOLD stats <&- >&- 2>&-": 0,
    "UPHOLD --version >&-": 0,
    "UPHOLD --help >&-": 0,
    "UPHOLD --db no.db stats 2>&-": 2,
    "UPHOLD --db no.db stats 2>/dev/full": 2,
    "UPHOLD <&- >&- 2>&-": 0,
    "UPHOLD review <&-": 2,
    "UPHOLD import rows.jsonl >&- 2>&-": 0,
    "UPHOLD stats --json >/dev/full": 2,
    "UPHOLD stats --help >/dev/full": 2,
    "UPHOLD export jsonl -o - >/dev/full": 2,
    "UPHOLD export csv -o - | head -1 >&2": 0,
}


@pytest.mark.parametrize(("line", "code"), CLOSED.items())
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_closed_or_full_stream_is_no_crash(folder: Path, line: str, code: int) -> None:
    found = in_shell(folder, line)
    assert found.returncode == code, found.stderr
    assert is_sentence(found.stderr)
    with open_store(folder / "x.db") as store:
        assert store.one("PRAGMA integrity_check")[0] == "ok"


FILES = [
    ("--config", "pipe.toml", "judge", "1", "--judge", "rules:closer"),
    ("--config", "/dev/zero", "judge", "1", "--judge", "rules:closer"),
    ("--config", "folder", "judge", "1", "--judge", "rules:closer"),
    ("--config", "x" * 5000, "judge", "1", "--judge", "rules:closer"),
    ("judge", "1", "--judge", "pipe.toml"),
    ("import", "pipe.toml"),
    ("import", "/dev/zero"),
    ("import", "folder"),
    ("import", "x" * 5000),
    ("--db", "pipe.toml", "stats"),
    ("--db", "/dev/null", "stats"),
    ("--db", "folder", "stats"),
    ("--db", "x" * 5000, "stats"),
    ("export", "csv", "-o", "folder"),
    ("export", "csv", "-o", "pipe.toml"),
    ("export", "csv", "-o", "x" * 5000),
]


@pytest.mark.parametrize("arguments", FILES)
def test_a_file_that_is_none_is_refused_in_a_sentence(folder: Path, arguments: tuple[str, ...]) -> None:
    found = ended(folder, *arguments)
    assert (found.returncode, found.stdout) == (2, b""), found.stderr
    assert is_sentence(found.stderr)
    assert (folder / "pipe.toml").is_fifo()


def test_no_settings_may_be_said_with_the_null_device(folder: Path) -> None:
    assert ended(folder, "--config", os.devnull, "judge", "1", "--judge", "rules:closer", "--dry-run").returncode == 0


def test_a_pipe_that_is_called_uphold_toml_is_passed_over(folder: Path) -> None:
    (folder / "pipe.toml").rename(folder / "uphold.toml")
    assert ended(folder, "judge", "1", "--judge", "rules:closer", "--dry-run").returncode == 0


def test_a_folder_that_is_gone_is_said(folder: Path) -> None:
    gone = "mkdir gone; cd gone; rmdir ../gone;"
    found = in_shell(folder, f"{gone} UPHOLD stats")
    assert found.returncode == 0, found.stderr
    found = in_shell(folder, f"{gone} {' '.join(UPHOLD)} --db y.db import {folder / 'rows.jsonl'}")
    assert found.returncode == 2
    assert is_sentence(found.stderr)
    assert found.stderr.count(b"\n") == 1


@pytest.mark.parametrize("place", ["/dev/null", "rows.jsonl"])
def test_a_home_that_is_no_folder_is_no_crash(folder: Path, place: str) -> None:
    home = {"HOME": str(folder / place)}  # absolute: platformdirs asks the system for the home where it is not
    assert ended(folder, "judge", "1", "--judge", "rules:closer", "--dry-run", **home).returncode == 0
    found = uphold_alone(folder, "demo", **home)
    assert found.returncode == 2
    assert is_sentence(found.stderr.encode())


TERMINALS = [
    ({"COLUMNS": "abc", "LINES": "xyz"}, None),
    ({"COLUMNS": "99999999", "LINES": "99999999"}, None),
    ({"TERM": "dumb"}, None),
    ({"TERM": ""}, None),
    ({"TEXTUAL_DRIVER": "nonsense"}, b"TEXTUAL_DRIVER=nonsense: the app cannot start with this"),
    ({"TEXTUAL_DRIVER": "no.such.module:Driver"}, b"the app cannot start with this"),
    ({"TEXTUAL_DRIVER": "json:JSONDecoder"}, b"the app cannot start with this"),
    ({"TEXTUAL_COLOR_SYSTEM": "nonsense"}, b"TEXTUAL_COLOR_SYSTEM=nonsense: the app cannot start"),
]


@pytest.mark.parametrize(("env", "refusal"), TERMINALS)
def test_the_app_starts_in_an_odd_terminal_or_says_why_not(
    folder: Path, env: dict[str, str], refusal: bytes | None
) -> None:
    command = [*UPHOLD, "--db", "x.db", "review"]
    process = PtyProcess.spawn(command, cwd=str(folder), env=terminal_environment(env), dimensions=(36, 120))
    try:
        written = b"".join(_until(process, refusal or b"Say k"))
        assert b"Traceback" not in written
        assert (refusal or b"Say k") in written
        if refusal:
            assert process.wait() == 2
    finally:
        process.close(force=True)


def _until(process: PtyProcess, wanted: bytes) -> Iterator[bytes]:
    """What a process writes until it has written this, has ended, or a minute is over."""
    began, seen = time.monotonic(), b""
    while wanted not in seen and time.monotonic() - began < SECONDS:
        try:
            part = process.read(65536)
        except EOFError:
            return
        seen += part
        yield part
