"""`Function`: the text of a function in LLVM's language, one instruction after another.

Registers are named once (static single assignment), so a value is the name of its register, or a
constant. Vectors hold float32.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import count

import numpy as np

Operand = str
"""A register, ``%v7``, or a constant."""


class Function:
    """A function that returns nothing.

    Parameters
    ----------
    name : str
    parameters : sequence of str
        As ``ptr %rows`` or ``i64 %n_rows``.
    """

    def __init__(self, name: str, parameters: Sequence[str]) -> None:
        self._head = f"define void @{name}({', '.join(parameters)}) {{"
        self._lines: list[str] = []
        self._names = count()
        self._block = "entry"

    def text(self) -> str:
        """The whole function."""
        return "\n".join([self._head, "entry:", *self._lines, "  ret void", "}", ""])

    def do(self, instruction: str) -> None:
        """An instruction without a result."""
        self._lines.append(f"  {instruction}")

    def value(self, instruction: str) -> Operand:
        """The result of an instruction."""
        name = f"%v{next(self._names)}"
        self.do(f"{name} = {instruction}")
        return name

    def loop(
        self,
        n: Operand,
        step: Callable[[Operand, list[Operand]], list[Operand]],
        start: Sequence[Operand] = (),
        kind: str = "",
        stride: int = 1,
    ) -> list[Operand]:
        """What values `start` of a kind become when ``step(i, values)`` gives the next.

        i = 0, stride, 2 stride, … while below n.
        """
        number = next(self._names)
        head, body, end = (f"{place}{number}" for place in ("head", "body", "end"))
        before, index, following = self._block, f"%i{number}", f"%j{number}"
        carried = [f"%c{number}.{i}" for i in range(len(start))]
        self.do(f"br label %{head}")
        self._begin(head)
        place = len(self._lines)
        more = self.value(f"icmp slt i64 {index}, {n}")
        self.do(f"br i1 {more}, label %{body}, label %{end}")
        self._begin(body)
        found = step(index, carried)
        self.do(f"{following} = add i64 {index}, {stride}")
        self.do(f"br label %{head}")
        kinds = ["i64", *[kind] * len(start)]
        rows = zip(kinds, [index, *carried], ["0", *start], [following, *found], strict=True)
        self._lines[place:place] = [
            f"  {name} = phi {of} [ {first}, %{before} ], [ {later}, %{self._block} ]"
            for of, name, first, later in rows
        ]
        self._begin(end)
        return carried

    def _begin(self, block: str) -> None:
        self._lines.append(f"{block}:")
        self._block = block

    # whole numbers and places in memory

    def add(self, a: Operand, b: Operand | int) -> Operand:
        """Sum of whole numbers."""
        return self.value(f"add i64 {a}, {b}")

    def multiply(self, a: Operand, b: Operand | int) -> Operand:
        """Product of whole numbers."""
        return self.value(f"mul i64 {a}, {b}")

    def place(self, pointer: Operand, index: Operand | int) -> Operand:
        """Where number `index` of an array lies."""
        return self.value(f"getelementptr float, ptr {pointer}, i64 {index}")


class Vectors:
    """Instructions of a function on vectors of so many float32.

    Where a register is narrower, LLVM takes several, one after another.
    """

    def __init__(self, code: Function, lanes: int) -> None:
        self._code, self.lanes = code, lanes
        self.kind = f"<{lanes} x float>"

    def load(self, pointer: Operand, index: Operand | int = 0) -> Operand:
        """From memory; `index` counts numbers."""
        return self._code.value(
            f"load {self.kind}, ptr {self._code.place(pointer, index)}, align 4"
        )

    def store(self, vector: Operand, pointer: Operand, index: Operand | int = 0) -> None:
        """Into memory."""
        place = self._code.place(pointer, index)
        self._code.do(f"store {self.kind} {vector}, ptr {place}, align 4")

    def repeated(self, pointer: Operand, index: Operand | int) -> Operand:
        """One number of memory in all lanes."""
        number = self._code.value(f"load float, ptr {self._code.place(pointer, index)}, align 4")
        first = self._code.value(f"insertelement {self.kind} undef, float {number}, i32 0")
        mask = f"<{self.lanes} x i32> zeroinitializer"
        return self._code.value(f"shufflevector {self.kind} {first}, {self.kind} undef, {mask}")

    def part(self, wider: Vectors, vector: Operand, number: int) -> Operand:
        """Of a wider vector, the lanes of the first, second, … vector of this width."""
        first = number * self.lanes
        lanes = ", ".join(f"i32 {first + lane}" for lane in range(self.lanes))
        mask = f"<{self.lanes} x i32> <{lanes}>"
        return self._code.value(f"shufflevector {wider.kind} {vector}, {wider.kind} undef, {mask}")

    def constant(self, *numbers: float) -> Operand:
        """Numbers, rounded to float32, each in as many lanes as the others."""
        # LLVM writes a float as the bits of the double that equals it
        bits = [struct.pack(">d", float(np.float32(number))).hex().upper() for number in numbers]
        times = self.lanes // len(numbers)
        return f"<{', '.join(f'float 0x{one}' for one in bits for _ in range(times))}>"

    def operate(self, operation: str, a: Operand, b: Operand) -> Operand:
        """``fadd``, ``fsub``, ``fmul`` or ``fdiv``."""
        return self._code.value(f"{operation} {self.kind} {a}, {b}")

    def fused(self, a: Operand, b: Operand, c: Operand) -> Operand:
        """a b + c, rounded once where the processor can."""
        given = ", ".join(f"{self.kind} {argument}" for argument in (a, b, c))
        return self._code.value(f"call {self.kind} @llvm.fmuladd.v{self.lanes}f32({given})")

    def size(self, a: Operand) -> Operand:
        """|a|."""
        return self._code.value(f"call {self.kind} @llvm.fabs.v{self.lanes}f32({self.kind} {a})")

    def between(self, low: Operand, a: Operand, high: Operand) -> Operand:
        """a, or the bound beyond which it lies; NaN where a is NaN."""
        a = self.where("ogt", a, high, high, a)
        return self.where("olt", a, low, low, a)

    def where(self, relation: str, a: Operand, b: Operand, yes: Operand, no: Operand) -> Operand:
        """`yes` where a and b are related so (``olt``: a < b), else `no`."""
        mask = self._code.value(f"fcmp {relation} {self.kind} {a}, {b}")
        masks = f"<{self.lanes} x i1>"
        return self._code.value(f"select {masks} {mask}, {self.kind} {yes}, {self.kind} {no}")

    def times_power_of_two(self, a: Operand, exponent: Operand) -> Operand:
        """a 2ⁿ, n being the lowest bits of the vector `exponent`: n is added to a's exponent."""
        whole = f"<{self.lanes} x i32>"
        n, bits = (self._code.value(f"bitcast {self.kind} {x} to {whole}") for x in (exponent, a))
        places = f"<{', '.join(['i32 23'] * self.lanes)}>"
        shifted = self._code.value(f"shl {whole} {n}, {places}")
        total = self._code.value(f"add {whole} {bits}, {shifted}")
        return self._code.value(f"bitcast {whole} {total} to {self.kind}")


def declarations(*lanes: int) -> str:
    """What `Vectors` of these widths call."""
    found = []
    for n in lanes:
        kind = f"<{n} x float>"
        found.append(f"declare {kind} @llvm.fmuladd.v{n}f32({kind}, {kind}, {kind})\n")
        found.append(f"declare {kind} @llvm.fabs.v{n}f32({kind})\n")
    return "".join(found)
