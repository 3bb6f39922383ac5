"""Personal data: what is replaced by a keyed hash, what goes to the vault, and hashes by which the vault can be linked."""

import hashlib
import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pitboss.contract.model import Column

LINKED = {"email": "email_hash", "phone": "phone_hash", "address": "address_hash", "geo_ip": "ip_hash"}
"""Vault columns by which the risk marts link players, and the name of their keyed hash. Both stay in the vault."""


def keyed_hash(value: str, key: bytes, purpose: str) -> str:
    """32 hex digits of BLAKE2b keyed with the home's key. `purpose` keeps one field's hashes from matching another's."""
    return hashlib.blake2b(value.encode("utf-8", "surrogateescape"), digest_size=16, key=key, person=purpose.encode()[:16]).hexdigest()


def hash_column(values: pa.ChunkedArray, key: bytes, purpose: str) -> pa.ChunkedArray:
    """The keyed hash of every value of a text column; null stays null. Each distinct value is hashed once."""
    encoded = pc.dictionary_encode(values.combine_chunks())
    hashed = pa.array([keyed_hash(value.as_py(), key, purpose) for value in encoded.dictionary], pa.string())
    return pa.chunked_array([hashed.take(encoded.indices)])


def hash_columns(table: pa.Table, columns: tuple[Column, ...], key: bytes) -> pa.Table:
    """The table with each `pii: hash` column replaced by its keyed hash."""
    for column in columns:
        if column.pii == "hash":
            index = table.schema.get_field_index(column.name)
            table = table.set_column(index, column.name, hash_column(table.column(index), key, _purpose(column.name)))
    return table


def link_vault(table: pa.Table, key: bytes) -> pa.Table:
    """The vault's rows with a normalised, keyed hash beside each field that players can be linked by."""
    for name, linked in LINKED.items():
        if name in table.column_names:
            normal = pc.utf8_lower(pc.utf8_trim_whitespace(table[name]))
            table = table.append_column(linked, hash_column(normal, key, linked))
    return table


def derived_event_id(line: bytes, key: bytes) -> str:
    """Id of an event that came without one: a keyed hash of its canonical JSON (keys sorted, no space, numbers as written)."""
    try:
        text = _canonical(json.loads(line, parse_int=_Number, parse_float=_Number))
    except RecursionError:  # nested too deeply to be sorted: an exact resend is still the same line
        text = line.strip().decode("utf-8", "surrogateescape")
    return "d_" + keyed_hash(text, key, "event_id")


class _Number(str):
    """A JSON number as it was written."""


def _canonical(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return json.dumps(value)


def _purpose(name: str) -> str:
    """Columns that hold the same kind of thing share a purpose, so that their hashes match across events."""
    return name.removeprefix("payout_")
