"""The content of an event as its typed values, by which two copies of an id are told apart and shown side by side."""

import json
from collections.abc import Iterable

from pitboss.contract.sql import quoted
from pitboss.landing.privacy import keyed_hash


def contents(columns: Iterable[str]) -> str:
    """SQL that gives a row's columns as JSON text."""
    return "to_json(struct_pack(" + ", ".join(f"{quoted(name)} := {quoted(name)}" for name in columns) + "))"


def content_fields(content: str) -> dict[str, object]:
    """The fields that have a value. A column that the contract gained later so changes no content.

    Numbers are text without trailing zeros: a float would make one amount of two, and a wider type two of one.
    """
    return {name: value for name, value in json.loads(content, parse_float=_plain, parse_int=str).items() if value is not None}


def content_hash(content: str, key: bytes) -> str:
    """Keyed hash of a content: 32 hex digits."""
    return keyed_hash(json.dumps(content_fields(content), sort_keys=True), key, "content")


def _plain(number: str) -> str:
    return number if "e" in number.lower() else number.rstrip("0").rstrip(".")
