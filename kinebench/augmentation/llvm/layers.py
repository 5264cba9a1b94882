"""Products and gates of a layer, and how weights lie in memory for them.

Columns of weights come in blocks of four vectors: for a layer the gates input, forget, output and
candidate of as many units as a vector has lanes, for the output layer just the next columns. Blocks
lie one after another, (n_blocks, n_inputs, 4 lanes).

Rows are frames of the sequences that run together: row t s + i is frame t of sequence i of s.
"""

from __future__ import annotations

from kinebench.augmentation.llvm.activations import new_output, new_state
from kinebench.augmentation.llvm.text import Function, Operand, Vectors

GATES = 4


def product(lanes: int, n_together: int) -> str:
    """Text of ``product``: z = b + x W, so many rows at a time.

    Parameters of the function: rows x, their number (a multiple of those at a time) and width in
    memory, n_inputs, W, b, n_blocks, and z (n_rows, n_blocks, 4 lanes).
    """
    parameters = (
        "ptr noalias %x", "i64 %n_rows", "i64 %width", "i64 %n_inputs", "ptr noalias %weights",
        "ptr noalias %bias", "i64 %n_blocks", "ptr noalias %z",
    )  # fmt: skip
    code = Function("product", parameters)
    vectors, size = Vectors(code, lanes), GATES * lanes

    def block(b: Operand, _: list[Operand]) -> list[Operand]:
        weights = code.place("%weights", code.multiply(code.multiply(b, "%n_inputs"), size))
        first = code.multiply(b, size)
        bias = _got(vectors, code.place("%bias", first))

        def rows(row: Operand, _: list[Operand]) -> list[Operand]:
            numbers = [code.add(row, i) for i in range(n_together)]
            x = [code.place("%x", code.multiply(number, "%width")) for number in numbers]
            products = _products(code, vectors, x, "%n_inputs", weights)
            for number, values in zip(numbers, products, strict=True):
                start = code.add(code.multiply(code.multiply(number, "%n_blocks"), size), first)
                _put_sum(vectors, bias, values, code.place("%z", start))
            return []

        code.loop("%n_rows", rows, stride=n_together)
        return []

    code.loop("%n_blocks", block)
    return code.text()


def recurrence(lanes: int, n_sequences: int) -> str:
    """Text of ``recurrence``: the frames of s sequences, from z = b + x W to h.

    Parameters of the function: h at frame 0, after the rows of the frame before, the width of these
    rows in memory, z, which is overwritten, n_frames, n_units, U, n_blocks, and the state c (s,
    n_blocks, lanes).
    """
    parameters = (
        "ptr noalias %h", "i64 %width", "ptr noalias %z", "i64 %n_frames", "i64 %n_units",
        "ptr noalias %weights", "i64 %n_blocks", "ptr noalias %c",
    )  # fmt: skip
    code = Function("recurrence", parameters)
    vectors, size = Vectors(code, lanes), GATES * lanes

    def frame(t: Operand, _: list[Operand]) -> list[Operand]:
        first = code.multiply(t, n_sequences)
        rows = [code.add(first, i) for i in range(-n_sequences, n_sequences)]
        places = [code.place("%h", code.multiply(row, "%width")) for row in rows]
        before, now = places[:n_sequences], places[n_sequences]
        of_frame = code.place("%z", code.multiply(code.multiply(first, "%n_blocks"), size))
        between = code.multiply("%n_blocks", size)

        def block(b: Operand, _: list[Operand]) -> list[Operand]:
            weights = code.place("%weights", code.multiply(code.multiply(b, "%n_units"), size))
            start = code.place(of_frame, code.multiply(b, size))
            z = [code.place(start, code.multiply(between, i)) for i in range(n_sequences)]
            products = _products(code, vectors, before, "%n_units", weights)
            for place, values in zip(z, products, strict=True):
                _put_sum(vectors, _got(vectors, place), values, place)
            units = code.multiply(b, lanes)
            of_block = code.place("%c", units)
            between_states = code.multiply("%n_blocks", lanes)

            def places(i: Operand) -> tuple[Operand, Operand]:
                state = code.place(of_block, code.multiply(i, between_states))
                return code.place(start, code.multiply(i, between)), state

            def states(i: Operand, _: list[Operand]) -> list[Operand]:
                new_state(code, lanes, *places(i))
                return []

            def outputs(i: Operand, _: list[Operand]) -> list[Operand]:
                hidden = code.place(now, code.add(code.multiply(i, "%width"), units))
                new_output(code, lanes, *places(i), hidden)
                return []

            code.loop(str(n_sequences), states)
            code.loop(str(n_sequences), outputs)
            return []

        code.loop("%n_blocks", block)
        return []

    code.loop("%n_frames", frame)
    return code.text()


def _got(vectors: Vectors, place: Operand) -> list[Operand]:
    return [vectors.load(place, gate * vectors.lanes) for gate in range(GATES)]


def _put_sum(vectors: Vectors, a: list[Operand], b: list[Operand], place: Operand) -> None:
    for gate, pair in enumerate(zip(a, b, strict=True)):
        vectors.store(vectors.operate("fadd", *pair), place, gate * vectors.lanes)


def _products(
    code: Function, vectors: Vectors, rows: list[Operand], n_inputs: Operand, weights: Operand
) -> list[list[Operand]]:
    """Per row, its product with the weights of a block."""

    def split(values: list[Operand]) -> list[list[Operand]]:
        return [values[i : i + GATES] for i in range(0, len(values), GATES)]

    def step(k: Operand, sums: list[Operand]) -> list[Operand]:
        columns = _got(vectors, code.place(weights, code.multiply(k, GATES * vectors.lanes)))
        numbers = [vectors.repeated(row, k) for row in rows]
        return [
            vectors.fused(number, column, total)
            for number, totals in zip(numbers, split(sums), strict=True)
            for column, total in zip(columns, totals, strict=True)
        ]

    # from zero, and what they are added to last: fewer roundings of large sums
    zeros = [vectors.constant(0.0)] * (GATES * len(rows))
    return split(code.loop(n_inputs, step, zeros, vectors.kind))
