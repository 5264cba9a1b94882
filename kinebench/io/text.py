"""Text of files as people's programs save it: with or without a byte-order mark, of any width."""

from __future__ import annotations

import codecs
from pathlib import Path

from kinebench.errors import FileFormatError

# UTF-32's little-endian mark begins with UTF-16's: it must be looked for first
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARCHIVES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
)


def read_text(path: Path) -> str:
    """Content of a text file, decoded as `decoded` does, line ends turned into LF.

    Raises
    ------
    FileFormatError
        When it cannot be read, or is no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror or error}") from error
    return decoded(data, path.name).replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes, file: str) -> str:
    """Text without its byte-order mark.

    A mark says how the text is encoded: UTF-8, UTF-16 or UTF-32. Without one it is UTF-16 when
    every other byte of its beginning is zero, else UTF-8, or what older programs of Windows write,
    Latin-1.

    Raises
    ------
    FileFormatError
        When the bytes are no text: zero bytes elsewhere, or a mark that the rest contradicts.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data.removeprefix(mark), encoding, file)
    if b"\0" in data:
        return _strictly(data, _unmarked(data[:1024], file), file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def archive_kind(start: bytes) -> str:
    """Kind of the archive that a file with these first bytes is; empty for other files."""
    if start[257:262] == b"ustar":
        return "tar"
    return next((kind for mark, kind in _ARCHIVES if start.startswith(mark)), "")


def is_wide(data: bytes) -> bool:
    """Whether bytes are not UTF-8 or Latin-1: UTF-16 and UTF-32, and what is no text."""
    return b"\0" in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{file} is no {encoding.removesuffix('-le').removesuffix('-be').upper()} text, as"
            f" its beginning says: byte {error.start}; save it as UTF-8"
        ) from error


def _unmarked(start: bytes, file: str) -> str:
    """Encoding of text whose every other byte is zero; an error for other zero bytes."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    # names may hold characters beyond Latin-1, but most of a table is digits
    if odd > 0.4 * len(start) and not even:
        return "utf-16-le"
    if even > 0.4 * len(start) and not odd:
        return "utf-16-be"
    kind = archive_kind(start)
    what = f"{kind} archive: unpack it" if kind else "no text file: it contains zero bytes"
    raise FileFormatError(f"{file} is {'a ' if kind else ''}{what}")
