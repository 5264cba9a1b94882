"""Options, their defaults and what they take are an interface: a change to it must be meant."""

from __future__ import annotations

from importlib import util
from pathlib import Path


def test_the_command_line_is_as_it_was() -> None:
    """`python tests/unit/cli/interface.py` after a change that is meant."""
    place = Path(__file__).with_name("interface.py")
    spec = util.spec_from_file_location("interface", place)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.interface().splitlines() == module.FILE.read_text("utf-8").splitlines()
