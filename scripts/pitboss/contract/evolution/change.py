"""What a difference between two states of the contracts is: whom it breaks, and which version must say so."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["producers", "consumers", "both", "compatible", "neutral"]
Bump = Literal["major", "minor", "none"]
ENVELOPE = "*"
"""Stands for the event where a change is one of the envelope, and so of every event."""

LABELS: dict[Kind, str] = {
    "producers": "breaking for producers",
    "consumers": "breaking for consumers",
    "both": "breaking for producers and consumers",
    "compatible": "compatible",
    "neutral": "neutral",
}


@dataclass(frozen=True)
class Change:
    """One difference. `columns` and `pointers` are the columns and the JSON places that it reaches; `rule` is what it is a change of."""

    event: str
    rule: str
    kind: Kind
    what: str
    columns: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    advice: str = ""
    needs: Bump | None = None

    @property
    def breaks_producers(self) -> bool:
        """Whether an event that was valid is refused now, or lands otherwise."""
        return self.kind in ("producers", "both")

    @property
    def breaks_consumers(self) -> bool:
        """Whether a reader of the landed table can be wrong who was right before."""
        return self.kind in ("consumers", "both")

    @property
    def is_breaking(self) -> bool:
        return self.breaks_producers or self.breaks_consumers

    @property
    def bump(self) -> Bump:
        """The version that must rise for it."""
        if self.needs:
            return self.needs
        return "major" if self.is_breaking else "minor" if self.kind == "compatible" else "none"


def both(producers: bool, consumers: bool, otherwise: Kind = "compatible") -> Kind:
    """The kind of a change, from whom it breaks."""
    if producers and consumers:
        return "both"
    return "producers" if producers else "consumers" if consumers else otherwise


def touches(one: str, other: str) -> bool:
    """Whether two JSON pointers are the same place, or one holds the other."""
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")
