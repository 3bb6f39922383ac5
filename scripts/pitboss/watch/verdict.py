"""What the gate found about a load: the form of HOME/gate/<load_id>.json, and its figures in words."""

from datetime import datetime

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One expectation with what was observed. `low` and `high` are null where that side has no bound."""

    name: str
    kind: str
    what: str
    observed: float | None
    expected: float
    low: float | None
    high: float | None
    unit: str
    basis: str
    is_met: bool
    advice: str

    @property
    def band(self) -> str:
        """The band in words."""
        if self.low is None:
            return f"at most {self.figure(self.high)}"
        if self.high is None:
            return f"at least {self.figure(self.low)}"
        return f"{self.figure(self.low)} to {self.figure(self.high)}"

    @property
    def sentence(self) -> str:
        """What is odd, in one clause."""
        return f"{self.what} {self.figure(self.observed)}, expected {self.band} (usually {self.figure(self.expected)})"

    def figure(self, value: float | None) -> str:
        """A number as people read it, in the finding's unit."""
        if value is None:
            return "none"
        if self.unit == "share":
            return f"{value:.1%}" if value >= 0.1 else f"{value:.2%}"
        if self.unit in ("lines", "events"):
            return f"{value:,.0f}"
        return f"{value:,.2f} {self.unit}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One load: what it holds, what was expected of it, failed expectations first. `lacking` says what could not be judged and why."""

    load_id: str
    seq: int
    channel: str
    file: str
    state: str
    mode: str
    lines: int
    landed: int
    quarantined: int
    duplicates: int
    began: datetime | None
    ended: datetime | None
    findings: list[Finding]
    lacking: list[str]

    @property
    def failed(self) -> list[Finding]:
        """The expectations that are not met."""
        return [finding for finding in self.findings if not finding.is_met]

    @property
    def outcome(self) -> str:
        """In a word or two."""
        if not self.failed:
            return "as expected" if self.findings else "not judged"
        return "blocked" if self.mode == "block" else "warned"
