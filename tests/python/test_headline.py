"""Figures for people carry their currency's own digits and never run together."""

from decimal import Decimal

from pitboss.serve.headline import money_table

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3, "BTC": 8}


def _row(currency: str, amount: str) -> tuple[str, Decimal, Decimal, Decimal, Decimal, float, int]:
    value = Decimal(amount)
    return currency, value, value, -value, value, 0.05, 1200


def test_each_currency_has_its_own_digits() -> None:
    amounts = ["1234.50000000", "1234.00000000", "1234.56700000", "0.00012345", "7.10000000"]
    rows = [_row(currency, amount) for currency, amount in zip(["EUR", "JPY", "KWD", "BTC", "ZZZ"], amounts, strict=True)]
    assert [line.split()[:2] for line in money_table(rows, DIGITS)[1:]] == [
        ["EUR", "1,234.50"], ["JPY", "1,234"], ["KWD", "1,234.567"], ["BTC", "0.00012345"], ["ZZZ", "7.10"]
    ]  # fmt: skip


def test_what_is_finer_is_rounded_half_away_from_zero_and_an_unknown_currency_shows_all() -> None:
    lines = money_table([_row("EUR", "0.12500000"), _row("JPY", "2.50000000"), _row("ZZZ", "0.12345678")], DIGITS)
    assert [line.split()[1:4] for line in lines[1:]] == [["0.13", "0.13", "-0.13"], ["3", "3", "-3"], ["0.12345678", "0.12345678", "-0.12345678"]]


def test_amounts_of_any_length_stay_apart_and_in_line() -> None:
    lines = money_table([_row("EUR", "99999999999999999999.99"), _row("BTC", "99999999999999999999.99999999")], DIGITS)
    assert [len(line.split()) for line in lines] == [7, 7, 7]
    ends = {tuple(at for at in range(len(line)) if line[at] != " " and line[at + 1 : at + 2] in (" ", "")) for line in lines}
    assert len({places[1:] for places in ends}) == 1
