"""README's first commands from a wheel, in an empty environment.

``python packaging/try_wheel.py DIST`` makes a virtual environment in a scratch folder, installs
the wheel of DIST with what it requires and nothing else, and runs the commands there. Ends with
the exit code of the first one that fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

COMMANDS = (
    ["--version"],
    ["demo", "--out", "demo"],
    ["data", "list"],
    ["power", "--margin", "5", "--bias", "2", "--subject-sd", "3"],
    ["study", "new", "study.toml"],
    ["study", "run", "study.toml", "--out", "results"],
)


def main(dist: str) -> int:
    """Install the only wheel of a folder into an empty environment, and run `COMMANDS`."""
    (wheel,) = Path(dist).resolve().glob("kinebench-*.whl")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        venv.create(scratch / "venv", with_pip=True)
        programs = scratch / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
        for command in (install, *([str(programs / "kinebench"), *words] for words in COMMANDS)):
            print("$", *(Path(command[0]).name, *command[1:]), flush=True)
            code = subprocess.run(command, cwd=scratch, check=False).returncode
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
