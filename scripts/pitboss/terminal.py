"""What others wrote, made fit for a terminal: text of events, of seeds and of files, and names of files."""

import json

import msgspec


def shown(value: object, most: int = 500) -> str:
    """A value on one line, without anything that a terminal acts on or that hides or turns text: as \\xNN, \\uNNNN or \\UNNNNNNNN.

    Bytes that are no UTF-8, also in names of files, stand as \\xNN. Longer text is cut at `most` characters, and says how many are missing.
    The macro `shown` does the same for what dbt prints. What has been made fit stays as it is.
    """
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    rest = f" ... {len(text) - most:,} more" if len(text) > most else ""
    return "".join(map(_safe, text[:most])) + rest


def json_line(record: object) -> str:
    """A record for a program as JSON in ASCII, whole: what a terminal could act on is escaped by JSON itself, and nothing is cut."""
    return json.dumps(msgspec.to_builtins(record, enc_hook=str))


def _safe(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # Python's stand-in for a byte that is no UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
