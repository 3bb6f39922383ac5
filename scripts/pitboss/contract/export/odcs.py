"""Contracts in the Open Data Contract Standard 3, for readers of the landed tables: one file an event.

One an event and not one a family, because version, owner, freshness and retention are an event's own: a reader holds the contract
of the table that he reads, and a change of a neighbour is none of his.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.evolution.rules import presence
from pitboss.contract.export.descriptions import in_words, read_docs
from pitboss.contract.model import Column, Contract, Contracts
from pitboss.contract.structs import struct_fields

_ALWAYS_THERE = ("event_id", "brand", "jurisdiction", "is_test", "source", "schema_ver")
"""Envelope columns that the landing view fills where a producer sent nothing."""
_OWN = (
    Column("event_day", "date", (), need="error", description="UTC day of `ts`, under which the landing files the event."),
    Column("load_seq", "bigint", (), need="error", description="Ledger sequence of the load that landed the event."),
    Column("changed_seq", "bigint", (), need="error", description="Ledger sequence that last changed what is known of the event."),
    Column(
        "is_left_out",
        "boolean",
        (),
        need="error",
        description="Does not count: the id came with two different contents, or the event was set aside or retracted.",
    ),
)
_LOGICAL = {"varchar": "string", "bigint": "integer", "double": "number", "boolean": "boolean", "timestamp": "date", "date": "date"}
_UNITS = {"D": "d", "H": "h", "M": "minutes"}


def odcs_contracts(contracts: Contracts, project: Path) -> dict[str, str]:
    """File name to text, one an event.

    Raises:
        ContractError: a description refers to a docs block that is not there.
    """
    docs = read_docs(project)
    return {
        f"{event}.odcs.yaml": yaml.safe_dump(_contract(contracts, contract, docs), sort_keys=False, allow_unicode=True, width=140)
        for event, contract in sorted(contracts.events.items())
    }


def _contract(contracts: Contracts, contract: Contract, docs: dict[str, str]) -> dict[str, Any]:
    meta = contract.meta
    vault = [column.name for column in vault_columns(contracts, contract.event)]
    limits = ["Rows with is_left_out or is_test count for nothing in any figure."]
    if vault:
        limits.append(f"Personal data ({', '.join(vault)}) is kept in the restricted vault and stands in no column here.")
    return {
        "apiVersion": "v3.0.2",
        "kind": "DataContract",
        "id": f"urn:pitboss:landing:{contract.event}",
        "name": contract.event,
        "version": contract.version,
        "status": "deprecated" if meta.get("deprecated") else "active",
        "domain": contract.family,
        "dataProduct": "pitboss landing",
        "description": {"purpose": meta.get("purpose", ""), "usage": "Read it through the staging model of the event.", "limitations": " ".join(limits)},
        "servers": [{"server": "warehouse", "type": "duckdb", "database": "warehouse.duckdb"}],
        "schema": [_table(contracts, contract, docs)],
        "team": [{"username": meta.get("owner", ""), "role": "owner"}, {"username": meta.get("producer", ""), "role": "producer"}],
        "slaDefaultElement": f"{contract.event}.ts",
        "slaProperties": _promises(contract),
        "customProperties": _custom({"actor": contract.actor, "identity": contract.identity, "retentionClasses": meta.get("retention")}),
    }


def _table(contracts: Contracts, contract: Contract, docs: dict[str, str]) -> dict[str, Any]:
    envelope = {column.name for column in contracts.envelope}
    sent = product_columns(contracts, contract.event)
    columns = [*(c for c in sent if c.name in envelope), *_OWN, *(c for c in sent if c.name not in envelope)]
    keys = list(contract.meta.get("dedupe_key") or ())
    return {
        "name": contract.event,
        "physicalName": f"landing.{contract.event}",
        "physicalType": "view",
        "logicalType": "object",
        "description": in_words(contract.description, docs),
        "dataGranularityDescription": f"One row per event; the business key is {', '.join(keys)}.",
        "properties": [_property(column, contract, docs) for column in columns],
        "quality": [
            _query("event_id names one event", "select count(*) - count(distinct event_id) from {object} where not is_left_out", "uniqueness", "warning"),
        ],
    }


def _property(column: Column, contract: Contract, docs: dict[str, str]) -> dict[str, Any]:
    is_player = column.name == "player_id" and contract.identity == "player"
    is_required = presence(column) == "always" or is_player or column.name in _ALWAYS_THERE
    found: dict[str, Any] = {
        "name": column.name,
        "logicalType": _logical(column.data_type),
        "physicalType": column.data_type,
        "description": in_words(column.description, docs),
        "required": is_required,
        "classification": "confidential" if column.pii == "hash" or column.name in ("player_id", "anonymous_id") else "internal",
    }
    fields = struct_fields(column.data_type)
    if fields:
        parts = [{"name": name, "logicalType": _logical(kind), "physicalType": kind} for name, kind in fields.items()]
        found["items"] = {"logicalType": "object", "properties": parts}
    elif column.data_type.endswith("[]"):
        found["items"] = {"logicalType": _logical(column.data_type[:-2]), "physicalType": column.data_type[:-2]}
    quality = _quality(column)
    if quality:
        found["quality"] = quality
    custom = _custom(
        {
            "jsonPointer": column.pointer or None,
            "since": column.since if column.path or column.derived else None,
            "unit": column.unit,
            "pii": column.pii,
            "derivedFrom": column.derived,
            "default": column.default,
            "expected": True if column.need == "warn" else None,
        }
    )
    if custom:
        found["customProperties"] = custom
    return found


def _logical(data_type: str) -> str:
    return "array" if data_type.endswith("[]") else "number" if data_type.startswith("decimal") else _LOGICAL[data_type]


def _quality(column: Column) -> list[dict[str, Any]]:
    """What a reader may count on in the column beyond its type, each as a query that must give 0."""
    broken = []
    if column.enum and not struct_fields(column.data_type):
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.enum)
        broken.append(("holds known values only", f"{{property}} not in ({values})", "conformity", "error" if column.enum_is_closed else "warning"))
    if column.is_decimal and not column.signed:
        broken.append(("is not negative", "{property} < 0", "conformity", "error"))
    if column.positive:
        broken.append(("is above 0", "{property} <= 0", "conformity", "error"))
    if column.minimum is not None:
        broken.append((f"is at least {column.minimum}", f"{{property}} < {column.minimum}", "conformity", "error"))
    if column.maximum is not None:
        broken.append((f"is at most {column.maximum}", f"{{property}} > {column.maximum}", "conformity", "error"))
    if column.need == "warn" and column.name not in _ALWAYS_THERE:
        broken.append(("is there", "{property} is null", "completeness", "warning"))
    return [_query(f"{column.name} {said}", f"select count(*) from {{object}} where {condition}", kind, level) for said, condition, kind, level in broken]


def _query(name: str, query: str, dimension: str, severity: str) -> dict[str, Any]:
    return {"name": name, "type": "sql", "query": query, "mustBe": 0, "dimension": dimension, "severity": severity}


def _promises(contract: Contract) -> list[dict[str, Any]]:
    found = re.fullmatch(r"PT?(\d+)([DHM])", str(contract.meta.get("freshness", "")))
    return [{"property": "latency", "value": int(found[1]), "unit": _UNITS[found[2]], "driver": "operational"}] if found else []


def _custom(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in values.items() if value is not None]
