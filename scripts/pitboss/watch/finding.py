"""One line of the producers' report."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["missing", "empty", "broken", "silent", "new", "changed", "vanished"]


@dataclass(frozen=True, order=True)
class Finding:
    """What a producer (a source; a channel where only the file is known) did otherwise from a day on."""

    day: date
    producer: str
    event: str
    kind: Kind
    field: str
    text: str
