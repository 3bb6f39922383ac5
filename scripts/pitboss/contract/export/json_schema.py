"""Contracts as JSON Schema 2020-12, for producers: one file an event, the envelope merged in.

A schema says what one event may be. What needs the bytes of a line, the clock, other lines or arithmetic on text is left to the landing.
"""

import json
from pathlib import Path
from typing import Any

from pitboss.contract.export.descriptions import in_words, read_docs
from pitboss.contract.model import Column, Contract, Contracts
from pitboss.contract.sql import CURRENCY, DATE, NO_CONTROLS, TIMESTAMP, decimal_pattern
from pitboss.contract.structs import Tree, struct_fields, tree

Schema = dict[str, Any]
_INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}


def json_schemas(contracts: Contracts, project: Path) -> dict[str, str]:
    """File name to text, one an event.

    Raises:
        ContractError: a description refers to a docs block that is not there.
    """
    docs = read_docs(project)
    return {
        f"{event}.schema.json": json.dumps(_event(contracts, contract, docs), indent=2, ensure_ascii=False) + "\n"
        for event, contract in sorted(contracts.events.items())
    }


def _event(contracts: Contracts, contract: Contract, docs: dict[str, str]) -> Schema:
    body = _object(tree(contracts.columns(contract.event)), contract, docs)
    names = [contract.event, *contract.aliases]
    tag: Schema = {"const": names[0]} if len(names) == 1 else {"enum": names}
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pitboss:event:{contract.event}:{contract.version}",
        "title": contract.event,
        "description": in_words(contract.description, docs),
        **({"deprecated": True} if contract.meta.get("deprecated") else {}),
        "type": "object",
        **body,
        "required": ["event", *body["required"]],
        "properties": {"event": tag, **body["properties"]},
        "additionalProperties": True,
        "examples": [json.loads(line) for line in contract.good],
    }
    if contract.identity == "visitor":
        schema["anyOf"] = [{"required": [key], "properties": {key: {"type": "string"}}} for key in ("playerId", "anonymousId")]
    return schema


def _object(node: Tree, contract: Contract, docs: dict[str, str]) -> Schema:
    """An object of the event. An optional field may be null, as the gate has it; a required one may not."""
    properties: dict[str, Schema] = {}
    required = []
    either: list[Schema] = []
    for key, child in node.items():
        if isinstance(child, dict):
            inner = _object(child, contract, docs)
            is_required = any(isinstance(leaf, Column) and leaf.need == "error" and not leaf.optional_parent for leaf in child.values())
            properties[key] = {"type": "object" if is_required else ["object", "null"], **inner}
        else:
            is_needed = child.need == "error" or (contract.identity == "player" and child.path == ("playerId",))
            properties[key] = _field(child, contract, docs, is_needed)
            is_required = is_needed and not child.aliases
            if is_needed and child.aliases and key == child.path[-1]:
                either.append({"anyOf": [{"required": [path[-1]]} for path in child.paths]})
        if is_required:
            required.append(key)
    return {"required": required, "properties": properties, "additionalProperties": True, **({"allOf": either} if either else {})}


def _field(column: Column, contract: Contract, docs: dict[str, str], is_required: bool) -> Schema:
    schema = _value(column.data_type, column)
    if column.name == "schema_ver":
        schema["allOf"] = [{"pattern": f"^{contract.version.split('.')[0]}\\."}]
    if not is_required:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    said = [in_words(column.description, docs)]
    if column.unit:
        said.append(f"Unit: {column.unit}.")
    if column.need == "warn":
        said.append("Expected: an event without it lands, and is counted.")
    if column.enum and not column.enum_is_closed:
        said.append(f"Known values: {', '.join(column.enum)}; another one lands, and is counted.")
    if column.default is not None:
        schema["default"] = column.default
    return {**schema, "description": " ".join(part for part in said if part)}


def _value(data_type: str, column: Column) -> Schema:
    fields = struct_fields(data_type)
    if fields:
        properties = {
            name: _value(kind, Column(name, kind, (name,), signed=column.signed, enum=column.enum, enum_is_closed=True)) for name, kind in fields.items()
        }
        if not column.enum_is_closed:
            properties = {name: {key: value for key, value in schema.items() if key != "enum"} for name, schema in properties.items()}
        item = {"type": "object", "required": list(fields), "properties": properties, "additionalProperties": True}
        return {"type": "array", "items": item}
    if data_type.endswith("[]"):
        return {"type": "array", "items": _value(data_type[:-2], Column(column.name, data_type[:-2], ()))}
    if data_type == "boolean":
        return {"type": "boolean"}
    if data_type in ("bigint", "double"):
        bounds = {"minimum": column.minimum, "maximum": column.maximum, "exclusiveMinimum": 0 if column.positive else None}
        own = {key: bound for key, bound in bounds.items() if bound is not None}
        return {"type": "integer", **_INT64, **own} if data_type == "bigint" else {"type": "number", **own}
    return {"type": "string", **_text(column)}


def _text(column: Column) -> Schema:
    found: Schema = {}
    if column.is_decimal:
        found["pattern"] = _whole(decimal_pattern(column))
        if column.positive:
            found["not"] = {"pattern": r"^0([.]0+)?$"}
    elif column.data_type == "timestamp":
        found |= {"format": "date-time", "pattern": _whole(TIMESTAMP)}
    elif column.data_type == "date":
        found |= {"format": "date", "pattern": _whole(DATE)}
    elif column.path and column.path[-1] == "currency":
        found["pattern"] = _whole(CURRENCY)
    elif column.pattern:
        found["pattern"] = _whole(column.pattern)
    elif column.data_type == "varchar" and (column.name.endswith("_id") or column.name in ("brand", "jurisdiction")):
        found["pattern"] = _whole(NO_CONTROLS)
    if column.enum and column.enum_is_closed and column.data_type == "varchar":
        found["enum"] = list(column.enum)
    lengths = {"minLength": column.min_length, "maxLength": column.max_length}
    return found | {key: length for key, length in lengths.items() if length is not None}


def _whole(pattern: str) -> str:
    """A pattern that must match the whole value; in JSON Schema one matches anywhere."""
    return f"^(?:{pattern})$"
