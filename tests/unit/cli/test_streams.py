"""Standard streams of an old encoding, closed or full: in this process, on streams of our own."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kinebench.cli import streams as module
from kinebench.cli.streams import ReaderGone, standard_streams
from kinebench.errors import KinebenchError


@pytest.fixture(autouse=True)
def _streams_as_before() -> Iterator[None]:
    kept = sys.stdout, sys.stderr
    yield
    sys.stdout, sys.stderr = kept


def stream(encoding: str, errors: str = "strict") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding, errors, newline="\n")


def written(out: io.TextIOWrapper) -> str:
    out.flush()
    raw: bytes = out.buffer.getvalue()  # type: ignore[attr-defined]
    return raw.decode(out.encoding)


def told(text: str, encoding: str, as_json: bool = False) -> str:
    """What a terminal of this encoding shows of a text on standard output."""
    sys.stdout, sys.stderr = out, _ = stream(encoding), stream(encoding)
    with standard_streams(as_json):
        sys.stdout.write(text + "\n")
    return written(out).removesuffix("\n")


def test_an_encoding_that_has_the_letters_takes_them() -> None:
    assert told("4° − 5 µm → 膝", "utf-8") == "4° − 5 µm → 膝"


@pytest.mark.parametrize(
    ("letters", "plain"),
    [
        ("2.0° − 1.5°", "2.0deg - 1.5deg"),
        ("a → b – c — d", "a -> b - c - d"),
        ("3 × 4 · 5 …", "3 x 4 * 5 ..."),
        ("≤ ≥ ± ≈", "<= >= +/- ~"),
        ("m² m³ ½ μm µm", "m2 m3 1/2 um um"),
        ("η α β κ ρ Δ σ", "eta alpha beta kappa rho delta sigma"),
        ("“a” ‘b’", "\"a\" 'b'"),
        ("┃ │ ━ ─", "| | - -"),
        ("膝", "?"),
        ("plain", "plain"),
    ],
)
def test_what_an_encoding_lacks_is_written_plainly(letters: str, plain: str) -> None:
    assert told(letters, "ascii") == plain


def test_only_what_is_lacking_is_replaced() -> None:
    """Latin-1 has the degree sign, not the minus."""
    assert told("2° − 1°", "latin-1") == "2° - 1°"


@pytest.mark.parametrize("text", ["膝 2°", "𝄞", "a\ud800b", "plain"])
def test_json_keeps_every_letter_by_its_number(text: str) -> None:
    shown = told(json.dumps({"name": text}, ensure_ascii=False), "ascii", as_json=True)
    assert shown.isascii()
    assert json.loads(shown) == {"name": text}


def test_escapes_have_four_digits_and_two_of_them_make_a_rare_letter() -> None:
    assert told("é膝𝄞", "ascii", as_json=True) == "\\u00e9\\u819d\\ud834\\udd1e"


def test_errors_are_written_plainly_in_json_too() -> None:
    sys.stdout, sys.stderr = _, err = stream("ascii"), stream("ascii")
    with standard_streams(as_json=True):
        sys.stderr.write("2°\n")
    assert written(err) == "2deg\n"


def test_streams_are_as_before_afterwards() -> None:
    sys.stdout, sys.stderr = out, err = stream("ascii", "backslashreplace"), stream("ascii")
    with standard_streams(as_json=False):
        assert sys.stdout is not out
        assert sys.stdout.encoding == "ascii"
        assert str(out.errors).startswith("kinebench")
    assert (sys.stdout, sys.stderr) == (out, err)
    assert (out.errors, err.errors) == ("backslashreplace", "strict")
    with pytest.raises(ZeroDivisionError), standard_streams(as_json=False):
        raise ZeroDivisionError
    assert sys.stdout is out


def test_a_decoding_error_is_not_ours() -> None:
    for spell in (module._plain, module._escaped):
        error = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no start")
        with pytest.raises(UnicodeDecodeError):
            spell(error)


class Failing(io.StringIO):
    """A stream whose reader is gone, or whose disk is full."""

    def __init__(self, error: Exception, at: str) -> None:
        super().__init__()
        self.error, self.at = error, at

    def write(self, text: str) -> int:
        if self.at == "write":
            raise self.error
        return super().write(text)

    def flush(self) -> None:
        if self.at == "flush":
            raise self.error


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("at", ["write", "flush"])
def test_an_answer_that_cannot_be_written_is_an_error(at: str) -> None:
    sys.stdout, sys.stderr = Failing(FULL, at), io.StringIO()
    with (
        pytest.raises(KinebenchError) as failed,
        standard_streams(as_json=False),
    ):
        sys.stdout.write("the answer\n")
    assert str(failed.value) == "cannot write to standard output: No space left on device"


def test_a_reason_without_a_number_is_told_in_its_words() -> None:
    sys.stdout, sys.stderr = Failing(ValueError("I/O on closed file"), "write"), io.StringIO()
    with (
        pytest.raises(KinebenchError, match=r"standard output: I/O on closed file$"),
        standard_streams(as_json=False),
    ):
        sys.stdout.write("the answer\n")


@pytest.mark.parametrize("at", ["write", "flush"])
def test_a_reader_that_has_left_ends_the_work(at: str) -> None:
    sys.stdout, sys.stderr = Failing(BrokenPipeError(), at), io.StringIO()
    with pytest.raises(ReaderGone), standard_streams(as_json=False):
        sys.stdout.write("the answer\n")
    assert not issubclass(ReaderGone, Exception)


@pytest.mark.parametrize("error", [FULL, BrokenPipeError(), ValueError("closed")])
def test_what_standard_error_cannot_take_is_dropped(error: Exception) -> None:
    sys.stdout, sys.stderr = out, _ = io.StringIO(), Failing(error, "write")
    with standard_streams(as_json=False):
        assert sys.stderr.write("warning") == len("warning")
        sys.stderr.flush()
        sys.stdout.write("the answer\n")
    assert out.getvalue() == "the answer\n"


def test_closed_streams_are_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with module._nowhere() as nowhere:
        assert (nowhere.name, nowhere.writable()) == (os.devnull, True)
    dropped = [io.StringIO(), io.StringIO()]
    left = list(dropped)
    monkeypatch.setattr(module, "_nowhere", lambda: left.pop(0))
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with standard_streams(as_json=False):
        sys.stdout.write("one\n")
        sys.stderr.write("two\n")
    assert sys.stdout is None
    assert [one.getvalue() for one in dropped] == ["one\n", "two\n"]


def test_a_failing_file_is_exchanged_for_nowhere_so_that_nothing_fails_at_exit(
    tmp_path: Path,
) -> None:
    file = (tmp_path / "answer").open("w")
    module._dropped(file, FULL)
    file.write("later")
    file.close()
    assert (tmp_path / "answer").read_text() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="numbers of files are handed out otherwise")
def test_numbers_of_closed_streams_are_occupied() -> None:
    """In a child: standard input and output closed, the next file that is opened gets neither."""
    child = os.fork()
    if child == 0:
        os.close(0)
        os.close(1)
        module._occupy_numbers()
        with open(os.devnull) as file:
            os._exit(0 if file.fileno() > 2 else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_texts_that_are_written_count_their_letters() -> None:
    sys.stdout, sys.stderr = out, _ = stream("utf-8"), stream("utf-8")
    with standard_streams(as_json=False):
        assert sys.stdout.write("abc") == 3
    assert written(out) == "abc"
