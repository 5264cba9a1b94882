"""Numbers that are several: the functions of this package, compiled for poses side by side.

Compiled for `float64`, a function treats one pose. Compiled for `Lanes`, the very same source
treats `N_LANES` poses, one in each lane of the processor's vectors: so the two cannot drift apart,
and what is measured of one holds for the other. What decides by a number decides per lane: it
selects between two results, and asks `any_lane` before work that no lane may need.

Arrays of numbers in lanes have the lanes as last axis, `in_lanes` makes compiled code see that.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, type-arg"
# numba infers the types of compiled functions

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typeconv import Conversion
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import (
    intrinsic,
    lower_builtin,
    lower_cast,
    models,
    overload,
    register_model,
)

from kinebench.kinematics.newton.records import N_LANES

_NUMBERS = ir.VectorType(ir.DoubleType(), N_LANES)
_BITS = ir.VectorType(ir.IntType(1), N_LANES)


class _LanesType(types.Type):  # type: ignore[misc]
    """A number in each lane. A plain number stands for the same in all of them."""

    bitwidth = 64 * N_LANES

    def __init__(self) -> None:
        super().__init__(name=f"lanes{N_LANES}")

    def can_convert_from(self, _: Any, other: Any) -> Any:
        return Conversion.safe if isinstance(other, (types.Float, types.Integer)) else None

    def unify(self, _: Any, other: Any) -> Any:
        return self if isinstance(other, (types.Float, types.Integer)) else None


class _MaskType(types.Type):  # type: ignore[misc]
    """A truth in each lane."""

    def __init__(self) -> None:
        super().__init__(name=f"mask{N_LANES}")


class _LanesRecordType(types.Record):  # type: ignore[misc]
    """A record whose numbers are in lanes; in memory they are arrays."""

    def __init__(self, fields: Any, memory: Any) -> None:
        self._memory = memory.dtype
        super().__init__(fields, memory.size, memory.aligned)

    @property
    def dtype(self) -> Any:
        return self._memory


LANES, _MASK = _LanesType(), _MaskType()
register_model(_LanesRecordType)(models.RecordModel)


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _NUMBERS)


@register_model(_MaskType)
class _MaskModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _BITS)


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """The same value in all lanes."""
    zero = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, zero)
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), N_LANES), [0] * N_LANES)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


@lower_cast(types.Float, _LanesType)
@lower_cast(types.Integer, _LanesType)
def _from_number(context: Any, builder: Any, source: Any, _: Any, value: Any) -> Any:
    return _spread(builder, context.cast(builder, value, source, types.float64), _NUMBERS)


def _define(function: Any, result: Any, operands: Any, emit: Callable[..., Any]) -> None:
    """An operator on lanes."""
    operator_case = signature(result, *operands)

    @infer_global(function)
    class _(ConcreteTemplate):  # type: ignore[misc]
        cases = [operator_case]

    @lower_builtin(function, *operands)
    def _(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *args)


for _name, _emit in {
    "add": lambda b, x, y: b.fadd(x, y),
    "sub": lambda b, x, y: b.fsub(x, y),
    "mul": lambda b, x, y: b.fmul(x, y),
    "truediv": lambda b, x, y: b.fdiv(x, y),
}.items():
    _define(getattr(operator, _name), LANES, (LANES, LANES), _emit)
    _define(getattr(operator, "i" + _name), LANES, (LANES, LANES), _emit)
_define(operator.neg, LANES, (LANES,), lambda b, x: b.fneg(x))
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}.items():
    _define(
        getattr(operator, _name), _MASK, (LANES, LANES),
        lambda b, x, y, sign=_sign: b.fcmp_ordered(sign, x, y),
    )  # fmt: skip
_define(operator.and_, _MASK, (_MASK, _MASK), lambda b, x, y: b.and_(x, y))
_define(operator.or_, _MASK, (_MASK, _MASK), lambda b, x, y: b.or_(x, y))


@intrinsic
def _select_lanes(_, mask, yes, no):
    kind = _MASK if isinstance(yes, _MaskType) else LANES
    return kind(_MASK, kind, kind), lambda c, b, s, args: b.select(*args)


@intrinsic
def _not_lanes(_, mask):
    return _MASK(_MASK), lambda c, b, s, args: b.not_(args[0])


@intrinsic
def _any_lanes(_, mask):
    def build(context, builder, sig, args):
        bits = builder.bitcast(args[0], ir.IntType(N_LANES))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(_MASK), build


@intrinsic
def _sqrt_lanes(_, x):
    def build(context, builder, sig, args):
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_NUMBERS, [_NUMBERS]), f"llvm.sqrt.v{N_LANES}f64"
        )
        return builder.call(function, args)

    return LANES(LANES), build


@intrinsic
def _abs_lanes(_, x):
    def build(context, builder, sig, args):
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_NUMBERS, [_NUMBERS]), f"llvm.fabs.v{N_LANES}f64"
        )
        return builder.call(function, args)

    return LANES(LANES), build


def select(mask, yes, no):
    """`yes` where the mask holds, else `no`."""
    return yes if mask else no


def negated(mask):
    """Where the mask does not hold."""
    return not mask


def any_lane(mask):
    """Whether the mask holds anywhere."""
    return bool(mask)


def root(x):
    """Square root."""
    return math.sqrt(x)


def size(x):
    """Absolute value."""
    return abs(x)


def like(x, value):
    """A number as x is one: in lanes or not."""
    return value


def lowest(x, y):
    """The lower of two."""
    return select(x < y, x, y)


def highest(x, y):
    """The higher of two."""
    return select(x > y, x, y)


@overload(select)
def _select(mask, yes, no):
    if isinstance(mask, _MaskType):
        return lambda mask, yes, no: _select_lanes(mask, yes, no)
    return lambda mask, yes, no: yes if mask else no


@overload(negated)
def _negated(mask):
    if isinstance(mask, _MaskType):
        return lambda mask: _not_lanes(mask)
    return lambda mask: not mask


@overload(any_lane)
def _any_lane(mask):
    if isinstance(mask, _MaskType):
        return lambda mask: _any_lanes(mask)
    return lambda mask: mask


@overload(root)
def _root(x):
    if isinstance(x, _LanesType):
        return lambda x: _sqrt_lanes(x)
    return lambda x: math.sqrt(x)


@overload(size)
def _size(x):
    if isinstance(x, _LanesType):
        return lambda x: _abs_lanes(x)
    return lambda x: abs(x)


@overload(lowest)
def _lowest(x, y):
    return lambda x, y: select(x < y, x, y)


@overload(highest)
def _highest(x, y):
    return lambda x, y: select(x > y, x, y)


@intrinsic
def _spread_number(_, value):
    return LANES(types.float64), lambda c, b, s, args: _spread(b, args[0], _NUMBERS)


@overload(like)
def _like(x, value):
    if isinstance(x, _LanesType):
        return lambda x, value: _spread_number(value)
    return lambda x, value: value


def _lanes_of(kind: Any) -> Any:
    """Type of a number, array or record whose last axis are the lanes."""
    if isinstance(kind, types.NestedArray):
        shape = kind.shape[:-1]
        return types.NestedArray(LANES, shape) if shape else LANES
    if isinstance(kind.dtype, types.Record):
        fields = [
            (name, {"type": _lanes_of(field), "offset": kind.dtype.offset(name)})
            for name, field in kind.dtype.members
        ]
        return types.Array(_LanesRecordType(fields, kind.dtype), kind.ndim, "C")
    return types.Array(LANES, kind.ndim - 1, "C")


@intrinsic
def in_lanes(_, arrays):
    """The same named tuple of arrays, the last axis of their numbers taken as the lanes.

    Arrays have no owners. Their memory must be aligned to a vector.
    """
    kinds = [_lanes_of(kind) for kind in arrays.types]
    result = types.NamedTuple(kinds, arrays.instance_class)

    def build(context, builder, sig, args):
        found = []
        for index, (kind, wanted) in enumerate(zip(sig.args[0].types, kinds, strict=True)):
            old = context.make_array(kind)(context, builder, builder.extract_value(args[0], index))
            new = context.make_array(wanted)(context, builder)
            memory = context.get_data_type(wanted.dtype).as_pointer()
            new.data = builder.bitcast(old.data, memory)
            shape = cgutils.unpack_tuple(builder, old.shape)
            strides = cgutils.unpack_tuple(builder, old.strides)
            itemsize = context.get_constant(types.intp, wanted.dtype.bitwidth // 8)
            new.shape = cgutils.pack_array(builder, shape[: wanted.ndim])
            new.strides = cgutils.pack_array(builder, strides[: wanted.ndim])
            new.itemsize = itemsize
            n_items = context.get_constant(types.intp, 1)
            for length in shape[: wanted.ndim]:
                n_items = builder.mul(n_items, length)
            new.nitems = n_items
            new.meminfo = cgutils.get_null_value(new.meminfo.type)
            new.parent = cgutils.get_null_value(new.parent.type)
            found.append(new._getvalue())
        return context.make_tuple(builder, sig.return_type, found)

    return result(arrays), build
