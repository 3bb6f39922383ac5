"""The contents of an id in conflict, side by side."""

from collections.abc import Sequence
from typing import Any

import msgspec

from pitboss.contract.arrow import product_columns
from pitboss.contract.model import Contracts
from pitboss.landing.ledger import Entry, EventId, Ledger
from pitboss.landing.waiting import Content
from pitboss.terminal import shown

_WIDEST = 40
_MASKED = "(personal)"


class Shown:
    """An id and its contents, numbered from 1 in the order in which they came. Fields of the vault are masked unless asked for."""

    def __init__(self, contracts: Contracts, ledger: Ledger, key: EventId, contents: Sequence[Content], is_personal: bool) -> None:
        self._ledger, self._key, self._contents = ledger, key, contents
        order = [column.name for column in contracts.columns(key.event)] if key.event in contracts.events else []
        product = {column.name for column in product_columns(contracts, key.event)} if order else set()
        names = {name for content in contents for name in content.fields}
        self._names = sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))
        self._masked = frozenset() if is_personal else names - product

    def record(self) -> dict[str, Any]:
        """For a program: where each content came from, and its fields."""
        decided = self._ledger.resolution(self._key)
        return {
            **msgspec.structs.asdict(self._key),
            "is_open": decided is None,
            "counts": self._counting(),
            "differ": [name for name in self._names if self._differs(name)],
            "contents": [
                {
                    "number": number,
                    "load_seq": content.load_seq,
                    "lines": [{"file": self._file(self._ledger.load(load_id)), "load_id": load_id, "line": line} for load_id, line in content.lines],
                    "fields": {name: _MASKED if name in self._masked else value for name, value in content.fields.items()},
                }
                for number, content in enumerate(self._contents, 1)
            ],
        }

    def text(self) -> list[str]:
        """For people: a line a field, a column a content, a star where the contents differ."""
        counting = self._counting()
        state = (
            "nothing is decided, no copy counts"
            if self._ledger.resolution(self._key) is None
            else f"content {counting} counts"
            if counting
            else "decided: no copy counts"
        )
        said = [shown(f"{self._key.event} {self._key.event_day} {self._key.event_id}: {state}")]
        said += [f"  {number}  {shown('; '.join(self._origins(content)))}" for number, content in enumerate(self._contents, 1)]
        rows = [["", "", *map(str, range(1, len(self._contents) + 1))]]
        rows += [["*" if self._differs(name) else "", shown(name), *(self._value(content, name) for content in self._contents)] for name in self._names]
        widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        return [*said, *("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows), ""]

    def _counting(self) -> int | None:
        decided = self._ledger.resolution(self._key)
        return next((number for number, content in enumerate(self._contents, 1) if decided and content.hash == decided.kept), None)

    def _differs(self, name: str) -> bool:
        return any(content.fields.get(name) != self._contents[0].fields.get(name) for content in self._contents)

    def _value(self, content: Content, name: str) -> str:
        value = content.fields.get(name)
        return "-" if value is None else _MASKED if name in self._masked else shown(value, _WIDEST)

    def _origins(self, content: Content) -> list[str]:
        said = [f"landed by load {content.load_seq}, {self._file(self._ledger.entries[content.load_seq - 1])}"] if content.load_seq else []
        return said + [f"came as {self._file(self._ledger.load(load_id))} line {line}" for load_id, line in content.lines]

    @staticmethod
    def _file(entry: Entry | None) -> str:
        return f"{entry.channel}/{entry.file}" if entry else "?"
