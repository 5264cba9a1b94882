"""The ``kinebench`` command: finds the subcommand, turns errors into one line and an exit code."""

from __future__ import annotations

import argparse
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from kinebench import __version__
from kinebench.cli.kinds import explained
from kinebench.cli.output import PrintableStream, print_remarks
from kinebench.cli.streams import ReaderGone, standard_streams
from kinebench.errors import KinebenchError, KinebenchWarning, printable
from kinebench.io import interrupts
from kinebench.remarks import Remark, as_remark, heard_by, remarks_of

# name -> what it does; the module of the same name is imported only when it is asked for
COMMANDS = {
    "demo": "the main job on embedded defaults: virtual laboratory, pipeline, study, report",
    "run": "keypoints in, motion out: the pipeline on one trial or OpenCap session",
    "why": "why does one side sink: swap every cause on one trial, without a reference",
    "audit": "is a recording, and what comes of it, to be trusted: a traffic light per trial",
    "engines": "OpenSim's solver and kinebench's own on one trial: cost, angles, time",
    "compare": "metrics of estimates against references, with alignment and sensitivity",
    "validate": "mocap against video, from two laboratories' files to a report",
    "check": "has a pipeline moved since its baseline was accepted: a gate for every change",
    "baseline": "what a gate expects: accept, show, diff",
    "power": "how many subjects, trials and repetitions a study of agreement needs",
    "identify": "which augmenter version made an augmented TRC",
    "study": "factorial studies: list, plan, run, report",
    "data": "the dataset catalogue: list, show, fetch, verify, add",
}

_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Returns
    -------
    int
        0 fine, 1 a check failed, 2 bad input or usage, 3 nothing was measured,
        130 interrupted, 143 asked to end.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with standard_streams("--json" in given):
            return _answer(given)
    except ReaderGone:
        return 0
    except KinebenchError as error:
        if "--debug" in given:
            raise
        # standard output failed at the last flush, or at a text of the parser
        print(f"kinebench: {error}", file=sys.stderr)
        return _BAD_INPUT


def _answer(given: Sequence[str]) -> int:
    parser = _parser(given)
    try:
        parsed = parser.parse_args(given)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    if parsed.command is None:
        parser.print_help()
        return 0
    warnings.showwarning = _show_warning
    try:
        with (
            interrupts.listening(),
            redirect_stdout(PrintableStream(sys.stdout)),
            heard_by(_printer()),
        ):
            with explained(parsed):
                code = int(import_module(f"kinebench.cli.{parsed.command}").run(parsed))
            interrupts.check()
            return code
    except KeyboardInterrupt as error:
        _say(parsed, "interrupted; no half-written file is left")
        return interrupts.exit_code(error)
    except Exception as error:
        if parsed.debug:
            raise
        print_remarks(remark for remark in remarks_of(error) if remark.text != str(error))
        _say(parsed, _in_words(error))
        return _BAD_INPUT


def _printer() -> Callable[[Remark], None]:
    """Prints what it is told, each remark once."""
    printed: set[Remark] = set()

    def hear(remark: Remark) -> None:
        if remark not in printed:
            printed.add(remark)
            print_remarks([remark])

    return hear


def _say(parsed: argparse.Namespace, what: str) -> None:
    print(f"kinebench {parsed.command}: {printable(' '.join(what.split()))}", file=sys.stderr)


def _in_words(error: Exception) -> str:
    """What went wrong; of what is not foreseen also where, for whoever mends it."""
    if isinstance(error, KinebenchError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return f"not enough memory: {error}" if str(error) else "not enough memory"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unforeseen {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}:"
        f" {error}; --debug shows the traceback"
    )


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the usage in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(_BAD_INPUT, f"{self.prog}: {message}; '{self.prog} --help' tells what is valid\n")


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kinebench",
        description="Validate and benchmark markerless-motion pipelines of the OpenCap kind.",
        epilog="'kinebench COMMAND --help' tells more.",
    )
    parser.add_argument("--version", action="version", version=f"kinebench {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    asked = next((word for word in given if word in COMMANDS), None)
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--debug", action="store_true", help="show a traceback on failure")
        if name == asked:
            import_module(f"kinebench.cli.{name}").add_arguments(command)
    return parser


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    if issubclass(category, KinebenchWarning):
        # told in a thread, to which no listener reaches
        print_remarks([as_remark(message)])
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        print(text, end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
