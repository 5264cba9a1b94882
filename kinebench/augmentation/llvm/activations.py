"""Gates of a layer: σ(x) = 1 / (1 + e⁻ˣ) and tanh x = (1 - e⁻²ˣ) / (1 + e⁻²ˣ).

Near 0 tanh is a polynomial instead, as 1 - e⁻²ˣ would lose its leading bits there. Polynomials are
minimax fits (Lawson's iteration), their coefficients rounded to float32 from the lowest to the
highest, the rest fitted again after each.
"""

from __future__ import annotations

from math import e, log2

from kinebench.augmentation.llvm.text import Function, Operand, Vectors

POWER = (1.0, 0.6931472, 0.24022648, 0.055503596, 0.009618499, 0.001339097, 0.00015329309)
"""2ʳ = Σ aᵢ rⁱ for |r| ≤ ½: relative error below 4e-9."""

TANGENT = (-0.3333315, 0.13326012, -0.05305447, 0.017259952)
"""p of tanh x = x + x y p(y), y = x², for |x| ≤ ½: relative error below 2e-8."""

_ROUND = 1.5 * 2**23  # added to a number, it leaves no bits for a fraction
_LARGEST = 60.0  # 2⁶⁰ beside 1 is infinite in float32, and a product of two such is not
_NEAR = 0.5
_SCALES = -log2(e), -log2(e), -log2(e), -2.0 * log2(e)


def new_state(code: Function, lanes: int, z: Operand, state: Operand) -> None:
    """c' = σ(f) c + σ(i) tanh(g) in the place `state`, and 1 / σ(o) in that of o.

    At the place `z` are i, f, o and g, so many numbers of each. Their exponentials are one
    instruction after another of the four, none of which waits for another.
    """
    vectors, wide = Vectors(code, lanes), Vectors(code, 4 * lanes)
    powers = power_of_two(wide, wide.operate("fmul", wide.load(z), wide.constant(*_SCALES)))
    raised = wide.operate("fadd", powers, wide.constant(1.0))
    below_i, below_f, below_o, below_g = (vectors.part(wide, raised, i) for i in range(4))
    vectors.store(below_o, z, 2 * lanes)
    g, power = vectors.load(z, 3 * lanes), vectors.part(wide, powers, 3)
    above, below = _tangent(vectors, g, power, below_g)
    new = vectors.operate("fdiv", above, vectors.operate("fmul", below, below_i))
    kept = vectors.operate("fdiv", vectors.load(state), below_f)
    vectors.store(vectors.operate("fadd", kept, new), state)


def new_output(code: Function, lanes: int, z: Operand, state: Operand, hidden: Operand) -> None:
    """h' = σ(o) tanh(c') in the place `hidden`, after `new_state`.

    A loop of its own over sequences: what waits for c' would fill the processor's queue else.
    """
    vectors = Vectors(code, lanes)
    c, one = vectors.load(state), vectors.constant(1.0)
    power = power_of_two(vectors, vectors.operate("fmul", c, vectors.constant(_SCALES[3])))
    above, below = _tangent(vectors, c, power, vectors.operate("fadd", power, one))
    below = vectors.operate("fmul", below, vectors.load(z, 2 * lanes))
    vectors.store(vectors.operate("fdiv", above, below), hidden)


def power_of_two(vectors: Vectors, x: Operand) -> Operand:
    """2ˣ, for |x| ≤ 60; beyond, that of ±60."""
    x = vectors.between(vectors.constant(-_LARGEST), x, vectors.constant(_LARGEST))
    rounded = vectors.operate("fadd", x, vectors.constant(_ROUND))
    n = vectors.operate("fsub", rounded, vectors.constant(_ROUND))
    fraction = vectors.operate("fsub", x, n)
    return vectors.times_power_of_two(_polynomial(vectors, POWER, fraction), rounded)


def _tangent(
    vectors: Vectors, x: Operand, power: Operand, below: Operand
) -> tuple[Operand, Operand]:
    """Numerator and denominator of tanh x, given e⁻²ˣ and 1 + e⁻²ˣ."""
    one = vectors.constant(1.0)
    square = vectors.operate("fmul", x, x)
    bent = vectors.operate("fmul", square, _polynomial(vectors, TANGENT, square))
    near = vectors.fused(bent, x, x)
    far = vectors.operate("fsub", one, power)
    size, bound = vectors.size(x), vectors.constant(_NEAR)
    return (
        vectors.where("olt", size, bound, near, far),
        vectors.where("olt", size, bound, one, below),
    )


def _polynomial(vectors: Vectors, coefficients: tuple[float, ...], x: Operand) -> Operand:
    value = vectors.constant(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = vectors.fused(value, x, vectors.constant(coefficient))
    return value
