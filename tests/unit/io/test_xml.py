"""XML as OpenSim writes and reads it, and attacks on its parser."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinebench.core import Model
from kinebench.errors import FileFormatError, ModelError
from kinebench.io.models import read_document, read_model
from kinebench.io.xml import flag, parse_xml, well_formed, xml_bytes

CASE = Path(__file__).parents[2] / "cases" / "03-osim-contact-force-tags" / "hunt.osim"
PLAIN = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<OpenSimDocument Version="40000"><Model name="m">'
    "<credits>by hand</credits><length_units>meters</length_units></Model></OpenSimDocument>\n"
)

FORGIVEN = {
    "colons in a tag": ("<credits>", "<A::B name='x'>1</A::B><credits>"),
    "dashes in a comment": ("<credits>", "<!-- from -- to ---><credits>"),
    "a tag in a comment with dashes": ("<credits>", "<!-- -- <b> & --><credits>"),
    "blank lines first": ("<?xml", "\n \r\n\t<?xml"),
    "a byte-order mark": ("<?xml", "\ufeff<?xml"),
    "two byte-order marks": ("<?xml", "\ufeff\ufeff<?xml"),
    "no declaration": ('<?xml version="1.0" encoding="UTF-8" ?>\n', ""),
    "no encoding": (' encoding="UTF-8"', ""),
    "an empty encoding": ('"UTF-8"', '""'),
    "an unknown encoding": ("UTF-8", "UTF-99"),
    "an encoding that is no document's": ("UTF-8", "idna"),
    "a compression as encoding": ("UTF-8", "zlib"),
    "UTF-16 declared in 8-bit text": ("UTF-8", "UTF-16"),
    "version 1.1": ('version="1.0"', 'version="1.1"'),
    "text behind the end": ("</OpenSimDocument>\n", "</OpenSimDocument>\njunk & more <"),
    "NULs behind the end": ("</OpenSimDocument>\n", "</OpenSimDocument>\n\0\0\0"),
}


def the_same(content: bytes) -> None:
    root = parse_xml(content, "m.osim")
    assert root.tag == "OpenSimDocument"
    assert root.findtext("Model/length_units") == "meters"


@pytest.mark.parametrize("slip", FORGIVEN)
def test_what_opensim_forgives_is_read(slip: str) -> None:
    old, new = FORGIVEN[slip]
    assert old in PLAIN
    content = PLAIN.replace(old, new, 1).encode()
    the_same(content)
    # and what is kept is XML in the strict sense, read alike
    kept = well_formed(content, "m.osim")
    assert ET.tostring(parse_xml(kept, "m")) == ET.tostring(parse_xml(content, "m"))
    if "::" not in new:
        assert ET.fromstring(kept).findtext("Model/credits") == "by hand"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Smith & Wesson", "Smith & Wesson"),
        ("a&b;", "a&b;"),
        ("&nbsp;", "&nbsp;"),
        ("&amp; &lt; &gt; &#65; &#x41; &", "& < > A A &"),
        ("&#0; &#1; &", "    &"),
        ("a\x01b\x0bc", "a b c"),
        ("a ]]> b", "a ]]> b"),
        ("<![CDATA[a & -- <b>]]> &", "a & -- <b> &"),
        ("Müller & 日本", "Müller & 日本"),
    ],
)
def test_text_is_read_as_opensim_reads_it(written: str, read: str) -> None:
    content = PLAIN.replace("by hand", written).encode()
    assert parse_xml(content, "m").findtext("Model/credits") == read
    again = parse_xml(well_formed(content, "m"), "m")
    assert again.findtext("Model/credits") == read
    assert parse_xml(xml_bytes(again), "m").findtext("Model/credits") == read


def test_quoted_values_keep_what_xml_would_escape() -> None:
    content = PLAIN.replace('name="m"', 'name="a<b> & c"').encode()
    model = parse_xml(content, "m").find("Model")
    assert model is not None
    assert model.get("name") == "a<b> & c"


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("declared", ["UTF-8", "utf-16", "ISO-8859-1", "windows-1252", "nonsense"])
def test_any_encoding_is_read_and_kept_as_utf8(encoding: str, declared: str) -> None:
    text = PLAIN.replace("UTF-8", declared).replace("by hand", "Jürgen")
    content = text.encode(encoding)
    root = parse_xml(content, "m")
    assert root.findtext("Model/credits") == "Jürgen"
    kept = well_formed(content, "m")
    assert ET.fromstring(kept).findtext("Model/credits") == "Jürgen"
    assert kept.startswith(b"<?xml")


def test_plain_documents_stay_as_they_are() -> None:
    assert well_formed(PLAIN.encode(), "m") == PLAIN.encode()
    assert well_formed(CASE.read_bytes(), "m") == CASE.read_bytes()


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB + "<OpenSimDocument>&b;</OpenSimDocument>", "declares entities"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "declares entities"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://a/b"> %p;]><x/>', "declares entities"),
        ("<a>" * 100_000 + "</a>" * 100_000, "more than 200 deep"),
        ("", "holds no tag"),
        ("no markup", "holds no tag"),
        (PLAIN[:120], "no valid XML: .*, line 2, column"),
        ('<a "' * 100_000, "no valid XML"),
        ("<a \"'" * 100_000, "no valid XML"),
        ("<a>" + "<!--" * 100_000, "no valid XML"),
        ("<a>" + "<![CDATA[" * 100_000, "no valid XML"),
        ("<" * 100_000, "no valid XML"),
        ("<a>&" * 100, "no valid XML"),
    ],
)
@pytest.mark.timeout(30)
def test_attacks_and_damage_end_in_one_line(content: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        parse_xml(content.encode(), "m.osim")
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_an_external_document_type_is_not_opened(tmp_path: Path) -> None:
    outside = tmp_path / "x.dtd"
    outside.write_text('<!ENTITY a "read">')
    content = f'<!DOCTYPE x SYSTEM "{outside}"><x>&a;</x>'.encode()
    assert parse_xml(content, "m").text in (None, "", "&a;")


@given(st.binary(max_size=200))
def test_nothing_but_the_declared_error(noise: bytes) -> None:
    for content in (noise, PLAIN[:60].encode() + noise, PLAIN.encode()[:150] + noise + b"</Model>"):
        with contextlib.suppress(FileFormatError):
            parse_xml(content, "m")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\0 \n", "is empty"),
        (b"PK\x03\x04....", "is no OpenSim file but a zip archive: unpack it"),
        (b"\x1f\x8b....", "is no OpenSim file but a gzip archive"),
        (b"\n<!DOCTYPE html><html><body><br></html>", "is no OpenSim file but a web page"),
        (b"<HTML><body>", "is no OpenSim file but a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"PathFileType\t4\t(X/Y/Z)\tx.trc\n", "holds no tag"),
        (b"\x89PNG\r\n\x1a\n\0\0", "holds no tag"),
        (b"<svg></svg>", "m is no OpenSim file: it holds no <OpenSimDocument>"),
        (b"<OpenSimDocument Version='40000'></OpenSimDocument>", "holds no <Model>"),
    ],
)
def test_what_is_no_model_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "m.osim"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        read_model(path)


def test_a_model_in_another_encoding_is_kept_as_opensim_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "m.osim"
    path.write_bytes(PLAIN.encode("utf-16"))
    assert b"<Model" in read_model(path).xml
    assert read_document(path).xml.startswith(b"<?xml")
    assert isinstance(read_model(path), Model)


@pytest.mark.parametrize(
    ("content", "default", "read"),
    [
        ("<apply>true</apply>", False, True),
        ("<apply> TRUE </apply>", False, True),
        ("<apply>1</apply>", False, True),
        ("<apply>false</apply>", True, False),
        ("<apply>0</apply>", True, False),
        ("<apply/>", True, True),
        ("", True, True),
        ("", False, False),
    ],
)
def test_flags_are_read_as_opensim_does(content: str, default: bool, read: bool) -> None:
    assert flag(ET.fromstring(f"<IKMarkerTask>{content}</IKMarkerTask>"), "apply", default) is read
