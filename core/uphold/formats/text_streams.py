"""The text of a file as UTF-8, whatever the file is: unpacked, in another encoding, behind a byte order mark."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from uphold.errors import BadFile
from uphold.formats.containers import GZIP_MAGIC, describe_binary
from uphold.formats.encodings import Utf8Stream, check_encoding
from uphold.formats.json_values import BOM

HEAD_SIZE = 64 * 1024
"""Bytes that are read to detect a file's shape and fields."""

_BUFFER = 256 * 1024


@dataclass(frozen=True, slots=True)
class TextStream:
    """UTF-8 `content` of a file, which begins `start` bytes into it; `position` is how much of the file itself is read."""

    content: BinaryIO
    start: int
    _file: BinaryIO

    @property
    def position(self) -> int:
        """Bytes of the file, as it is on the disk, that have been read."""
        return self._file.tell()


@contextmanager
def open_text(path: Path, name: str, encoding: str | None) -> Iterator[TextStream]:
    """Open the text of a file, in UTF-8 unless an `encoding` is given. Raises BadFile, naming the file `name`."""
    with _readable(path, name) as (file, unpacked):
        head = _peek(unpacked)
        binary = describe_binary(head)
        if binary is not None:
            raise BadFile(f"{name}: this is {binary}")
        used = check_encoding(name, head, encoding)
        content = unpacked if used is None else io.BufferedReader(Utf8Stream(unpacked, used, name), _BUFFER)
        start = len(BOM) if _peek(content)[: len(BOM)] == BOM else 0
        content.read(start)
        yield TextStream(content, start, file)


def read_head(path: Path, name: str) -> bytes:
    """Return the first bytes of a file, unpacked if it is compressed with gzip. Raises BadFile."""
    with _readable(path, name) as (_, unpacked):
        return _peek(unpacked)


@contextmanager
def _readable(path: Path, name: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Open a file, and what it unpacks to (itself if it is not compressed), at their beginnings."""
    try:
        with path.open("rb", _BUFFER) as file:
            if not _peek(file).startswith(GZIP_MAGIC):
                yield file, file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield file, io.BufferedReader(cast(io.RawIOBase, unpacked), _BUFFER)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(f"{name}: a gzip file that is {_damage(error)}") from None
    except OSError as error:
        raise BadFile(f"{name}: cannot be read: {error.strerror or error}") from None


def _damage(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "cut off before its end; copy or download it again"
    return f"damaged ({error}); copy or download it again"


def _peek(stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream that has not been read yet, without moving it."""
    return cast(io.BufferedReader, stream).peek(HEAD_SIZE)[:HEAD_SIZE]
