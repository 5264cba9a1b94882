"""A program under test, run in a folder of its own and judged by the file that it wrote."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import string
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kinebench.core.limits import LONGEST_S, Limit, require_limit
from kinebench.core.motion import Motion
from kinebench.core.trial import Trial
from kinebench.errors import FileFormatError, UnderTestError, one_line, require_names
from kinebench.io.trc import write_trc
from kinebench.pipeline.under_test.names import NameMap
from kinebench.pipeline.under_test.ready_files import motion_from

PLACEHOLDERS = ("keypoints", "static", "mass", "height", "out")
"""What a command line may ask for: TRC files in m, kg, m, and the .mot to write."""

_TIME_LIMIT = Limit(0, LONGEST_S, "s", positive=True)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command with placeholders: ``./run.sh {keypoints} {mass} {height} {out}``.

    Parameters
    ----------
    template : str
        Split as a shell does, but no shell runs it.
    names : NameMap
    time_limit_s : float
        Per trial; the program and what it started are then ended.
    home : Path
        Where relative paths of existing files in the command start.
    """

    template: str
    names: NameMap = field(default_factory=NameMap)
    time_limit_s: float = 600.0
    home: Path = Path()

    def __post_init__(self) -> None:
        require_limit(self.time_limit_s, _TIME_LIMIT, "time_limit_s of a command")
        try:
            asked = [name for _, name, _, _ in string.Formatter().parse(self.template)]
            words = shlex.split(self.template)
        except ValueError as error:
            raise FileFormatError(f"cannot read the command '{self.template}': {error}") from error
        if not words:
            raise FileFormatError("the command is empty")
        named = [name for name in asked if name is not None]
        require_names(named, PLACEHOLDERS, "placeholder", "a command")
        for needed in ("keypoints", "out"):
            if needed not in named:
                raise FileFormatError(f"the command lacks {{{needed}}}: {self.template}")

    @property
    def parameters(self) -> Mapping[str, str]:
        return {"command": self.template}

    @property
    def sources(self) -> tuple[Path, ...]:
        """Files that the command names; what these load in turn is not known."""
        words = map(self._placed, shlex.split(self.template))
        return tuple(word for word in words if isinstance(word, Path))

    def __call__(self, trial: Trial) -> Motion:
        """The motion that the program wrote for the trial, in our names."""
        with tempfile.TemporaryDirectory(prefix="kinebench-") as name:
            folder = Path(name)
            out = folder / "out.mot"
            ended = self._run(self._words(trial, folder, out), folder)
            if not out.is_file():
                raise UnderTestError(f"the command wrote no {out.name}; it {ended}")
            return motion_from(out, trial, self.names)

    def _words(self, trial: Trial, folder: Path, out: Path) -> list[str]:
        """The command, with the files that it reads written."""
        values = {
            "keypoints": str(folder / "keypoints.trc"),
            "static": str(folder / "static.trc"),
            "mass": f"{trial.subject.mass_kg:g}",
            "height": f"{trial.subject.height_m:g}",
            "out": str(out),
        }
        given = self.names.recordings(trial)
        write_trc(folder / "keypoints.trc", given.keypoints)
        if given.static is not None:
            write_trc(folder / "static.trc", given.static)
        elif "{static}" in self.template:
            raise UnderTestError("the command asks for {static}, and the trial has no static trial")
        words = [word.format_map(values) for word in shlex.split(self.template)]
        return [str(self._placed(word)) for word in words]

    def _placed(self, word: str) -> str | Path:
        """A word that is a file: the program runs elsewhere, so it is named from the root."""
        path = self.home / word
        # not resolved further: a virtual environment's interpreter is a link to another's
        return path.absolute() if path.is_file() else word

    def _run(self, words: list[str], folder: Path) -> str:
        """Run the program; gives how it ended, in words."""
        try:
            running = subprocess.Popen(
                words,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise UnderTestError(f"cannot run {words[0]}: {error.strerror or error}") from error
        try:
            said, _ = running.communicate(timeout=self.time_limit_s)
        except BaseException as error:
            _end(running)
            if isinstance(error, subprocess.TimeoutExpired):
                raise UnderTestError(
                    f"the command was ended after {self.time_limit_s:g} s"
                ) from error
            raise
        words_said = one_line(said.decode(errors="replace")[-200:])
        return f"ended with {running.returncode}" + (f": {words_said}" if words_said else "")


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(running.pid, signal.SIGKILL)
        else:
            running.kill()
    # a child that left the group may hold the pipe for ever
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.communicate(timeout=5)
