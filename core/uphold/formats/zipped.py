"""Members of zip archives, also those compressed with Zstandard, up to a limited size."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from uphold.errors import BadFile
from uphold.formats.files import InputFile

LARGEST_MEMBER = 256 * 1024 * 1024
"""Maximal size of a member, in bytes, whatever the archive says about it."""

_ZSTANDARD = 93
"""Compression method of the zip format; Python's own zipfile knows it from 3.14 on."""

_LOCAL_HEADER = 30


@contextmanager
def open_archive(file: InputFile) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive. Raises BadFile if it cannot be read."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            yield archive
    except (OSError, zipfile.BadZipFile) as error:
        raise BadFile(f"{file.name}: not a zip archive that can be read ({error})") from None


def read_member(file: InputFile, archive: zipfile.ZipFile, name: str) -> str:
    """Return a member as text. Raises BadFile for one that is too large, damaged or not UTF-8."""
    member = archive.getinfo(name)
    try:
        data = _read_zstandard(archive, member) if member.compress_type == _ZSTANDARD else _read_plain(archive, member)
        return data.decode()
    except UnicodeDecodeError:
        raise BadFile(f"{file.name}, {name}: not UTF-8") from None
    except (NotImplementedError, zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as error:
        raise BadFile(f"{file.name}, {name}: cannot be read ({error})") from None


def _read_plain(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return _limited(stream.read(LARGEST_MEMBER + 1))


def _read_zstandard(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    import zstandard

    if archive.fp is None:
        raise ValueError("the archive is closed")
    archive.fp.seek(member.header_offset)
    header = archive.fp.read(_LOCAL_HEADER)
    # The lengths of name and extra field in the local header, which may differ from those in the directory.
    skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    archive.fp.seek(member.header_offset + _LOCAL_HEADER + skipped)
    compressed = archive.fp.read(member.compress_size)
    try:
        with zstandard.ZstdDecompressor().stream_reader(compressed) as stream:
            return _limited(stream.read(LARGEST_MEMBER + 1))
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None


def _limited(data: bytes) -> bytes:
    if len(data) > LARGEST_MEMBER:
        raise ValueError(f"larger than {LARGEST_MEMBER // 1024**2} MiB")
    return data
