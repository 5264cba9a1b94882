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
from numba.core.typeconv import Conversion  # type: ignore[attr-defined]
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, overload, register_model

from kinebench.kinematics.newton.records import N_LANES

_NUMBERS = ir.VectorType(ir.DoubleType(), N_LANES)
_TRUTHS = ir.VectorType(ir.IntType(1), N_LANES)


class _LanesType(types.Type):
    """A number in each lane. A plain number stands for the same in all of them."""

    bitwidth = 64 * N_LANES

    def __init__(self) -> None:
        super().__init__(name=f"lanes{N_LANES}")

    def can_convert_from(self, _: Any, other: Any) -> Any:
        return Conversion.safe if isinstance(other, (types.Float, types.Integer)) else None

    def unify(self, _: Any, other: Any) -> Any:
        return self if isinstance(other, (types.Float, types.Integer)) else None


class _MaskType(types.Type):
    """A truth in each lane."""

    def __init__(self) -> None:
        super().__init__(name=f"mask{N_LANES}")


class _LanesRecordType(types.Record):
    """A record whose numbers are in lanes; in memory they are arrays."""

    def __init__(self, fields: Any, memory: Any) -> None:
        self._memory = memory.dtype
        super().__init__(fields, memory.size, memory.aligned)

    @property
    def dtype(self) -> Any:
        return self._memory


LANES, _MASK = _LanesType(), _MaskType()


class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _NUMBERS)


class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _TRUTHS)


register_model(_LanesType)(_LanesModel)
register_model(_MaskType)(_MaskModel)
register_model(_LanesRecordType)(models.RecordModel)


def _spread(builder: Any, value: Any) -> Any:
    """The same number in all lanes."""
    nothing, first = ir.Constant(_NUMBERS, ir.Undefined), ir.Constant(ir.IntType(32), 0)
    places = ir.Constant(ir.VectorType(ir.IntType(32), N_LANES), [0] * N_LANES)
    return builder.shuffle_vector(builder.insert_element(nothing, value, first), nothing, places)


def _from_number(context: Any, builder: Any, source: Any, _: Any, value: Any) -> Any:
    return _spread(builder, context.cast(builder, value, source, types.float64))


for _kind in (types.Float, types.Integer):
    lower_cast(_kind, _LanesType)(_from_number)


def _define(function: Any, result: Any, operands: tuple[Any, ...], emit: Any) -> None:
    """An operator on lanes, as LLVM has it."""

    def lower(_: Any, builder: Any, __: Any, args: Any) -> Any:
        return emit(builder, *args)

    cases = {"cases": [signature(result, *operands)]}
    infer_global(function)(type(f"Lanes_{function.__name__}", (ConcreteTemplate,), cases))
    lower_builtin(function, *operands)(lower)


def _comparison(sign: str) -> Callable[[Any, Any, Any], Any]:
    return lambda builder, x, y: builder.fcmp_ordered(sign, x, y)


for _name, _emit in {
    "add": ir.IRBuilder.fadd,
    "sub": ir.IRBuilder.fsub,
    "mul": ir.IRBuilder.fmul,
    "truediv": ir.IRBuilder.fdiv,
}.items():
    _define(getattr(operator, _name), LANES, (LANES, LANES), _emit)
    _define(getattr(operator, f"i{_name}"), LANES, (LANES, LANES), _emit)
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}.items():
    _define(getattr(operator, _name), _MASK, (LANES, LANES), _comparison(_sign))
_define(operator.neg, LANES, (LANES,), ir.IRBuilder.fneg)
_define(operator.and_, _MASK, (_MASK, _MASK), ir.IRBuilder.and_)
_define(operator.or_, _MASK, (_MASK, _MASK), ir.IRBuilder.or_)


def _any_of(builder: Any, mask: Any) -> Any:
    bits = builder.bitcast(mask, ir.IntType(N_LANES))
    return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))


def _llvm(name: str) -> Callable[[Any, Any], Any]:
    """A function of LLVM's on one number."""
    kind = ir.FunctionType(_NUMBERS, [_NUMBERS])

    def call(builder: Any, x: Any) -> Any:
        full = f"llvm.{name}.v{N_LANES}f64"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, full), [x])

    return call


def _unary(result: Any, operand: Any, emit: Callable[[Any, Any], Any]) -> Any:
    """A function of one value that compiled code may call."""

    def typed(_: Any, x: Any) -> Any:
        return result(operand), lambda c, builder, s, args: emit(builder, args[0])

    return intrinsic(typed)


def _typed_select(_: Any, mask: Any, yes: Any, no: Any) -> Any:
    kind = _MASK if isinstance(yes, _MaskType) else LANES
    return kind(_MASK, kind, kind), lambda c, builder, s, args: builder.select(*args)


_select_lanes: Any = intrinsic(_typed_select)
_not_lanes = _unary(_MASK, _MASK, ir.IRBuilder.not_)
_any_lanes = _unary(types.boolean, _MASK, _any_of)
_root_lanes = _unary(LANES, LANES, _llvm("sqrt"))
_size_lanes = _unary(LANES, LANES, _llvm("fabs"))
_spread_number = _unary(LANES, types.float64, _spread)


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
def _select_by_kind(mask, yes, no):
    if isinstance(mask, _MaskType):
        return lambda mask, yes, no: _select_lanes(mask, yes, no)
    return lambda mask, yes, no: yes if mask else no


@overload(negated)
def _negated_by_kind(mask):
    if isinstance(mask, _MaskType):
        return lambda mask: _not_lanes(mask)
    return lambda mask: not mask


@overload(any_lane)
def _any_lane_by_kind(mask):
    if isinstance(mask, _MaskType):
        return lambda mask: _any_lanes(mask)
    return lambda mask: mask


@overload(root)
def _root_by_kind(x):
    if isinstance(x, _LanesType):
        return lambda x: _root_lanes(x)
    return lambda x: math.sqrt(x)


@overload(size)
def _size_by_kind(x):
    if isinstance(x, _LanesType):
        return lambda x: _size_lanes(x)
    return lambda x: abs(x)


@overload(like)
def _like_by_kind(x, value):
    if isinstance(x, _LanesType):
        return lambda x, value: _spread_number(value)
    return lambda x, value: value


@overload(lowest)
def _lowest_of(x, y):
    return lambda x, y: select(x < y, x, y)


@overload(highest)
def _highest_of(x, y):
    return lambda x, y: select(x > y, x, y)


def _lanes_of(kind: Any) -> Any:
    """Type of a number, array or record whose last axis are the lanes."""
    if isinstance(kind.dtype, types.Integer):
        return kind
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


def _typed_in_lanes(_: Any, arrays: Any) -> Any:
    """The same named tuple of arrays, the last axis of their real numbers taken as the lanes.

    Their memory must be aligned to a vector.
    """
    kinds = [_lanes_of(kind) for kind in arrays.types]
    result = types.NamedTuple(kinds, arrays.instance_class)

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        found = []
        for index, (kind, wanted) in enumerate(zip(sig.args[0].types, kinds, strict=True)):
            value = builder.extract_value(args[0], index)
            if wanted == kind:
                found.append(value)
                continue
            old = context.make_array(kind)(context, builder, value)
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


in_lanes: Any = intrinsic(_typed_in_lanes)
