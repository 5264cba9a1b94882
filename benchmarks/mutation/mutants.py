"""All small changes that can be made to a module: one place, one operator each.

Texts, annotations, decorators and what stands inside f-strings are left alone.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
OTHER_FUNCTION = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
FOR_READERS = {"help", "metavar", "description", "epilog"}  # keywords that hold texts
BUILTIN_TYPES = {"str", "int", "float", "bool", "bytes", "list", "tuple", "dict", "set"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    Attributes
    ----------
    path : str
        The module, from the root of the repository.
    inside : str
        Qualified name of the function or class around it; empty at the module's level.
    lines : (int, int)
        First and last line whose execution reaches the change; (0, 0): when the module is imported.
    start, stop : int
        What is replaced, bytes of the file.
    number : int
        Tells mutants of one function that read alike.
    """

    path: str
    inside: str
    operator: str
    line: int
    lines: tuple[int, int]
    start: int
    stop: int
    before: str
    after: str
    number: int = 0

    @property
    def identity(self) -> str:
        """A name that holds while other parts of the module change."""
        parts = (self.path, self.inside, self.operator, self.before, self.after, str(self.number))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]

    @property
    def package(self) -> str:
        """The first folder below ``kinebench``."""
        return self.path.split("/")[1]

    def applied(self, source: bytes) -> bytes:
        """The module's text with the change."""
        return source[: self.start] + self.after.encode() + source[self.stop :]


def mutants(root: Path, path: str) -> list[Mutant]:
    """All mutants of a module, in the order of the text; few may not compile."""
    source = (root / path).read_bytes()
    found = list(_Module(path, source).walk())
    seen: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for mutant in found:
        key = (mutant.inside, mutant.operator, mutant.before, mutant.after)
        values = {name: getattr(mutant, name) for name in Mutant.__slots__}
        numbered.append(Mutant(**{**values, "number": seen[key]}))
        seen[key] += 1
    return numbered


def compiles(mutant: Mutant, root: Path) -> bool:
    """Whether Python takes the changed module."""
    try:
        compile(mutant.applied((root / mutant.path).read_bytes()), mutant.path, "exec")
    except SyntaxError:
        return False
    return True


class _Module:
    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.tree = path, ast.parse(source)
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.source = source

    def walk(self) -> Iterator[Mutant]:
        for statement in self.tree.body:
            yield from self._statement(statement, "", None)

    def _mutant(
        self, node: ast.expr | ast.stmt, operator: str, after: str, inside: str,
        lines: tuple[int, int] | None,
    ) -> Mutant:  # fmt: skip
        start = self.starts[node.lineno - 1] + node.col_offset
        stop = self.starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = self.source[start:stop].decode()
        reached = lines or (node.lineno, node.end_lineno or node.lineno)
        return Mutant(self.path, inside, operator, node.lineno, reached, start, stop, before, after)

    def _statement(
        self, node: ast.stmt, inside: str, lines: tuple[int, int] | None
    ) -> Iterator[Mutant]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from self._function(node, inside)
            return
        if isinstance(node, ast.ClassDef):
            name = f"{inside}.{node.name}".lstrip(".")
            for statement in node.body:
                yield from self._statement(statement, name, (0, 0))
            return
        if _is_left_alone(node):
            return
        at_import = (0, 0) if not inside else lines
        for operator, after in _statement_changes(node):
            yield self._mutant(node, operator, after, inside, at_import)
        if isinstance(node, ast.If | ast.While):
            for after in ("True", "False") if isinstance(node, ast.If) else ("False",):
                yield self._mutant(node.test, "condition", after, inside, at_import)
        yield from self._parts(node, inside, at_import)

    def _parts(
        self, node: ast.stmt, inside: str, lines: tuple[int, int] | None
    ) -> Iterator[Mutant]:
        """Of the statements and expressions that a statement holds."""
        for child in ast.iter_child_nodes(node):
            if child is getattr(node, "annotation", None):
                continue
            if isinstance(child, ast.stmt):
                yield from self._statement(child, inside, lines)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                for statement in child.body:
                    yield from self._statement(statement, inside, lines)
            else:
                yield from self._expression(child, inside, lines)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, inside: str
    ) -> Iterator[Mutant]:
        name = f"{inside}.{node.name}".lstrip(".")
        body = (node.body[0].lineno, node.end_lineno or node.lineno)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from self._expression(default, name, body)
        for statement in node.body:
            yield from self._statement(statement, name, None)

    def _expression(
        self, node: ast.AST, inside: str, lines: tuple[int, int] | None
    ) -> Iterator[Mutant]:
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.expr):
            for operator, after in _expression_changes(node):
                yield self._mutant(node, operator, after, inside, lines)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return  # -1 is one constant
        for child in ast.iter_child_nodes(node):
            yield from self._expression(child, inside, lines)


def _is_left_alone(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.Pass):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _replaced(node: ast.AST, **values: object) -> str:
    other = copy.copy(node)
    for name, value in values.items():
        setattr(other, name, value)
    text = ast.unparse(other)
    return f"({text})" if isinstance(other, ast.expr) else text


def _statement_changes(node: ast.stmt) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "returned value", "return None"
        case ast.Expr(value=ast.Call()):
            yield "dropped statement", "pass"
        case ast.Raise() | ast.Delete():
            yield "dropped statement", "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield "dropped statement", "pass"
        case ast.AugAssign():
            yield "dropped statement", "pass"
            if type(node.op) in ARITHMETIC:
                yield "arithmetic", _replaced(node, op=ARITHMETIC[type(node.op)]())
        case ast.Break():
            yield "loop", "continue"
        case ast.Continue():
            yield "loop", "break"


def _expression_changes(node: ast.expr) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BinOp():
            if type(node.op) in ARITHMETIC and not _is_text_or_type(node):
                yield "arithmetic", _replaced(node, op=ARITHMETIC[type(node.op)]())
        case ast.BoolOp():
            other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "and/or", _replaced(node, op=other)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            name = "negation" if isinstance(node.op, ast.Not) else "sign"
            yield name, f"({ast.unparse(node.operand)})"
        case ast.Constant():
            yield from _constants(node.value)
        case ast.IfExp():
            yield "other branch", _replaced(node, body=node.orelse, orelse=node.body)
        case ast.Call():
            yield from _calls(node)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for i, generator in enumerate(node.generators):
                if generator.ifs:
                    bare = copy.copy(generator)
                    bare.ifs = []
                    others = [*node.generators[:i], bare, *node.generators[i + 1 :]]
                    yield "condition", _replaced(node, generators=others)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for i, operator in enumerate(node.ops):
        for name, table in (("comparison", NEGATED), ("boundary", BOUNDARY)):
            if type(operator) in table:
                others = [*node.ops[:i], table[type(operator)](), *node.ops[i + 1 :]]
                yield name, _replaced(node, ops=others)


def _constants(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        yield "constant", str(not value)
    elif isinstance(value, int | float):
        yield "constant", repr(value + 1)
        if isinstance(value, int):
            yield "constant", f"({value - 1})"
        elif value:
            yield "constant", f"({-value!r})"


def _calls(node: ast.Call) -> Iterator[tuple[str, str]]:
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in FOR_READERS:
            rest = [*node.keywords[:i], *node.keywords[i + 1 :]]
            yield "keyword dropped", ast.unparse(_with(node, keywords=rest))
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args[:2])
    if len(node.args) >= 2 and plain and ast.unparse(node.args[0]) != ast.unparse(node.args[1]):
        swapped = [node.args[1], node.args[0], *node.args[2:]]
        yield "arguments swapped", ast.unparse(_with(node, args=swapped))
    if isinstance(node.func, ast.Name) and node.func.id in OTHER_FUNCTION:
        other = ast.Name(OTHER_FUNCTION[node.func.id])
        kept = node.keywords if node.func.id != "sorted" else []
        yield "other function", ast.unparse(_with(node, func=other, keywords=kept))


def _with(node: ast.Call, **values: object) -> ast.Call:
    other = copy.copy(node)
    for name, value in values.items():
        setattr(other, name, value)
    return other


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text_or_type(node: ast.BinOp) -> bool:
    """Operands for which the other operator is an error at once: no test of behaviour."""
    sides = (node.left, node.right)
    if any(isinstance(s, ast.JoinedStr) for s in sides):
        return True
    if any(isinstance(s, ast.Constant) and isinstance(s.value, str | None) for s in sides):
        return True
    names = [ast.unparse(s).split(".")[-1] for s in sides]
    return isinstance(node.op, ast.BitOr) and all(
        name in BUILTIN_TYPES or name[:1].isupper() for name in names
    )
