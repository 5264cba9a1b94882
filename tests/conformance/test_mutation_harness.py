"""The harness that plants small faults: it changes one place, and knows it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.mutation import __main__ as harness
from benchmarks.mutation import report
from benchmarks.mutation.import_map import read_import_map
from benchmarks.mutation.line_map import LineMap
from benchmarks.mutation.mutants import mutants

MODULE = '''"""Text is left alone: 1 < 2."""

LIMIT = 3


def chosen(values, factor=2, *, strict=True):
    """Docstring."""
    if not values and factor <= LIMIT:
        raise ValueError(f"{factor + 1}")
    total = min(values[0] + factor, key=len(values))
    return total if strict else -1
'''


def changes(root: Path, text: str = MODULE) -> set[tuple[str, str, str]]:
    (root / "kinebench" / "ik").mkdir(parents=True, exist_ok=True)
    (root / "kinebench" / "ik" / "m.py").write_text(text)
    return {(m.operator, m.before, m.after) for m in mutants(root, "kinebench/ik/m.py")}


@pytest.mark.parametrize(
    "change",
    [
        ("comparison", "factor <= LIMIT", "(factor > LIMIT)"),
        ("boundary", "factor <= LIMIT", "(factor < LIMIT)"),
        ("and/or", "not values and factor <= LIMIT", "(not values or factor <= LIMIT)"),
        ("negation", "not values", "(values)"),
        ("condition", "not values and factor <= LIMIT", "True"),
        ("condition", "not values and factor <= LIMIT", "False"),
        ("arithmetic", "values[0] + factor", "(values[0] - factor)"),
        ("constant", "3", "4"),
        ("constant", "2", "(1)"),
        ("constant", "True", "False"),
        ("sign", "-1", "(1)"),
        ("dropped statement", 'raise ValueError(f"{factor + 1}")', "pass"),
        ("returned value", "return total if strict else -1", "return None"),
        ("other branch", "total if strict else -1", "(-1 if strict else total)"),
        ("keyword dropped", "min(values[0] + factor, key=len(values))", "min(values[0] + factor)"),
    ],
)
def test_a_change_is_made(tmp_path: Path, change: tuple[str, str, str]) -> None:
    assert change in changes(tmp_path)


def test_texts_are_left_alone(tmp_path: Path) -> None:
    assert not {before for _, before, _ in changes(tmp_path)} & {"1 < 2", "factor + 1", "1"}


def test_only_one_place_is_changed(tmp_path: Path) -> None:
    changes(tmp_path)
    source = MODULE.encode()
    for mutant in mutants(tmp_path, "kinebench/ik/m.py"):
        changed = mutant.applied(source)
        assert changed != source
        assert changed.startswith(source[: mutant.start])
        assert changed.endswith(source[mutant.stop :])


def test_a_mutant_is_known_again_when_lines_move(tmp_path: Path) -> None:
    changes(tmp_path)
    before = [m.identity for m in mutants(tmp_path, "kinebench/ik/m.py")]
    changes(tmp_path, MODULE.replace("LIMIT = 3", "# why\n\nLIMIT = 3"))
    after = [m.identity for m in mutants(tmp_path, "kinebench/ik/m.py")]
    assert before == after
    assert len(set(before)) == len(before)


def test_a_default_is_reached_by_the_body(tmp_path: Path) -> None:
    """Defaults run when a module is imported; what they do shows where the function runs."""
    changes(tmp_path)
    found = mutants(tmp_path, "kinebench/ik/m.py")
    default = next(m for m in found if m.before == "2")
    lines = LineMap({"kinebench/ik/m.py": {10: frozenset({"t"})}}, {"t": 0.1})
    assert lines.reaching(default) == {"t"}
    assert lines.reaching(next(m for m in found if m.before == "3")) == frozenset()


def test_packages_are_drawn_in_proportion_to_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "PACKAGES", ("ik", "cli"))
    changes(tmp_path, "".join(f"a{i} = {i}\n" for i in range(30)))
    (tmp_path / "kinebench" / "cli").mkdir()
    (tmp_path / "kinebench" / "cli" / "m.py").write_text("a = 1\n" * 10)
    drawn = harness.sample(tmp_path, 1, 20)
    assert sorted(m.package for m in drawn) == ["cli"] * 5 + ["ik"] * 15
    assert drawn == harness.sample(tmp_path, 1, 20)
    assert drawn != harness.sample(tmp_path, 2, 20)


def test_equivalent_ones_leave_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes(tmp_path)
    drawn = [
        {**{name: getattr(m, name) for name in m.__slots__}, "identity": m.identity}
        for m in mutants(tmp_path, "kinebench/ik/m.py")[:10]
    ]
    (tmp_path / "verdicts").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "sample-1.json").write_text(json.dumps(drawn))
    for i, mutant in enumerate(drawn):
        verdict = {"outcome": "caught" if i < 8 else "survived"}
        (tmp_path / "verdicts" / f"{mutant['identity']}.json").write_text(json.dumps(verdict))
    judged = {
        "samples": {},
        "sections": {},
        "equivalent": {drawn[9]["identity"]: "the same for every input"},
    }
    monkeypatch.setattr(report, "JUDGED", tmp_path / "judged.json")
    report.JUDGED.write_text(json.dumps(judged))
    report.write_report(tmp_path, [1], tmp_path)
    text = (tmp_path / "reports" / "mutation.md").read_text()
    assert "| ik | 10 | 1 | 8 | 1 | 88.9% (56% to 98%) |" in text
    assert "the same for every input" in text


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_tests_that_import_a_module_come_before_those_that_import_its_users(
    tmp_path: Path,
) -> None:
    files = {
        "kinebench/ik/m.py": "factor = 2\n",
        "kinebench/cli/ik.py": "def run():\n    from kinebench.ik.m import factor\n",
        "kinebench/cli/far.py": "",
        "tests/unit/ik/test_m.py": "from kinebench.ik.m import factor\n",
        "tests/unit/cli/test_ik.py": "import kinebench.cli.ik\n",
        "tests/end_to_end/test_a.py": "import kinebench.ik.m\n",
        "tests/end_to_end/test_b.py": 'main(["ik", "FILE"])\n',
        "tests/end_to_end/test_slow.py": "import kinebench.ik.m\n",
        "tests/unit/cli/test_far.py": "import kinebench.cli.far\n",
    }
    _write(tmp_path, files)
    known = read_import_map(tmp_path, left_out=frozenset({"end_to_end/test_slow.py"}))
    (mutant, *_) = mutants(tmp_path, "kinebench/ik/m.py")
    near, far = known.files(mutant)[:2], known.files(mutant)[2:]
    assert near == ["tests/unit/ik/test_m.py", "tests/end_to_end/test_a.py"]
    assert sorted(far) == ["tests/end_to_end/test_b.py", "tests/unit/cli/test_ik.py"]


def test_the_test_file_of_a_module_s_name_comes_first_however_long_it_takes(
    tmp_path: Path,
) -> None:
    files = {
        "kinebench/ik/m.py": "factor = 2\n",
        "tests/unit/ik/test_a.py": "import kinebench.ik.m\n",
        "tests/unit/ik/test_m.py": '"""Longer than others, and slow."""\nimport kinebench.ik.m\n',
        "tests/unit/ik/test_slow.py": "import kinebench.ik.m\n",
    }
    _write(tmp_path, files)
    slow = frozenset({"unit/ik/test_m.py", "unit/ik/test_slow.py"})
    (mutant, *_) = mutants(tmp_path, "kinebench/ik/m.py")
    chosen = read_import_map(tmp_path, left_out=slow).files(mutant)
    assert chosen == ["tests/unit/ik/test_m.py", "tests/unit/ik/test_a.py"]


def test_files_that_are_left_out_are_there() -> None:
    assert [name for name in harness.SLOW if not (harness.ROOT / "tests" / name).exists()] == []
