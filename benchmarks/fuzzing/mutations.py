"""Sound content, damaged at random: in bytes, in tokens, in structure."""

from __future__ import annotations

import io
import json
import random
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

__all__ = [
    "Mutant", "byte_mutant", "json_mutant", "npy_mutant", "npz_mutant", "text_mutant",
    "toml_mutant", "toml_text", "xml_mutant", "yaml_mutant",
]  # fmt: skip

Mutant = Callable[[random.Random, bytes], bytes]

_TOKEN = re.compile(rb"[0-9.eE+-]+|[A-Za-z_]+|\s|.", re.DOTALL)
_ODD_TOKENS = [
    b"", b"0", b"-1", b"1e309", b"-1e308", b"1e-320", b"NaN", b"-nan(ind)", b"inf", b"9" * 4400,
    b"99999999999999999999", b"1_000", b"0x10", b"\t", b"\n", b"\r\n", b" ", b"\0", b"\x1b[2J",
    b"\xff\xfe", "é膝‮".encode(), b"\xef\xbb\xbf", b",", b";", b'"', b"'", b"=1+1", b"@x",
    b"../../x", b"/dev/zero", b"x" * 5000, b"null", b"true", b"[]", b"{}", b"[", b"}", b"&x;",
    b"2001-99-99", b"*a", b"&a [1,1]", b"!!int x", b"!!timestamp z", b"$\\frac{$", b"%s", b"<a>",
    b"1e7", b"1e12", b"-0.0", b"1.5.2", b"yes", b"no", b"#", b"--", b"a:b", b"0" * 300,
]  # fmt: skip
_ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 10**6, 2 * 10**9, 10**19, 10**400, -(10**400), 0.5, 1e308,
    float("nan"), float("inf"), "", " ", "x", "a\x1b[31mb", "x" * 5000, "../../x", "nan", "1",
    [], {}, [[]], [1, 2], ["a"], {"a": 1}, [None], "$\\frac{$", "=1+1", "\ud800", "é‮",
]  # fmt: skip


def byte_mutant(rng: random.Random, seed: bytes) -> bytes:
    """Bits turned, runs removed, doubled, overwritten or moved, the end cut off."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not data:
            return bytes(data)
        at, n = rng.randrange(len(data)), rng.choice((1, 1, 2, 4, 16, 100))
        # most formats decide in their first bytes
        at = at if rng.random() < 0.6 else at % 600
        step = rng.randrange(8)
        if step == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif step == 1:
            data[at] = rng.choice((0, 1, 127, 128, 255))
        elif step == 2:
            del data[at : at + n]
        elif step == 3:
            data[at:at] = data[at : at + n]
        elif step == 4:
            data[at : at + n] = bytes(rng.randrange(256) for _ in range(n))
        elif step == 5:
            data[at : at + n] = b"\0" * n
        elif step == 6:
            other = rng.randrange(len(data))
            data[at : at + n] = data[other : other + n]
        else:
            del data[at:]
    return bytes(data)


def text_mutant(rng: random.Random, seed: bytes) -> bytes:
    """Tokens replaced by odd ones, lines removed, doubled, exchanged; now and then bytes."""
    if rng.random() < 0.15:
        return byte_mutant(rng, seed)
    data = seed
    for _ in range(rng.choice((1, 1, 2, 4))):
        if rng.random() < 0.7:
            tokens = _TOKEN.findall(data) or [b""]
            at = rng.randrange(len(tokens))
            if rng.random() < 0.8:
                tokens[at] = rng.choice(_ODD_TOKENS)
            else:
                tokens[at] = tokens[rng.randrange(len(tokens))]
            data = b"".join(tokens)
        else:
            lines = data.split(b"\n")
            at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
            step = rng.randrange(4)
            if step == 0:
                del lines[at]
            elif step == 1:
                lines.insert(other, lines[at])
            elif step == 2:
                lines[at], lines[other] = lines[other], lines[at]
            else:
                del lines[at:]
            data = b"\n".join(lines)
    if rng.random() < 0.03:
        data = data.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "latin-1", "utf-7")), "replace"
        )
    return data


def json_mutant(rng: random.Random, seed: bytes) -> bytes:
    """The tree changed, then written; or its text."""
    if rng.random() < 0.3:
        return text_mutant(rng, seed)
    return json.dumps(_changed(rng, json.loads(seed))).encode()


def yaml_mutant(rng: random.Random, seed: bytes) -> bytes:
    """As JSON, which is YAML; seeds are JSON."""
    if rng.random() < 0.5:
        tree = json.loads(seed)
        plain = "".join(f"{key}: {json.dumps(value)}\n" for key, value in tree.items())
        return text_mutant(rng, plain.encode())
    return json_mutant(rng, seed)


def toml_mutant(rng: random.Random, seed: bytes) -> bytes:
    """The tree changed, then written; seeds are JSON."""
    tree = json.loads(seed)
    if rng.random() < 0.7:
        tree = _changed(rng, tree)
    data = toml_text(tree if isinstance(tree, dict) else {"x": tree}).encode("utf-8", "replace")
    return text_mutant(rng, data) if rng.random() < 0.4 else data


def xml_mutant(rng: random.Random, seed: bytes) -> bytes:
    """Elements removed, doubled, moved, their text and names replaced; or the text itself."""
    if rng.random() < 0.3:
        return text_mutant(rng, seed)
    root = ET.fromstring(seed)
    for _ in range(rng.choice((1, 1, 2, 4))):
        parents = [element for element in root.iter() if len(element)]
        if not parents:
            break
        parent = rng.choice(parents)
        child = rng.choice(list(parent))
        step = rng.randrange(7)
        if step == 0:
            parent.remove(child)
        elif step == 1:
            parent.append(deepcopy(child))
        elif step == 2 and child.attrib:
            child.set("name", rng.choice(("", "x", "/ground", "a b", "r_shoulder", "x" * 3000)))
        elif step == 3:
            child.text = _token(rng)
        elif step == 4 and child.text and child.text.split():
            cells = child.text.split()
            cells[rng.randrange(len(cells))] = _token(rng)
            child.text = " ".join(cells)
        elif step == 5:
            child.tag = rng.choice(parents).tag
        else:
            rng.choice(parents).append(child)
            parent.remove(child)
        if sum(1 for _ in root.iter()) > 20_000:
            break
    return ET.tostring(root)


def npy_mutant(rng: random.Random, seed: bytes) -> bytes:
    """The header's words replaced, or bytes."""
    if rng.random() < 0.5 or not seed.startswith(b"\x93NUMPY"):
        return byte_mutant(rng, seed)
    length = int.from_bytes(seed[8:10], "little")
    header = text_mutant(rng, seed[10 : 10 + length])[:60_000]
    return seed[:8] + len(header).to_bytes(2, "little") + header + seed[10 + length :]


def npz_mutant(rng: random.Random, seed: bytes) -> bytes:
    """A member's content or name changed and packed again, or bytes of the archive."""
    if rng.random() < 0.4:
        return byte_mutant(rng, seed)
    with zipfile.ZipFile(io.BytesIO(seed)) as zipped:
        members = {name: zipped.read(name) for name in zipped.namelist()}
    name = rng.choice(list(members))
    step = rng.randrange(5)
    if step <= 2:
        members[name] = npy_mutant(rng, members[name])
    elif step == 3:
        members[rng.choice((*members, "names.npy", "times.npy", "../x.npy"))] = members.pop(name)
    else:
        odd = rng.choice((np.zeros(0), np.array("x"), np.array([2**70 * 1.0]), np.arange(4)))
        file = io.BytesIO()
        np.save(file, odd)
        members[name] = file.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(
        out, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as zipped:
        for member, content in members.items():
            zipped.writestr(member, content)
    return out.getvalue()


def _token(rng: random.Random) -> str:
    # characters that XML forbids are tried by text_mutant
    return "".join(c for c in rng.choice(_ODD_TOKENS).decode("utf-8", "replace") if c >= " ")


def _changed(rng: random.Random, tree: Any) -> Any:
    tree = deepcopy(tree)
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = list(_places(tree))
        if not places:
            return rng.choice(_ODD_VALUES)
        holder, key = rng.choice(places)
        step = rng.randrange(6)
        if step <= 2:
            holder[key] = deepcopy(rng.choice(_ODD_VALUES))
        elif step == 3:
            del holder[key]
        elif step == 4:
            other, where = rng.choice(places)
            if where in other if isinstance(other, dict) else where < len(other):
                holder[key] = deepcopy(other[where])
        elif isinstance(holder, dict):
            holder[rng.choice(("x", "", "a\tb", "name", str(key) + "s"))] = holder.pop(key)
        else:
            holder.append(deepcopy(holder[key]))
    return tree


def _places(tree: Any) -> Sequence[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    if isinstance(tree, dict):
        items: Any = list(tree.items())
    elif isinstance(tree, list):
        items = list(enumerate(tree))
    else:
        return found
    for key, value in items:
        found.append((tree, key))
        found.extend(_places(value))
    return found


def toml_text(tree: dict[str, Any]) -> str:
    """A tree as TOML, tables inline."""
    return "".join(f"{json.dumps(str(key))} = {_toml(value)}\n" for key, value in tree.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(str(key))} = {_toml(item)}" for key, item in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if value is None:
        return '"none"'
    if isinstance(value, float):
        return {"NaN": "nan", "Infinity": "inf"}.get(json.dumps(value), repr(value))
    if isinstance(value, int) and not isinstance(value, bool):
        # Python refuses to write 4300 digits and more
        return str(value)
    return json.dumps(value)
