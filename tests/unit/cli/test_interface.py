"""Options, their defaults and what they take are an interface: a change to it must be meant."""

from __future__ import annotations

from tests.unit.cli.interface import FILE, interface


def test_the_command_line_is_as_it_was() -> None:
    """`python tests/unit/cli/interface.py` after a change that is meant."""
    assert interface().splitlines() == FILE.read_text("utf-8").splitlines()
