"""A virtual environment for each peer, made where it is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["OURS", "PEERS", "Peer", "python_of"]


@dataclass(frozen=True)
class Peer:
    """A program that solves inverse kinematics.

    Parameters
    ----------
    name : str
        Of its answer's files.
    title : str
        For the table.
    script : str
        In this folder.
    arguments : tuple of str
        Besides the problem's folder.
    environment : str
        Folder of its virtual environment; empty: this interpreter.
    pip : tuple of tuple of str
        Arguments of ``pip install``, one call each.
    """

    name: str
    title: str
    script: str
    arguments: tuple[str, ...] = ()
    environment: str = ""
    pip: tuple[tuple[str, ...], ...] = ()


_BIORBD = (("biorbd==1.12.4",),)

OURS = Peer("kinebench", "kinebench `FastIK`", "peer_kinebench.py")
PEERS = (
    Peer(
        "opensim", "OpenSim 4.6 `InverseKinematicsTool`", "peer_opensim.py",
        environment="opensim", pip=(("opensim==4.6", "numpy"),),
    ),
    # PyTorch, which the package asks for, has no part in inverse kinematics
    Peer(
        "nimblephysics", "nimblephysics 0.10.52.1 `fitMarkersToWorldPositions`",
        "peer_nimblephysics.py", environment="nimblephysics",
        pip=(("--no-deps", "nimblephysics==0.10.52.1"), ("numpy<2",)),
    ),
    Peer(
        "biorbd-kalman", "biorbd 1.12.4, extended Kalman filter", "peer_biorbd.py",
        ("kalman",), "biorbd", _BIORBD,
    ),
    Peer(
        "biorbd-least-squares", "biorbd 1.12.4, least squares", "peer_biorbd.py",
        ("least-squares",), "biorbd", _BIORBD,
    ),
)  # fmt: skip


def python_of(peer: Peer, root: Path) -> Path:
    """The peer's interpreter; says so when it makes an environment.

    Raises
    ------
    RuntimeError
        When its packages cannot be installed; with pip's last line.
    """
    if not peer.environment:
        return Path(sys.executable)
    folder = root / peer.environment
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.is_file():
        print(f"making {folder} for {peer.title}", flush=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        for arguments in peer.pip:
            _run([str(python), "-m", "pip", "install", "--quiet", *arguments])
        ready.touch()
    return python


def _run(words: Sequence[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise RuntimeError(f"{' '.join(words[-2:])}: {lines[-1]}")
