"""`Mechanism`: the part of a tree that moves tracked markers, as flat arrays for compiled code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinebench.core.arrays import FloatArray
from kinebench.errors import ModelError
from kinebench.kinematics.functions import Function, PiecewisePolynomial
from kinebench.kinematics.gimbals import Gimbal, gimbals_of, is_ambiguous
from kinebench.kinematics.rotation import axis_rotation
from kinebench.kinematics.tree import GROUND, Joint, Offset, Term, Tree, TreeMarker

LINEAR, POLYNOMIAL, SINE = 0, 1, 2
IntArray = NDArray[np.int64]
_RecordArray = NDArray[np.void]

_NODE = np.dtype(
    [
        ("parent", "i8"),
        ("turned", "i8"),
        ("simple", "i8"),
        ("first_term", "i8"),
        ("end_rotations", "i8"),
        ("end_terms", "i8"),
        ("first_column", "i8"),
        ("end_columns", "i8"),
        ("R", "f8", (3, 3)),
        ("p", "f8", (3,)),
    ],
    align=True,
)
_TERM = np.dtype(
    [
        ("node", "i8"),
        ("axis", "i8"),
        ("turns", "i8"),
        ("turned", "i8"),
        ("kind", "i8"),
        ("first_piece", "i8"),
        ("end_pieces", "i8"),
        ("first_weight", "i8"),
        ("end_weights", "i8"),
        ("R", "f8", (3, 3)),
        ("direction", "f8", (3,)),
        ("parameters", "f8", (4,)),
    ],
    align=True,
)
_WEIGHT = np.dtype([("column", "i8"), ("coordinate", "i8"), ("factor", "f8")], align=True)
_PIECE = np.dtype(
    [("start", "f8"), ("origin", "f8"), ("first_coefficient", "i8"), ("end_coefficients", "i8")],
    align=True,
)
_VARIABLE = np.dtype(
    [("low", "f8"), ("high", "f8"), ("task_weight", "f8"), ("task_value", "f8")], align=True
)
_MARKER = np.dtype([("node", "i8"), ("location", "f8", (3,)), ("weight", "f8")], align=True)


class FlatMechanism(NamedTuple):
    """What the compiled solver reads: structured arrays.

    A *node* is a body that moves relative to its parent node; bodies welded to it are part of it.
    A *column* is one coordinate of one node's joint. A *variable* is a free coordinate. Columns
    are variables, in order, unless `reduced`.

    Parameters
    ----------
    nodes : _NODE
        Parent node (−1: ground); pose of the joint's frame F in it, `turned` when R is no identity;
        terms, rotations first; columns. In a `simple` node each column moves one term, linearly,
        and earlier columns carry later ones: then second derivatives are cross products of columns.
    terms : _TERM
        In the order of their nodes. Rotations (`turns`): about axis 0, 1 or 2 of the frame that R
        (when `turned`) brings about. Translations: along `direction` in F. The function: its kind,
        four numbers, its pieces. Its argument is the sum of factor · coordinate over its weights.
    couplings : _TERM
        Functions whose results are the coordinates n_variables, n_variables + 1, …
    weights : _WEIGHT
        Of terms and couplings; coordinates are counted variables first, then coupled ones.
    pieces : _PIECE
    coefficients : (n,)
        Piecewise polynomials, as in `PiecewisePolynomial`, lowest power first.
    column_coordinate : (n_columns,)
    column_chain, variable_chain : (n, longest chain + 1)
        Row i: the columns (variables) that carry column i, from the root outwards, then itself,
        then −1. Of two entries of a row the first one's own row is the start of this row: the
        non-zero pattern of H and of its factorisation.
    column_depth, variable_depth : (n,)
        How many carry each.
    variables : _VARIABLE
    markers : _MARKER
        Tracked markers, ordered by node and name; node −1 is ground.
    reduced : bool
    """

    nodes: _RecordArray
    terms: _RecordArray
    couplings: _RecordArray
    weights: _RecordArray
    pieces: _RecordArray
    coefficients: FloatArray
    column_coordinate: IntArray
    column_chain: IntArray
    column_depth: IntArray
    variable_chain: IntArray
    variable_depth: IntArray
    variables: _RecordArray
    markers: _RecordArray
    reduced: bool


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Flat arrays, and what their indices mean.

    Parameters
    ----------
    flat : FlatMechanism
    variables : tuple of int
        Coordinates of the tree that the solver moves, in its order.
    markers : tuple of str
        Tracked markers in the solver's order.
    limbs : tuple of tuple of int
        Variables of each chain that hangs on a branching node, the root's own first.
    marked : (n_limbs, n_markers) bool
        Which markers each limb carries itself.
    turning : frozenset of int
        Variables that are angles.
    gimbals : tuple of Gimbal
        Joints for whose angles there are others that say the same.
    ambiguous : tuple of Gimbal
        Those of them whose limits leave room for the others.
    """

    flat: FlatMechanism
    variables: tuple[int, ...]
    markers: tuple[str, ...]
    limbs: tuple[tuple[int, ...], ...]
    marked: NDArray[np.bool_]
    turning: frozenset[int]
    gimbals: tuple[Gimbal, ...]
    ambiguous: tuple[Gimbal, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    body: int
    parent: int
    place: Offset
    rotations: tuple[tuple[int, FloatArray | None, Term], ...]
    translations: tuple[Term, ...]
    columns: tuple[int, ...]  # coordinates of the tree
    simple: bool


def build_mechanism(
    tree: Tree,
    marker_weights: dict[str, float],
    coordinate_tasks: dict[int, tuple[float, float]] | None = None,
) -> Mechanism:
    """Flatten what moves the weighted markers.

    Parameters
    ----------
    tree : Tree
    marker_weights : dict of str to float
        Names must exist in the tree; the order does not matter.
    coordinate_tasks : dict of int to (float, float), optional
        Weight and target, rad or m, by coordinate of the tree.

    Raises
    ------
    ModelError
        When no coordinate moves any of the markers.
    """
    names = tuple(sorted(marker_weights))
    markers = tree.select_markers(names)
    nodes, anchors = _nodes(tree, {marker.body for marker in markers})
    order = sorted(range(len(names)), key=lambda i: (anchors[markers[i].body][0], names[i]))
    markers = tuple(markers[i] for i in order)
    columns = [coordinate for node in nodes for coordinate in node.columns]
    variables, couplings = _variables(tree, columns)
    if not variables:
        raise ModelError(f"{tree.name} has no coordinate that moves a tracked marker")
    coordinates = [*variables, *(tree.couplings[i].dependent for i in couplings)]
    table = _Table(coordinates)
    node_records = _node_records(nodes, table)
    couplings_used = [tree.couplings[i] for i in couplings]
    coupling_records = table.functions([(c.function, c.weights) for c in couplings_used], ())
    reduced = bool(couplings) or len(set(columns)) < len(columns)
    chains = _chains(nodes)
    # through couplings any variable may act on any other
    variable_chains = [list(range(i + 1)) for i in range(len(variables))] if reduced else chains
    flat = FlatMechanism(
        node_records,
        table.terms(),
        coupling_records,
        table.weights(),
        table.pieces(),
        table.coefficients(),
        np.array([coordinates.index(c) for c in columns], dtype=np.int64),
        *_chain_arrays(chains),
        *_chain_arrays(variable_chains),
        _variable_records(tree, variables, coordinate_tasks or {}),
        _marker_records(markers, anchors, marker_weights),
        reduced,
    )
    limbs, gimbals = _limbs(nodes, variables), gimbals_of(tree, variables)
    turning = {i for i, c in enumerate(variables) if tree.coordinates[c].kind == "rotational"}
    return Mechanism(
        flat,
        tuple(variables),
        tuple(marker.name for marker in markers),
        tuple(limbs),
        np.array([np.isin(flat.markers["node"], limbs[limb]) for limb in limbs]),
        frozenset(turning),
        gimbals,
        tuple(g for g in gimbals if is_ambiguous(g, *_limits(flat, g.variables))),
    )


def _limits(flat: FlatMechanism, variables: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    records = flat.variables[list(variables)]
    return records["low"], records["high"]


def _nodes(tree: Tree, tracked: set[int]) -> tuple[list[_Node], dict[int, tuple[int, Offset]]]:
    """Nodes, and for every body its node and its pose in the node's frame."""
    needed = {body for marked in tracked for body in tree.chain(marked)}
    anchors: dict[int, tuple[int, Offset]] = {GROUND: (-1, Offset(np.eye(3), np.zeros(3)))}
    nodes: list[_Node] = []
    for body, joint in enumerate(tree.joints):
        if body not in needed:
            continue
        parent, in_node = anchors[joint.parent]
        place = in_node.after(joint.in_parent)
        if tree.joint_coordinates(body):
            node, last_turn = _node(tree, body, joint, parent, place)
            nodes.append(node)
            inner = Offset(last_turn.T, np.zeros(3)).after(joint.in_child.inverse())
            anchors[body] = (len(nodes) - 1, inner)
        else:
            fixed = place.after(_constant_pose(joint)).after(joint.in_child.inverse())
            anchors[body] = (parent, fixed)
    return nodes, anchors


def _constant_pose(joint: Joint) -> Offset:
    R, p = np.eye(3), np.zeros(3)
    for term in joint.terms:
        value = term.function(0.0)
        if term.rotation:
            R = R @ axis_rotation(term.axis, value)
        else:
            p = p + value * term.axis
    return Offset(R, p)


def _node(
    tree: Tree, body: int, joint: Joint, parent: int, place: Offset
) -> tuple[_Node, FloatArray]:
    """A node whose rotations are about axes 0, 1 or 2 of turned frames, and its last turn.

    Terms that never change are no terms of it: they are in these turns and in its place.
    """
    turn, constant = np.eye(3), np.eye(3)
    rotations, shift = [], np.zeros(3)
    for term in joint.terms:
        if not term.weights:
            value = term.function(0.0)
            if term.rotation:
                constant = constant @ axis_rotation(term.axis, value)
            else:
                shift = shift + value * term.axis
        elif term.rotation:
            axis, sign, wanted = _aligned(term.axis)
            relative = turn.T @ constant @ wanted
            turned = (
                term if sign > 0 else Term(True, -term.axis, term.weights, term.function.scaled(-1))
            )
            rotations.append(
                (axis, None if np.array_equal(relative, np.eye(3)) else relative, turned)
            )
            turn, constant = wanted, np.eye(3)
    translations = tuple(term for term in joint.terms if term.weights and not term.rotation)
    moving = [*translations, *(r[2] for r in rotations)]
    columns = tuple(dict.fromkeys(index for term in moving for index, _ in term.weights))
    simple = len(columns) == len(moving) and all(
        len(term.weights) == 1 and _is_linear(term.function) for term in moving
    )
    place = place.after(Offset(np.eye(3), shift))
    return _Node(
        body, parent, place, tuple(rotations), translations, columns, simple
    ), constant.T @ turn


def _aligned(axis: FloatArray) -> tuple[int, int, FloatArray]:
    """Index and sign of a coordinate axis, and the frame in which the given axis is that one."""
    index = int(np.argmax(np.abs(axis)))
    if abs(axis[index]) == 1.0:
        return index, int(axis[index]), np.eye(3)
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    x = np.cross(helper, axis)
    x /= np.linalg.norm(x)
    return 2, 1, np.stack([x, np.cross(axis, x), axis], axis=1)


def _is_linear(function: Function) -> bool:
    return (
        isinstance(function, PiecewisePolynomial)
        and len(function.origins) == 1
        and function.coefficients.shape[1] <= 2
    )


def _variables(tree: Tree, columns: list[int]) -> tuple[list[int], list[int]]:
    """Free coordinates that the columns depend on, and the couplings in between."""
    by_dependent = {coupling.dependent: i for i, coupling in enumerate(tree.couplings)}
    variables: list[int] = []
    couplings: set[int] = set()
    waiting = list(reversed(columns))
    while waiting:
        coordinate = waiting.pop()
        if coordinate in by_dependent:
            couplings.add(by_dependent[coordinate])
            inputs = tree.couplings[by_dependent[coordinate]].weights
            waiting.extend(index for index, _ in inputs)
        elif coordinate not in variables:
            variables.append(coordinate)
    return variables, sorted(couplings)


class _Table:
    """Collects terms, their weights and their functions as rows of structured arrays."""

    def __init__(self, coordinates: list[int]) -> None:
        self._coordinates = coordinates
        self._terms: list[_RecordArray] = []
        self._weights: list[tuple[int, int, float]] = []
        self._pieces: list[tuple[float, float, int, int]] = []
        self._coefficients: list[float] = []

    def add(
        self, node: int, term: Term, axis: int, turn: FloatArray | None, columns: dict[int, int]
    ) -> None:
        """Append a term of a node; `columns` gives the column of each coordinate of the tree."""
        record = self.functions([(term.function, term.weights)], columns)
        record["node"], record["axis"], record["turned"] = node, axis, turn is not None
        record["turns"] = term.rotation
        record["R"] = np.eye(3) if turn is None else turn
        record["direction"] = term.axis
        self._terms.append(record)

    def functions(
        self,
        functions: list[tuple[Function, tuple[tuple[int, float], ...]]],
        columns: dict[int, int] | tuple[()],
    ) -> _RecordArray:
        """Records of functions with their weights."""
        records = np.zeros(len(functions), _TERM)
        for record, (function, weights) in zip(records, functions, strict=True):
            record["first_weight"] = len(self._weights)
            for index, factor in weights:
                column = columns[index] if isinstance(columns, dict) else -1
                self._weights.append((column, self._coordinates.index(index), factor))
            record["end_weights"] = len(self._weights)
            self._describe(function, record)
        return records

    def _describe(self, function: Function, record: np.void) -> None:
        if not isinstance(function, PiecewisePolynomial):
            record["kind"] = SINE
            record["parameters"] = (
                function.amplitude,
                function.omega,
                function.phase,
                function.offset,
            )
            return
        if _is_linear(function):
            constant, slope = (*function.coefficients[0], 0.0)[:2]
            record["kind"] = LINEAR
            record["parameters"][:2] = slope, constant - slope * function.origins[0]
            return
        record["kind"] = POLYNOMIAL
        record["first_piece"] = len(self._pieces)
        for start, origin, row in zip(
            (-np.inf, *function.starts), function.origins, function.coefficients, strict=True
        ):
            first = len(self._coefficients)
            self._coefficients += row.tolist()
            self._pieces.append((start, origin, first, len(self._coefficients)))
        record["end_pieces"] = len(self._pieces)

    def __len__(self) -> int:
        return len(self._terms)

    def terms(self) -> _RecordArray:
        return np.concatenate(self._terms) if self._terms else np.zeros(0, _TERM)

    def weights(self) -> _RecordArray:
        return np.array(self._weights, _WEIGHT)

    def pieces(self) -> _RecordArray:
        return np.array(self._pieces, _PIECE)

    def coefficients(self) -> FloatArray:
        return np.array(self._coefficients, np.float64)


def _node_records(nodes: list[_Node], table: _Table) -> _RecordArray:
    records = np.zeros(len(nodes), _NODE)
    n_columns = 0
    for index, (record, node) in enumerate(zip(records, nodes, strict=True)):
        columns = {coordinate: n_columns + i for i, coordinate in enumerate(node.columns)}
        record["parent"], record["simple"] = node.parent, node.simple
        record["turned"] = not np.array_equal(node.place.R, np.eye(3))
        record["R"], record["p"] = node.place.R, node.place.p
        record["first_column"] = n_columns
        n_columns += len(node.columns)
        record["end_columns"] = n_columns
        record["first_term"] = len(table)
        for axis, turn, term in node.rotations:
            table.add(index, term, axis, turn, columns)
        record["end_rotations"] = len(table)
        for term in node.translations:
            table.add(index, term, 0, None, columns)
        record["end_terms"] = len(table)
    return records


def _marker_records(
    markers: tuple[TreeMarker, ...],
    anchors: dict[int, tuple[int, Offset]],
    weights: dict[str, float],
) -> _RecordArray:
    records = np.zeros(len(markers), _MARKER)
    for record, marker in zip(records, markers, strict=True):
        record["node"], place = anchors[marker.body]
        record["location"] = place.R @ marker.location + place.p
        record["weight"] = weights[marker.name]
    return records


def _variable_records(
    tree: Tree, variables: list[int], tasks: dict[int, tuple[float, float]]
) -> _RecordArray:
    records = np.zeros(len(variables), _VARIABLE)
    for record, index in zip(records, variables, strict=True):
        coordinate = tree.coordinates[index]
        locked = (coordinate.default, coordinate.default)
        record["low"], record["high"] = locked if coordinate.locked else coordinate.limits
        record["task_weight"], record["task_value"] = tasks.get(index, (0.0, 0.0))
    return records


def _chains(nodes: list[_Node]) -> list[list[int]]:
    """Per column: the columns that carry it, from the root outwards, and itself."""
    first = np.cumsum([0, *(len(node.columns) for node in nodes)]).tolist()
    found: list[list[int]] = []
    for index, node in enumerate(nodes):
        carried_by = found[first[node.parent + 1] - 1] if node.parent >= 0 else []
        for column in range(first[index], first[index + 1]):
            found.append([*carried_by, *range(first[index], column + 1)])
    return found


def _chain_arrays(chains: list[list[int]]) -> tuple[IntArray, IntArray]:
    longest = max(map(len, chains), default=1)
    rows = [row + [-1] * (longest - len(row)) for row in chains]
    depth = np.array([len(row) - 1 for row in chains], dtype=np.int64)
    return np.array(rows, dtype=np.int64).reshape(-1, longest), depth


def _limbs(nodes: list[_Node], variables: list[int]) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Variables and nodes of each unbranched chain of nodes, from the root outwards."""
    children: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        children.setdefault(node.parent, []).append(index)
    limbs: dict[tuple[int, ...], tuple[int, ...]] = {}
    starts = list(children.get(-1, []))
    while starts:
        chain = [starts.pop(0)]
        while len(children.get(chain[-1], [])) == 1:
            chain += children[chain[-1]]
        starts += children.get(chain[-1], [])
        moved = [variables.index(c) for i in chain for c in nodes[i].columns if c in variables]
        limb = tuple(dict.fromkeys(moved))
        limbs[limb] = (*limbs.get(limb, ()), *chain)
    return limbs
