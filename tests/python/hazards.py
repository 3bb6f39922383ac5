"""What the hazard tests share: good lines to be spoilt, and what a run of `pitboss land` said and did."""

from pathlib import Path

from click.testing import CliRunner, Result
from pitboss.cli import main
from pitboss.home import Home
from pitboss.landing.ledger import Ledger

BET = (
    '{"event":"bet_place","schemaVer":"1.8","eventId":"ID","ts":"2025-10-17T12:00:00.000Z","playerId":"p1","sessionId":"s1","traceId":"t1",'
    '"source":"server","roundId":"r1","gameId":"g1","stake":{"amount":"2.00","currency":"EUR"}}'
)
BONUS = (
    '{"event":"bonus_issued","schemaVer":"1.8","eventId":"ID","ts":"2025-10-17T12:00:00.000Z","playerId":"p1","sessionId":"s1","traceId":"t1",'
    '"source":"crm","bonusId":"b1","amount":{"amount":"2.00","currency":"EUR"}}'
)
LATENCY = (
    '{"event":"api_latency","schemaVer":"1.8","eventId":"ID","ts":"2025-10-17T12:00:00.000Z","sessionId":"s1","traceId":"t1",'
    '"source":"server","endpoint":"/bet","latencyMs":7,"sumMs":1.5,"buckets":[{"le":1.5,"count":3}]}'
)
LOGIN = (
    '{"event":"login","schemaVer":"1.8","eventId":"ID","ts":"2025-10-17T12:00:00.000Z","playerId":"p1","sessionId":"s1","traceId":"t1",'
    '"source":"web","deviceId":"d1","geo":{"country":"DE","ip":"203.0.113.5"}}'
)


def line(old: str | bytes = b"", new: str | bytes = b"", base: str = BET) -> bytes:
    """A good line in which one piece of text is another one."""
    old, new, whole = to_bytes(old), to_bytes(new), base.encode()
    assert whole.count(old) == 1 or not old, (old, base)
    return whole.replace(old, new) if old else whole


def to_bytes(text: str | bytes) -> bytes:
    """Text as UTF-8."""
    return text.encode() if isinstance(text, str) else text


def good(event_id: str) -> bytes:
    """A good line with its end."""
    return line('"ID"', f'"{event_id}"') + b"\n"


def channel(home: Home) -> Path:
    """A folder for the files of the channel `web`, beside the home."""
    folder = home.root.parent / "inbox" / "web"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(home: Home, *paths: Path) -> Result:
    """`pitboss land`."""
    return CliRunner().invoke(main, ["--home", str(home.root), "land", *map(str, paths)])


def entries(home: Home) -> dict[str, tuple[int, int, int, int]]:
    """File name to lines, landed, quarantined and duplicates, of all that was committed."""
    return {entry.file: (entry.lines, entry.landed, entry.quarantined, entry.duplicates) for entry in Ledger(home).entries}


def errors(result: Result) -> list[str]:
    """The error lines of a run, without its closing one."""
    return [text for text in result.output.splitlines() if text.startswith("error: ") and "landed nothing" not in text]
