"""Arrays in files: as numpy reads them, or refused before memory is taken."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kinebench.errors import FileFormatError
from kinebench.io.array_files import npy_array, npz_arrays

KINDS = st.one_of(
    arrays.integer_dtypes(endianness="?"),
    arrays.floating_dtypes(endianness="?"),
    arrays.boolean_dtypes(),
)


def saved(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def with_header(text: str, content: bytes = b"") -> bytes:
    head = text.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + content


@given(KINDS.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0))))
def test_numbers_as_numpy_reads_them(array: Any) -> None:
    for given_ in (array, np.asfortranarray(array)):
        data = b"before" + saved(given_)
        found, end = npy_array(data, 6)
        assert end == len(data)
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize("texts", [["knee", "膝", ""], [b"knee", b""]])
def test_texts(texts: list[Any]) -> None:
    np.testing.assert_array_equal(npy_array(saved(np.array(texts)))[0], np.array(texts))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (221474836483,)}", "announces"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "has the shape"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}", "has the shape"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': 3}", "has the shape"),
        ("{'descr': '<f8', 'fortran_order': 0, 'shape': ()}", "has the shape"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects"),
        ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': ()}", "neither numbers"),
        ("{'descr': '<f7', 'fortran_order': False, 'shape': ()}", "neither numbers"),
        ("{'descr': '<M8[s]', 'fortran_order': False, 'shape': ()}", "neither numbers"),
        ("{'descr': '<f8'}", "lacks"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (", "damaged"),
        ("{" * 9000, "damaged"),
        ("(" * 9000, "damaged"),
        ("9" * 9000, "damaged"),
        (" 1\n2", "damaged"),
        ("{" * 20000, "20000 bytes is not all there"),
    ],
)
def test_headers_that_ask_for_what_is_not_there(header: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        npy_array(with_header(header))
    assert len(str(caught.value)) < 400


def test_texts_with_characters_that_do_not_exist() -> None:
    # numpy would end in a SystemError
    header = "{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}"
    for content in (b"\xff\xff\xff\x7f", b"\x00\xd8\x00\x00"):
        with pytest.raises(FileFormatError, match="characters that do not exist"):
            npy_array(with_header(header, content))


@given(st.binary(max_size=300))
def test_rubbish(data: bytes) -> None:
    for read in (npy_array, npz_arrays):
        with pytest.raises(FileFormatError):
            read(data)


def test_archives(tmp_path: Any) -> None:
    content: dict[str, Any] = {"positions": np.arange(6.0), "names": np.array(["a"])}
    for pack in (np.savez, np.savez_compressed):
        out = io.BytesIO()
        pack(out, **content)
        found = npz_arrays(out.getvalue())
        assert found.keys() == content.keys()
        np.testing.assert_array_equal(found["positions"], content["positions"])


def test_an_archive_that_becomes_a_thousandfold() -> None:
    out = io.BytesIO()
    np.savez_compressed(out, positions=np.zeros(20_000_000))
    with pytest.raises(FileFormatError, match="its content is above"):
        npz_arrays(out.getvalue())


def test_an_encrypted_or_oddly_packed_archive() -> None:
    out = io.BytesIO()
    np.savez(out, positions=np.zeros(3))
    for at, value in ((6, 1), (8, 99)):  # flag of encryption, kind of compression
        data = bytearray(out.getvalue())
        for start in (data.find(b"PK\x03\x04"), data.find(b"PK\x01\x02") + 2):
            data[start + at] = value
        with pytest.raises(FileFormatError, match="no sound NPZ archive"):
            npz_arrays(bytes(data))
    with zipfile.ZipFile(out, "a") as zipped, pytest.warns(UserWarning, match="Duplicate"):
        zipped.writestr("positions.npy", saved(np.ones(3)))
    with pytest.raises(FileFormatError, match="'positions' twice"):
        npz_arrays(out.getvalue())
