"""What others wrote, made fit for a terminal."""

import unicodedata

_HARMLESS = frozenset("LMNPSZ")
"""First letters of the Unicode categories that only print. Not among them: controls, marks that turn or hide text, what is not assigned."""


def shown(value: object, most: int = 2000) -> str:
    """A value on one line, without anything that a terminal acts on: controls as \\xNN or \\uNNNN, invalid UTF-8 as \\xNN.

    Longer text is cut at `most` characters, and says how many are missing.
    """
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    rest = f" ... {len(text) - most:,} more" if len(text) > most else ""
    return "".join(map(_safe, text[:most])) + rest


def _safe(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in _HARMLESS and category not in ("Zl", "Zp"):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
