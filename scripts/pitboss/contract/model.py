"""What a contract says, as plain frozen values."""

from dataclasses import dataclass, field
from typing import Any, Literal

Need = Literal["error", "warn", "optional"]
Identity = Literal["player", "visitor", "optional"]


@dataclass(frozen=True)
class Column:
    """One field of an event: where it stands in the JSON, its type in Parquet, and its rules."""

    name: str
    data_type: str
    path: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """Other keys, beside the own one, under which producers send the field."""
    need: Need = "optional"
    optional_parent: bool = False
    beside: str | None = None
    """Column with which an expected field must come: it is missed only where that one was sent."""
    begins: str | None = None
    """Column with the beginning of what this time ends; the event's own where it is not sent. An end before it is none."""
    pii: Literal["vault", "hash"] | None = None
    derived: str | None = None
    enum: tuple[str, ...] = ()
    enum_is_closed: bool = False
    signed: bool = False
    positive: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    since: str = "1.0"
    unit: str | None = None
    hint: str = ""
    """What to do about a value that is refused, where the reason alone says too little."""
    default: Any = None
    description: str = ""

    @property
    def pointer(self) -> str:
        """JSON pointer (RFC 6901) of the field."""
        return "".join(f"/{part}" for part in self.path)

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every place at which the field may stand, its own first."""
        return (self.path, *((*self.path[:-1], alias) for alias in self.aliases))

    @property
    def is_guessed(self) -> bool:
        """Whether it is a count or a measure for which no range is given: readers see it only where it is plausible."""
        return self.data_type in ("bigint", "double") and self.minimum is None and self.maximum is None

    @property
    def is_decimal(self) -> bool:
        return self.data_type.startswith("decimal")

    @property
    def scale(self) -> int:
        """Digits after the point of a decimal type."""
        return int(self.data_type.rsplit(",", 1)[1].rstrip(")"))

    @property
    def precision(self) -> int:
        """Digits in all of a decimal type."""
        return int(self.data_type.split("(", 1)[1].split(",", 1)[0])


@dataclass(frozen=True)
class Example:
    """A bad line with the verdict that it must get."""

    line: str
    reason: str
    pointer: str


@dataclass(frozen=True)
class Contract:
    """One event: its payload columns and what is promised about it."""

    event: str
    family: str
    version: str
    actor: Literal["player", "system"]
    identity: Identity
    columns: tuple[Column, ...]
    aliases: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    bad: tuple[Example, ...] = ()
    description: str = ""
    meta: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Contracts:
    """The envelope, said once, and every event by its name."""

    envelope: tuple[Column, ...]
    events: dict[str, Contract]

    def columns(self, event: str) -> tuple[Column, ...]:
        """Envelope and payload of an event, in the order of the Parquet files."""
        return self.envelope + self.events[event].columns
