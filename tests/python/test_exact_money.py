"""Products, shares and balances of money are exact: thousands of odd numbers against fractions, which neither round nor overflow."""

import random
import re
from decimal import Decimal, localcontext
from fractions import Fraction

import duckdb
import pytest
from pitboss.home import PROJECT
from pitboss.serve.render import render

ROUNDS = 5000
FIGURES = {
    "models/semantic/intermediate/int_games__return_days.sql": "how many times its stake a bet has paid, for tests of chance",
    "macros/metrics/order_free.sql": "summands of statistics, as decimals so that their order does not matter",
}
"""Where a `ratio` may become a decimal, and why it is no money."""


def _digits(rng: random.Random, most: int, low: int, high: int, places: int) -> Decimal:
    """A number of up to `most` digits somewhere between the powers of ten, cut to the places of its type."""
    with localcontext() as context:
        context.prec = 60
        step = Decimal(1).scaleb(-places)
        return Decimal(rng.randint(0, 10 ** rng.randint(1, most))).scaleb(rng.randint(low, high)).quantize(step)


def _rounded(value: Fraction, places: int) -> Fraction:
    """Half away from zero."""
    units = (abs(value) * 10**places + Fraction(1, 2)) // 1
    return Fraction(units if value >= 0 else -units, 10**places)


def _asked(types: str, rows: list[tuple[int | Decimal, ...]], expression: str) -> list[Decimal | None]:
    with duckdb.connect() as connection:
        connection.execute(f"create table given (id integer, {types})")
        places = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into given values ({places})", rows)
        return [value for (value,) in connection.execute(f"select {expression} from given order by id").fetchall()]


@pytest.mark.parametrize("places", [4, 8])
def test_a_product_is_rounded_once_or_null(places: int) -> None:
    rng = random.Random(1)
    largest = Decimal(10) ** 20 - 1
    pairs = [(min(_digits(rng, 12, -8, 8, 8), largest) * rng.choice((1, -1)), min(_digits(rng, 18, -18, 2, 18), largest)) for _ in range(ROUNDS)]
    pairs += [(Decimal("99999999999999.0000"), Decimal("200000000000")), (Decimal("575716659929.40"), Decimal("1.186497"))]
    rows: list[tuple[int | Decimal, ...]] = [(number, *pair) for number, pair in enumerate(pairs)]
    found = _asked("a decimal(28, 8), f decimal(38, 18)", rows, render({"x": f"{{{{ product_or_null('a', 'f', {places}) }}}}"})["x"])
    assert sum(value is None for value in found) < ROUNDS // 4
    for (amount, factor), value in zip(pairs, found, strict=True):
        exact = _rounded(Fraction(amount) * Fraction(factor), places)
        if value is None:
            assert abs(exact) * 10**places >= 10**28, (amount, factor)
        else:
            assert Fraction(value) == exact, (amount, factor)


@pytest.mark.parametrize("places", [10, 18])
def test_a_quotient_is_rounded_once_or_null(places: int) -> None:
    rng = random.Random(4)
    pairs = [(_digits(rng, 30, -14, -6, 14) * rng.choice((1, -1)), _digits(rng, 24, -18, -12, 18) * rng.choice((1, 1, -1))) for _ in range(ROUNDS)]
    pairs += [(Decimal(1), Decimal(3)), (Decimal("-0.00000000015"), Decimal(1)), (Decimal(0), Decimal(7)), (Decimal(7), Decimal(0))]
    pairs += [(Decimal("90071992547409.93000001"), Decimal("0.3")), (Decimal("99999999999999999999.99999999999999"), Decimal("1.000000000000000001"))]
    rows: list[tuple[int | Decimal, ...]] = [(number, *pair) for number, pair in enumerate(pairs)]
    expression = render({"x": f"{{{{ quotient_or_null('a', 'b', {places}) }}}}"})["x"]
    found = _asked("a decimal(38, 14), b decimal(38, 18)", rows, expression)
    assert sum(value is None for value in found) < ROUNDS // 4
    for (amount, divisor), value in zip(pairs, found, strict=True):
        if value is None:
            largest = max(abs(amount), abs(divisor) * 10**9, abs(Fraction(amount) / Fraction(divisor)) if divisor else 10**20)
            assert largest >= Fraction(9999, 10000) * 10**20, (amount, divisor)
        else:
            assert Fraction(value) == _rounded(Fraction(amount) / Fraction(divisor), places), (amount, divisor)


@pytest.mark.parametrize("scale", [4, 8, 14, 18])
def test_a_quotient_takes_decimals_of_any_scale(scale: int) -> None:
    """A bound that one of them could not hold would stop the whole query."""
    pairs = [(Decimal(9), Decimal(8)), (Decimal("0.0001"), Decimal("0.0003")), (Decimal(10) ** (38 - scale) - 1, Decimal(3)), (Decimal(1), Decimal(10) ** 11)]
    rows: list[tuple[int | Decimal, ...]] = [(number, *pair) for number, pair in enumerate(pairs)]
    for digits in (10, 18):
        expression = render({"x": f"{{{{ quotient_or_null('a', 'b', {digits}) }}}}"})["x"]
        found = _asked(f"a decimal(38, {scale}), b decimal(38, {scale})", rows, expression)
        assert [Fraction(value) for value in found[:2] if value is not None] == [_rounded(Fraction(a) / Fraction(b), digits) for a, b in pairs[:2]]
        assert found[3] is None


def test_a_share_is_cut_or_null() -> None:
    rng = random.Random(2)
    triples = []
    for _ in range(ROUNDS):
        weight = min(_digits(rng, 20, -8, 4, 8), Decimal(10) ** 19)
        triples.append((min(_digits(rng, 20, -8, 4, 8), Decimal(10) ** 20 - 1), weight, weight + min(_digits(rng, 20, -8, 4, 8), Decimal(10) ** 19)))
    rows: list[tuple[int | Decimal, ...]] = [(number, *triple) for number, triple in enumerate(triples)]
    expression = render({"x": "{{ truncated_share_or_null('a', 'w', 't') }}"})["x"]
    found = _asked("a decimal(28, 8), w decimal(38, 8), t decimal(38, 8)", rows, expression)
    assert sum(value is None for value in found) < ROUNDS // 2
    for (amount, weight, total), value in zip(triples, found, strict=True):
        if value is None:
            assert Fraction(amount) * Fraction(total) >= Fraction(99, 100) * 10**31
        else:
            exact = 0 if total == 0 else Fraction(amount) * 10**8 * Fraction(weight) / Fraction(total) // 1
            assert Fraction(value) == Fraction(exact, 10**8), (amount, weight, total)


def test_a_balance_stays_within_its_bounds_after_every_step() -> None:
    rng = random.Random(3)
    steps = [(number, Decimal(rng.randint(-900, 900)) / 100, Decimal(5)) for number in range(200)]
    expression = render({"x": "{{ bounded_balance('a', 'bound', 'order by id') }}"})["x"]
    found = _asked("a decimal(28, 8), bound decimal(38, 8)", [*steps], expression)
    balance, expected = Decimal(0), []
    for _, step, bound in steps:
        balance = max(Decimal(0), min(balance + step, bound))
        expected.append(balance)
    assert found == expected
    assert {Decimal(0), Decimal(5)} < set(expected)


def _ratios(text: str) -> list[tuple[str, str]]:
    """What stands before and behind each call of `ratio`."""
    found = []
    for call in re.finditer(r"\bratio\(", text):
        end, depth = call.end(), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        found.append((text[: call.start()], text[end:]))
    return found


def _makes_money(before: str, behind: str) -> bool:
    """Whether a double becomes a decimal, which all money is, or a factor that money is multiplied with."""
    is_cast = re.match(r"[\s})~'\"]*as decimal\b", behind)
    return bool(is_cast or re.search(r"\b(product_or_null|to_base|truncated_share_or_null|quotient_or_null|sum_known)\([^{}]*$", before))


def test_no_money_is_a_ratio_of_doubles() -> None:
    """A double has sixteen digits. Columns of money are decimals by their contracts, so it would have to be cast, or multiplied with."""
    made = set()
    for folder in ("models", "macros", "analyses"):
        for path in (PROJECT / folder).rglob("*.sql"):
            ratios = _ratios(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL).replace("macro ratio(", "").replace("default__ratio(", ""))
            if any(_makes_money(*around) for around in ratios):
                made.add(path.relative_to(PROJECT).as_posix())
    assert made == FIGURES.keys()
    assert _makes_money(*_ratios("cast({{ ratio('a', f(b)) }} as decimal(38, 8))")[0])
    assert _makes_money(*_ratios("{{ product_or_null('a', 'cast(' ~ ratio(b, c) ~ ' as double)') }}")[0])
    assert not _makes_money(*_ratios("cast({{ ratio('a', 'b') }} as double) as x, cast(y as decimal(38, 8)) as y")[0])
