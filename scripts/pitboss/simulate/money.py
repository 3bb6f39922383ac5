"""Exact money: whole ten-thousandths of a currency unit. No float ever holds an amount."""

UNIT = 10_000
CENT = 100

# Shares of money are cut at eight decimals: so many of these make one ten-thousandth.
FINE = 10_000


def text(units: int) -> str:
    """Plain decimal notation with two decimals, or four where two would lose something."""
    if units < 0:
        return "-" + text(-units)
    whole, part = divmod(units, UNIT)
    return f"{whole}.{part:04d}" if part % CENT else f"{whole}.{part // CENT:02d}"


def fine_text(fine: int) -> str:
    """The same of hundred-millionths, with eight decimals where four would lose something."""
    units, rest = divmod(abs(fine), FINE)
    if not rest:
        return text(units if fine >= 0 else -units)
    whole, part = divmod(units, UNIT)
    return f"{'-' if fine < 0 else ''}{whole}.{part:04d}{rest:04d}"


def member(key: str, units: int, currency: str) -> str:
    """A JSON member that holds money, with the comma that parts it from the one before."""
    return f',"{key}":{{"amount":"{text(units)}","currency":"{currency}"}}'


def cents(units: float) -> int:
    """The nearest whole cent: for drawing a random amount, before it becomes money."""
    return max(CENT, round(units / CENT) * CENT)
