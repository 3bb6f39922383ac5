"""One place where an event becomes a line: envelope, arrival, count, and now and then some dirt."""

from collections import Counter
from random import Random
from typing import Protocol

from pitboss.simulate.clock import stamp
from pitboss.simulate.dirt import Dirt
from pitboss.simulate.write import Spool


class Who(Protocol):
    """Whoever an event is about. ``envelope`` holds the ready JSON members that stay the same within a session."""

    envelope: str
    trace: str
    has_session: bool
    is_test: bool


class Watcher(Protocol):
    """Whoever wants to know what landed."""

    def landed(self, event: str, ts: int, who: Who, channel: str) -> None: ...


class Emitter:
    """Writes events and keeps the counts that the truth is made of."""

    def __init__(self, spool: Spool, dirt: Dirt, seed: str, watcher: Watcher) -> None:
        self.spool = spool
        self.dirt = dirt
        self.watcher = watcher
        self.landed: Counter[str] = Counter()
        self.without_session: Counter[str] = Counter()
        self.quarantined: Counter[str] = Counter()
        self.tests = 0
        self._random = Random(f"{seed}/emit")
        self._bits = self._random.getrandbits
        self._uniform = self._random.random

    def event_id(self) -> str:
        """A UUID of version 4 from the seeded generator."""
        h = f"{self._bits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def trace(self) -> str:
        """A new trace id, for one action that may cross several services."""
        return f"tr_{self._bits(48):012x}"

    def emit(self, event: str, ts: int, who: Who, payload: str = "", channel: str = "server") -> bool:
        """One event; whether it landed. ``payload`` is ready JSON members, each with its leading comma."""
        uniform = self._uniform()
        arrival = ts + 35 + int(uniform * uniform * 900)
        h = f"{self._bits(128):032x}"
        line = (
            f'{{"event":"{event}","schemaVer":"1.9","ts":"{stamp(ts)}",'
            f'"eventId":"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}",'
            f'{who.envelope},"traceId":"{who.trace}","source":"{channel}","receivedTs":"{stamp(arrival)}"{payload}}}'
        )
        if not self.dirt.is_due():
            self.spool.add(channel, arrival, line)
        elif not self.dirt.spoil(self.spool, event, arrival, channel, line):
            # The line itself was lost: nothing of this event landed.
            return False
        self.landed[event] += 1
        if not who.has_session:
            self.without_session[event] += 1
        if who.is_test:
            self.tests += 1
        self.watcher.landed(event, ts, who, channel)
        return True

    def conflict(self, event: str, ts: int, who: Who, payload: str, other: str) -> None:
        """The same id twice with different content: the first lands, the newcomer is quarantined, neither counts."""
        event_id = self.event_id()
        for said, arrival in ((payload, ts + 100), (other, ts + 5_100)):
            self.spool.add("server", arrival, (
                f'{{"event":"{event}","schemaVer":"1.9","ts":"{stamp(ts)}","eventId":"{event_id}",{who.envelope},'
                f'"traceId":"{who.trace}","source":"server","receivedTs":"{stamp(arrival)}"{said}}}'
            ))  # fmt: skip
        self.landed[event] += 1
        self.quarantined["conflict"] += 1
