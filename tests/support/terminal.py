"""The real program in a pseudo-terminal: its bytes as they come, and the screen that a terminal makes of them."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte
from ptyprocess import PtyProcess

UPHOLD = (sys.executable, "-m", "uphold_tui")

ESCAPE = "\x1b[27u"
"""The key esc as terminals of the Kitty protocol send it: a bare ESC and a key that follows at once are another key."""

KEYS_WHILE_REVIEWING = "Keys while reviewing"

_FRAME_QUERY, _FRAMES_KNOWN = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME_BEGINS, _FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"

_LEFT_OUT = ("NO_COLOR", "PAGER", "EDITOR", "UPHOLD_DB", "COLUMNS", "LINES")


class Ended(AssertionError):
    """The program did not show what was waited for."""


class Terminal:
    """A program that runs in a pseudo-terminal of its own; leaving the context kills what still runs.

    With `frames` it is told that the terminal knows synchronized output, and says where each frame begins and ends.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        size: tuple[int, int] = (120, 36),
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        frames: bool = False,
    ) -> None:
        self.frames = frames
        self.columns, self.rows = size
        self.sent = self.began = time.perf_counter()
        self.stream = bytearray()
        self.mark = 0
        self.max_rss = 0
        self.code: int | None = None
        self._fed = 0
        self._screen = pyte.Screen(self.columns, self.rows)
        self._feeding = pyte.ByteStream(self._screen)
        self._process = PtyProcess.spawn(
            list(argv),
            cwd=None if cwd is None else str(cwd),
            env=environment(env),
            dimensions=(self.rows, self.columns),
        )

    @property
    def pid(self) -> int:
        """The process."""
        return int(self._process.pid)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def send(self, keys: str | bytes) -> None:
        """Type. What comes from now on begins at `mark`; when it was typed is kept in `sent`."""
        self.mark = len(self.stream)
        self.sent = time.perf_counter()
        os.write(self._process.fd, keys.encode() if isinstance(keys, str) else keys)

    def read(self, timeout: float) -> float | None:
        """Take what comes next, waiting at most `timeout`; the time when it came, or None."""
        poll = select.poll()  # select() takes no descriptor above 1,023
        poll.register(self._process.fd, select.POLLIN)
        if not poll.poll(max(timeout, 0) * 1000):
            return None
        at = time.perf_counter()
        try:
            data = os.read(self._process.fd, 1 << 16)
        except OSError:  # the other side is closed
            data = b""
        if not data:
            time.sleep(min(0.005, max(timeout, 0)))
            return None
        self.stream += data
        if self.frames and _FRAME_QUERY in data:
            os.write(self._process.fd, _FRAMES_KNOWN)
        return at

    @property
    def within_frame(self) -> bool:
        """Whether a frame has begun of which the end has not come."""
        return self.frames and self.stream.rfind(_FRAME_BEGINS) > self.stream.rfind(_FRAME_ENDS)

    def wait(self, *texts: str | bytes, timeout: float = 20.0) -> float:
        """Wait until all of `texts` have come since something was typed; the time when the last of them did."""
        wanted = [text.encode() if isinstance(text, str) else text for text in texts]
        return self.until(lambda came: all(text in came for text in wanted), f"{wanted}", timeout)

    def until(self, holds: Callable[[bytes], bool], what: str = "what was waited for", timeout: float = 20.0) -> float:
        """Wait until the bytes that came since something was typed hold this; the time when they did."""
        at = time.perf_counter()
        end = at + timeout
        while not holds(bytes(self.stream[self.mark :])):
            came = self.read(end - time.perf_counter())
            if came is not None:
                at = came
            elif time.perf_counter() >= end or not self.alive:
                raise Ended(f"{what}: it did not come; the screen was:\n" + "\n".join(self.display))
        return at

    def see(self, *texts: str, without: str | None = None, timeout: float = 20.0) -> str:
        """Wait until all of `texts` are on the screen, and `without` is not; what is on it then."""
        return self.look(
            lambda shown: all(text in shown for text in texts) and (without is None or without not in shown), timeout
        )

    def look(self, holds: Callable[[str], bool], timeout: float = 20.0) -> str:
        """Wait until the screen, at the end of a frame, holds this; what is on it then."""
        end = time.perf_counter() + timeout
        while True:
            shown = "" if self.within_frame else "\n".join(self.display)
            if not self.within_frame and holds(shown):
                return shown
            if self.read(end - time.perf_counter()) is None and (time.perf_counter() >= end or not self.alive):
                raise Ended("not seen; the screen was:\n" + "\n".join(self.display))

    def quiet(self, still: float = 0.15, timeout: float = 20.0) -> None:
        """Read until nothing has come for `still` seconds."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end and self.read(still) is not None:
            pass

    def rest(self, timeout: float = 20.0) -> bytes:
        """Read until the program has ended, and give everything that came."""
        end = time.perf_counter() + timeout
        while self.alive and time.perf_counter() < end:
            self.read(0.02)
        while self.read(0.02) is not None:
            pass
        if self.code is None:
            raise Ended("the program did not end; the screen was:\n" + "\n".join(self.display))
        return bytes(self.stream)

    @property
    def screen(self) -> pyte.Screen:
        """What a terminal shows after the bytes that have come."""
        self._feeding.feed(bytes(self.stream[self._fed :]))
        self._fed = len(self.stream)
        return self._screen

    @property
    def display(self) -> list[str]:
        """The rows of the screen."""
        return [row.rstrip() for row in self.screen.display]

    @property
    def alive(self) -> bool:
        """Does the program still run? Its exit code and its largest memory (bytes) are kept when it does not."""
        if self.code is None:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._end(status, used.ru_maxrss)
        return self.code is None

    def kill(self) -> None:
        """SIGKILL, if it still runs; what it had written before can still be read."""
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)
            _, status, used = os.wait4(self.pid, 0)
            self._end(status, used.ru_maxrss)
        if not self._process.fileobj.closed:
            while self.read(0) is not None:
                pass
            self._process.fileobj.close()

    def _end(self, status: int, rss: int) -> None:
        self.code = os.waitstatus_to_exitcode(status)
        self.max_rss = rss * (1 if sys.platform == "darwin" else 1024)
        self._process.terminated = True


def without_holding(folder: Path) -> tuple[str, str]:
    """Options with which the pair after an overturned one comes at once."""
    settings = folder / "without-holding.toml"
    settings.write_text('hold = "never"\n')
    return "--config", str(settings)


def note_frames(terminal: Terminal) -> None:
    """Open the list of keys of a review and close it; when it is gone, the app has noted what it had painted before.

    Keys that decide are dropped until then, and how soon that is depends on the machine.
    """
    terminal.send("?")
    terminal.see(KEYS_WHILE_REVIEWING)
    terminal.send(ESCAPE)
    terminal.see("all keys", without=KEYS_WHILE_REVIEWING)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a plain terminal with colours; nothing of the caller's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if name not in _LEFT_OUT and not name.startswith("TEXTUAL")
    }
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **(more or {})}
