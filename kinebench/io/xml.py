"""The one way into OpenSim's XML: what OpenSim itself reads is read, and nothing else happens.

OpenSim's own parser takes much that XML forbids, and its own writer writes some of it. Here a
document is first read as it stands; when that fails, the slips that OpenSim forgives are mended and
it is read again. No entity but the five of XML is known, and nothing outside the file is opened.
"""

from __future__ import annotations

import codecs
import contextlib
import copy
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from xml.parsers import expat

from kinebench.errors import FileFormatError

# OpenSim nests about 20 deep; Python's own limit of recursion is reached at 1,000
_DEEPEST = 200

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"<\?xml\b[^>]*>")
_ENCODING = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# families of encodings of documents; Python's others (idna, zlib, unicode_escape …) are no such
_DOCUMENT_ENCODING = re.compile(
    r"(utf_?-?(8|16|32)|ascii|iso|latin|cp|windows|mac|koi8|gb|big5|shift|euc|johab|hz|tis|kz|ptcp)"
)
# no character of XML 1.0
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_START = re.compile(r"<!--|<!\[CDATA\[|<\?|</?[^\W\d]")
_CLOSINGS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
# the number of quoted values is bounded, so that damaged text costs no more than its length
_TAG = re.compile(r"</?[^\s<>/\"'=]++(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'){0,100}+>")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|apos|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_CHARACTER = re.compile(r"&#(x[0-9A-Fa-f]+|[0-9]+);")
_END = "</OpenSimDocument>"


def parse_xml(content: bytes, file: str) -> ET.Element:
    """Root of an OpenSim document, of which the caller has a copy to change.

    Forgiven, as OpenSim does: ``::`` in tags, ``--`` in comments, ``&`` and ``]]>`` in text, ``<``
    in quotes, blank lines and byte-order marks at the start, anything behind the last tag, control
    characters, and an encoding that is unknown, misdeclared or not declared. Comments are lost.

    Parameters
    ----------
    content : bytes
    file : str
        For messages.

    Raises
    ------
    FileFormatError
        With the place, for what cannot be read, for declared entities, and for elements nested
        deeper than 200.
    """
    return copy.deepcopy(shared_xml(content, file))


def shared_xml(content: bytes, file: str) -> ET.Element:
    """`parse_xml`, parsed once for all who ask: to be read, never to be changed."""
    return _read(content, file)[0]


def well_formed(content: bytes, file: str) -> bytes:
    """The content itself when it is plain UTF-8 that XML allows; else rewritten so that it is.

    Raises
    ------
    FileFormatError
        As `parse_xml`.
    """
    root, as_it_stands = _read(content, file)
    return content if as_it_stands else xml_bytes(copy.deepcopy(root))


def _read(content: bytes, file: str) -> tuple[ET.Element, bool]:
    try:
        return _document(content)
    except FileFormatError as fault:
        raise FileFormatError(f"{file} {fault}") from fault


# generic, scaled and placed model of one scaling, their set-up and marker set, and the ones before;
# a tree takes about ten times the memory of its text
@lru_cache(maxsize=8)
def _document(content: bytes) -> tuple[ET.Element, bool]:
    """Root, and whether XML allows the content as it stands; faults are told without a name."""
    root = _as_it_stands(content)
    if root is not None:
        _require_flat(root)
        return root, True
    text = _decoded(content)
    start = len(text) - len(text.lstrip("\ufeff\u200b\0 \t\r\n\f\v"))
    skipped = text.count("\n", 0, start)
    text = text[start:]
    declaration = _DECLARATION.match(text)
    if declaration is not None:
        skipped += declaration.group().count("\n")
        text = text[declaration.end() :]
    if "<" not in text:
        raise FileFormatError("is no XML: it holds no tag")
    try:
        root = _strictly(_encoded(text))
    except expat.ExpatError:
        try:
            root = _strictly(_encoded(_mended(text)))
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise FileFormatError(
                f"is no valid XML: {reason}, line {error.lineno + skipped},"
                f" column {error.offset + 1}"
            ) from error
    _require_flat(root)
    return root, False


def _as_it_stands(content: bytes) -> ET.Element | None:
    """Root of plain UTF-8 that XML allows; None for anything else."""
    declared = _ENCODING.search(content[:1000])
    plain = declared is None or declared.group(1).lower() == b"utf-8"
    if plain and content.startswith(b"<") and b"\0" not in content:
        with contextlib.suppress(expat.ExpatError):
            return _strictly(content)
    return None


def flag(element: ET.Element, tag: str, default: bool) -> bool:
    """Boolean in a child element, as OpenSim writes it; the default when it is absent or empty."""
    text = (element.findtext(tag) or "").strip().lower()
    return text in ("true", "1") if text else default


def xml_bytes(root: ET.Element) -> bytes:
    """A document's content, in UTF-8, as XML and OpenSim both read it."""
    for element in root.iter():
        element.text, element.tail = _writable(element.text), _writable(element.tail)
        for key, value in element.items():
            element.set(key, _FORBIDDEN.sub(" ", value))
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8" ?>\n' + body + b"\n"


def _writable(text: str | None) -> str | None:
    return text and _FORBIDDEN.sub(" ", text)


def _decoded(content: bytes) -> str:
    """Text of a document: by its mark, by what it declares, as UTF-8, as Western Windows."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    declared = _ENCODING.search(content[:1000])
    name = declared.group(1).decode().lower() if declared else "utf-8"
    # 16-bit text does not start with the byte of "<": such a declaration is a slip
    if not _DOCUMENT_ENCODING.match(name) or name.startswith(("utf-16", "utf-32", "utf16")):
        name = "utf-8"
    for encoding in (name, "utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _strictly(content: bytes) -> ET.Element:
    builder = ET.TreeBuilder()
    # no separator of namespaces: in OpenSim's tags a colon is a character like any other
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data

    def refuse(*_: object) -> None:
        raise FileFormatError("declares entities, which no OpenSim file needs: refused")

    parser.EntityDeclHandler = refuse
    parser.Parse(content, True)
    return builder.close()


def _mended(text: str) -> str:
    """The text without the slips that OpenSim forgives; each line stays where it is."""
    end = text.find(_END)
    if end >= 0:
        text = text[: end + len(_END)]
    text = _FORBIDDEN.sub(" ", text)
    parts: list[str] = []
    done = 0
    for begin, end in _pieces(text):
        parts += _mended_text(text[done:begin]), _mended_piece(text[begin:end])
        done = end
    parts.append(_mended_text(text[done:]))
    return "".join(parts)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where comments, character data, instructions and tags begin and end."""
    done = 0
    while (start := _START.search(text, done)) is not None:
        closing = _CLOSINGS.get(start.group())
        if closing is None:
            tag = _TAG.match(text, start.start())
            done = start.end() if tag is None else tag.end()
            if tag is None:
                continue
        else:
            found = text.find(closing, start.end())
            if found < 0:
                return
            done = found + len(closing)
        yield start.start(), done


def _mended_piece(piece: str) -> str:
    if piece.startswith("<!--"):
        return "\n" * piece.count("\n")
    if piece.startswith(("<!", "<?")):
        return piece
    return _QUOTED.sub(lambda value: _escaped(value.group()).replace("<", "&lt;"), piece)


def _mended_text(text: str) -> str:
    return _escaped(text).replace("]]>", "]]&gt;")


def _escaped(text: str) -> str:
    return _CHARACTER.sub(_known_character, _BARE_AMPERSAND.sub("&amp;", text))


def _known_character(reference: re.Match[str]) -> str:
    code = reference.group(1)
    number = int(code[1:], 16) if code.startswith("x") else int(code)
    legal = number < 0x110000 and not _FORBIDDEN.match(chr(number))
    return reference.group() if legal else " "


def _require_flat(root: ET.Element) -> None:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise FileFormatError(f"nests its elements more than {_DEEPEST} deep: refused")
