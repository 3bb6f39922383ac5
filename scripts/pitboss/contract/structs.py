"""The gate's types: one msgspec Struct an event, built from its contract.

They check structure only (JSON, required fields, JSON types). What needs a pattern or a range is cheaper in bulk,
as SQL over the typed columns: see `contract/sql.py`.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Union

import msgspec

from pitboss.contract.model import Column, Contract, Contracts

_INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_SCALARS: dict[str, Any] = {"varchar": str, "timestamp": str, "date": str, "bigint": _INT64, "double": float, "boolean": bool}
_LIST_OF_STRUCT = re.compile(r"struct\((.*)\)\[\]")

Tree = dict[str, "Column | Tree"]


def tree(columns: Iterable[Column]) -> Tree:
    """The columns as the nested objects in which they stand in the JSON."""
    root: Tree = {}
    for column in columns:
        if not column.path:
            continue
        node = root
        for part in column.path[:-1]:
            child = node.setdefault(part, {})
            assert isinstance(child, dict), f"{column.name}: {part} is a value and an object"
            node = child
        for path in column.paths:
            node[path[-1]] = column
    return root


def struct_fields(data_type: str) -> dict[str, str] | None:
    """Fields of a list-of-struct type, name to type; None for any other type."""
    match = _LIST_OF_STRUCT.fullmatch(data_type)
    if not match:
        return None
    parts = re.split(r",\s*(?![^(]*\))", match.group(1))
    return dict(part.strip().split(" ", 1) for part in parts)


def gate_types(contracts: Contracts, forbid_unknown: bool) -> dict[type[msgspec.Struct], str]:
    """One Struct class for each name that an event may come under, with the event it stands for."""
    types: dict[type[msgspec.Struct], str] = {}
    for contract in contracts.events.values():
        for name in (contract.event, *contract.aliases):
            types[_event_type(contracts, contract, name, forbid_unknown)] = contract.event
    return types


def decoder(types: Iterable[type[msgspec.Struct]]) -> msgspec.json.Decoder[Any]:
    """A decoder that picks the type by the key `event`."""
    return msgspec.json.Decoder(Union[tuple(types)])  # noqa: UP007 - built at run time


def _event_type(contracts: Contracts, contract: Contract, tag: str, forbid_unknown: bool) -> type[msgspec.Struct]:
    fields = _fields(tree(contracts.columns(contract.event)), forbid_unknown, contract.identity == "player")
    return msgspec.defstruct(f"Event_{tag}", fields, tag_field="event", tag=tag, forbid_unknown_fields=forbid_unknown, gc=False)


def _fields(node: Tree, forbid_unknown: bool, needs_player: bool) -> list[Any]:
    required, optional = [], []
    for key, child in node.items():
        if isinstance(child, dict):
            kind: Any = msgspec.defstruct(f"Object_{key}", _fields(child, forbid_unknown, False), forbid_unknown_fields=forbid_unknown, gc=False)
            is_required = any(isinstance(leaf, Column) and leaf.need == "error" and not leaf.optional_parent for leaf in child.values())
        else:
            kind = _leaf(child.data_type, forbid_unknown)
            # one that may come under several keys is asked for in contract/sql.py
            is_required = (child.need == "error" and not child.aliases) or (needs_player and child.path == ("playerId",))
        if is_required:
            required.append((key, kind))
        else:
            optional.append((key, kind | None, None))
    return required + optional


def _leaf(data_type: str, forbid_unknown: bool) -> Any:
    if data_type.startswith("decimal"):
        return str
    fields = struct_fields(data_type)
    if fields:
        members = [(name, _leaf(kind, forbid_unknown)) for name, kind in fields.items()]
        return list[msgspec.defstruct("Item", members, forbid_unknown_fields=forbid_unknown, gc=False)]  # type: ignore[misc]
    if data_type.endswith("[]"):
        return list[_leaf(data_type[:-2], forbid_unknown)]  # type: ignore[misc]
    return _SCALARS[data_type]
