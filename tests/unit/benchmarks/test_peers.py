"""The head to head with other solvers, without any of them: files, judgement, conversion."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.__main__ import Answer, answer_of, row
from benchmarks.peers.biomod import biomod
from benchmarks.peers.environments import OURS, PEERS, Peer
from benchmarks.peers.problem import (
    Problem,
    answered_positions,
    excess,
    frame_costs,
    read_problem,
    shared,
    write_problem,
)
from kinebench.core import Markers
from kinebench.core.ik_tasks import IKTasks
from kinebench.io.trc import read_trc
from kinebench.kinematics import Tree, marker_positions, read_tree
from kinebench.lab import generic_body

HERE = Path(__file__).resolve().parents[3] / "benchmarks" / "peers"
N_FRAMES = 4


@pytest.fixture(scope="module")
def tree() -> Tree:
    return read_tree(generic_body().model)


@pytest.fixture(scope="module")
def poses(tree: Tree) -> np.ndarray:
    """(n_frames, n_coordinates) about the default, far enough that no term is idle."""
    off = np.random.default_rng(5).uniform(-0.4, 0.4, (N_FRAMES, len(tree.coordinates)))
    return np.asarray(tree.defaults + off)


@pytest.fixture(scope="module")
def problem(tree: Tree, poses: np.ndarray) -> Problem:
    """Markers a centimetre along x from where the poses have them, of two weights."""
    names = tuple(marker.name for marker in tree.markers)
    away = marker_positions(tree, poses, names) + np.array([0.01, 0.0, 0.0])
    markers = Markers(names, np.arange(N_FRAMES) / 60, away)
    weights = IKTasks(tuple((name, 1.0 + 2.0 * (i % 2)) for i, name in enumerate(names)))
    return shared("made", generic_body().model, markers, weights)


def answer(tree: Tree, q: np.ndarray) -> dict[str, np.ndarray]:
    return {"names": np.array(tree.coordinate_names), "values": q}


def test_a_problem_comes_back_from_its_files(problem: Problem, tmp_path: Path) -> None:
    write_problem(tmp_path / "made", problem)
    found = read_problem(tmp_path / "made")
    assert found.name == "made"
    assert found.model.xml == problem.model.xml
    assert found.tasks == problem.tasks
    assert found.markers.names == problem.markers.names
    np.testing.assert_array_equal(found.markers.positions, problem.markers.positions)
    np.testing.assert_array_equal(found.markers.times, problem.markers.times)
    same = read_trc(tmp_path / "made" / "markers.trc")
    np.testing.assert_allclose(same.positions, problem.markers.positions, rtol=0, atol=1e-9)


def test_only_what_all_share_is_asked(tree: Tree, problem: Problem) -> None:
    first, second = problem.markers.names[:2]
    tasks = IKTasks(((second, 2.0), ("nobody", 1.0), (first, 1.0)))
    found = shared("few", problem.model, problem.markers, tasks)
    assert found.markers.names == (second, first)
    assert found.tasks.weights == {second: 2.0, first: 1.0}


def test_markers_a_centimetre_away_cost_a_centimetre(
    problem: Problem, tree: Tree, poses: np.ndarray
) -> None:
    placed = answered_positions(problem, answer(tree, poses))
    np.testing.assert_allclose(frame_costs(problem, placed), 1e-4, rtol=1e-9)


def test_our_own_answer_has_no_excess(problem: Problem, tree: Tree, poses: np.ndarray) -> None:
    placed = answered_positions(problem, answer(tree, poses))
    judged = excess(problem, placed, placed)
    np.testing.assert_array_equal(judged.ratio, 1.0)
    np.testing.assert_allclose(judged.rms_mm, 10.0, rtol=1e-9)


def test_a_root_moved_a_centimetre_more_costs_four_times_as_much(
    problem: Problem, tree: Tree, poses: np.ndarray
) -> None:
    """Twice the distance in every marker, so whatever the weights; one frame alone is moved."""
    moved = poses.copy()
    moved[2, tree.coordinate_index("pelvis_tx")] -= 0.01
    ours = answered_positions(problem, answer(tree, poses))
    judged = excess(problem, answered_positions(problem, answer(tree, moved)), ours)
    np.testing.assert_allclose(judged.ratio, [1, 1, 4, 1], rtol=1e-9)
    np.testing.assert_allclose(judged.rms_mm, [10, 10, 20, 10], rtol=1e-9)
    assert not judged.below.any()


def test_a_better_answer_is_told(problem: Problem, tree: Tree, poses: np.ndarray) -> None:
    """Half a centimetre back towards the markers: a quarter of the cost, in one frame."""
    better = poses.copy()
    better[1, tree.coordinate_index("pelvis_tx")] += 0.005
    ours = answered_positions(problem, answer(tree, poses))
    judged = excess(problem, answered_positions(problem, answer(tree, better)), ours)
    np.testing.assert_array_equal(judged.below, [False, True, False, False])
    np.testing.assert_allclose(judged.ratio, [1, 0.25, 1, 1], rtol=1e-9)


def test_one_marker_counts_by_its_weight(problem: Problem) -> None:
    """w 9 cm² more, over the sum of the weights."""
    ours = problem.markers.positions.copy()
    spoiled = ours.copy()
    spoiled[0, 1] += [0.0, 0.03, 0.0]
    weights = problem.tasks.weights
    wanted = weights[problem.markers.names[1]] * 9e-4 / sum(weights.values())
    assert frame_costs(problem, spoiled)[0] == pytest.approx(wanted, rel=1e-9)
    assert frame_costs(problem, ours)[0] == 0.0


def test_missing_markers_count_for_nothing(problem: Problem) -> None:
    seen = problem.markers.positions.copy()
    placed = seen + np.array([0.0, 0.02, 0.0])
    seen[1, 3] = np.nan
    placed[1, 3] = 50.0
    gap = Problem("gap", problem.model, problem.markers.with_positions(seen), problem.tasks)
    np.testing.assert_allclose(frame_costs(gap, placed), 4e-4, rtol=1e-9)


def test_coordinates_that_an_answer_lacks_stay_at_their_default(
    problem: Problem, tree: Tree
) -> None:
    few = {"names": np.array(["pelvis_tx"]), "values": np.array([[0.2], [0.3]])}
    q = np.tile(tree.defaults, (2, 1))
    q[:, tree.coordinate_index("pelvis_tx")] = [0.2, 0.3]
    wanted = marker_positions(tree, q, problem.markers.names)
    np.testing.assert_array_equal(answered_positions(problem, few), wanted)


def test_a_peer_with_another_model_is_taken_at_its_word(problem: Problem) -> None:
    placed = problem.markers.positions + 1.0
    np.testing.assert_array_equal(answered_positions(problem, {"positions": placed}), placed)


def read_biomod(text: str, q: dict[str, float]) -> dict[str, np.ndarray]:
    """Markers by name of a .bioMod file in a pose: a second reading of the format."""
    frames: dict[str, np.ndarray] = {"": np.eye(4)}
    found = {}
    for block in re.findall(r"^(?:segment|marker) .*?^end\w+$", text, re.M | re.S):
        kind, name = block.split()[:2]
        parent = re.search(r"parent (\S+)", block)
        above = frames[parent[1] if parent else ""]
        if kind == "marker":
            where = re.search(r"position (.*)", block)
            assert where
            found[name] = (above @ [*map(float, where[1].split()), 1.0])[:3]
            continue
        rows = block[block.index("  RT\n") :].split("\n")[1:5]
        frame = above @ np.array([[float(x) for x in line.split()] for line in rows])
        moves = np.eye(4)
        if "rotations z" in block:
            c, s = np.cos(q[name]), np.sin(q[name])
            moves[:2, :2] = [[c, -s], [s, c]]
        elif "translations z" in block:
            moves[2, 3] = q[name]
        frames[name] = frame @ moves
    return found


def awkward(tree: Tree) -> Tree:
    """The tree with every joint turning the other way, and sliding by half of what turns it."""
    joints = []
    for joint in tree.joints:
        terms = [
            replace(term, weights=tuple((i, -factor) for i, factor in term.weights))
            for term in joint.terms
        ]
        slides = [
            replace(term, rotation=False, axis=term.axis[::-1], weights=((i, 0.5),))
            for term in joint.terms
            for i, _ in term.weights
            if term.rotation
        ]
        joints.append(replace(joint, terms=(*terms, *slides)))
    return replace(tree, joints=tuple(joints))


@pytest.mark.parametrize("change", [lambda tree: tree, awkward], ids=["plain", "awkward"])
def test_the_converted_model_puts_markers_where_the_model_does(
    tree: Tree, poses: np.ndarray, change: Callable[[Tree], Tree]
) -> None:
    """Exactly, in the pose in which its held motions stand; with every coordinate in play."""
    tree = change(tree)
    names = tuple(marker.name for marker in tree.markers)
    for pose in poses:
        text = biomod(tree, pose, names)
        q = {
            f"{body}_{tree.coordinates[i].name}": pose[i]
            for body, joint in zip(tree.bodies, tree.joints, strict=True)
            for term in joint.terms
            for i, _ in term.weights
        }
        found = read_biomod(text, q)
        wanted = marker_positions(tree, pose, names)
        np.testing.assert_allclose([found[name] for name in names], wanted, rtol=0, atol=1e-9)
        assert text.count("rangesQ") == len(tree.free)


def fake(tmp_path: Path, code: str) -> Peer:
    script = tmp_path / "peer.py"
    script.write_text(code, encoding="utf-8")
    return Peer("fake", "a peer", str(script))


def test_a_peers_own_message_is_shown(problem: Problem, tmp_path: Path) -> None:
    peer = fake(tmp_path, "raise ValueError('Joint type PinJoint is not implemented')")
    found = answer_of(peer, problem, tmp_path, tmp_path)
    line = row(peer, problem, found, problem.markers.positions)
    assert "fails: ValueError: Joint type PinJoint is not implemented" in line


def test_a_peers_row_says_what_it_reached(problem: Problem) -> None:
    timing = {
        "solve_s": 2.0, "start_s": 0.5, "latency_ms": [1.0, 3.0], "peak_mb": 90.0, "remark": "x",
    }  # fmt: skip
    placed = problem.markers.positions + np.array([0.0, 0.0, 0.02])
    ours = problem.markers.positions + np.array([0.0, 0.01, 0.0])
    line = row(OURS, problem, Answer(placed, timing), ours)
    cells = [cell.strip() for cell in line.strip("| ").split("|")]
    assert cells[1:] == [
        "2", "20.000, 20.000", "4.0000, 4.000", "0", "1.00, 3.00", "0.50", "90", "x",
    ]  # fmt: skip


@pytest.mark.parametrize("peer", [OURS, *PEERS], ids=lambda peer: peer.name)
def test_a_peers_script_is_there_and_needs_only_its_own_environment(peer: Peer) -> None:
    allowed = set(sys.stdlib_module_names) | {"numpy", "measured"}
    allowed |= {"nimble": {"nimblephysics_libs"}, "biorbd": {"biorbd"}, "opensim": {"opensim"}}.get(
        peer.environment.removesuffix("physics"), {"kinebench"}
    )
    for path in (HERE / peer.script, HERE / "measured.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed
            elif isinstance(node, ast.ImportFrom):
                assert str(node.module).split(".")[0] in allowed


def test_what_a_script_measures_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    measured = __import__("measured")
    monkeypatch.setattr(sys, "argv", ["peer.py", str(tmp_path)])
    found, seconds = measured.frame_by_frame(lambda frame: frame * frame, 3)
    assert found == [0, 1, 4]
    assert seconds.shape == (3,)
    measured.write_answer("x", 0.5, 2.0, [0.001, 0.002, 0.003], "why", positions=np.ones(3))
    timing = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert timing["latency_ms"] == pytest.approx([2.0, 2.98])
    assert (timing["start_s"], timing["solve_s"], timing["remark"]) == (0.5, 2.0, "why")
    with np.load(tmp_path / "x.npz") as file:
        np.testing.assert_array_equal(file["positions"], np.ones(3))
