"""Personal data where no contract expects any: masked in every text field before a line counts, the value kept in the restricted area.

A field of words becomes `[masked]`. An id becomes a keyed hash of itself, the same in every event and load, so that what belongs together
stays together. Digits alone are never personal in an id: one in ten random numbers looks like a card.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import duckdb
import pyarrow as pa

from pitboss.contract.model import Column
from pitboss.contract.sql import IS_MASKED, literal, quoted
from pitboss.landing.privacy import keyed_hash

MASKED = "[masked]"
_LONGEST_CARD = 19
_EMAIL = re.compile(r"[^\s@/?&=,;:<>()\"']{1,64}@[^\s@/?&=,;:<>()\"']{1,255}\.[^\W\d_]{2,24}")
_PHONE = re.compile(r"(?<![\w+])\+(?:[ ()./-]{0,2}[0-9]){8,15}(?![0-9])")
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ ._/-][0-9]+)*(?![0-9A-Za-z])")
_CARD = re.compile("(?:[3-6]|2[2-7])[0-9]{12,18}")
_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])(?=[0-9A-Fa-f.]{0,40}:[0-9A-Fa-f.]{0,40}:)[0-9A-Fa-f:.]{3,45}(?![\w:])")
_COARSE = "[@%\uff20\ufe6b]|[+\uff0b][ (]?[0-9\uff10-\uff19]|[0-9][.][0-9]+[.][0-9]+[.][0-9]|:[0-9A-Fa-f.]*:|[\uff10-\uff19]"
"""What every e-mail address, phone number and IP address has, for RE2. It finds too much, and cheaply."""
_COARSE_CARD = "[2-6]([ ._/-]?[0-9]){12}"


def is_id(column: Column) -> bool:
    """Whether a text names something: what it is matters less than that it stays the same everywhere."""
    return column.name.endswith("_id") or column.name in ("brand", "jurisdiction")


def masked_words(text: str) -> str:
    """A text of words, or MASKED where it holds an e-mail or IP address, a phone number with its +, or the number of a payment card."""
    plain = _plain(text)
    return MASKED if _is_personal(plain) or _holds_card(plain) else text


def masked_id(value: str, key: bytes) -> str:
    """An id, or its keyed hash where it is, or holds, an e-mail address, or is an IP address or a phone number with its +."""
    return "m_" + keyed_hash(value, key, "masked_id") if _is_personal(_plain(value)) else value


class Masking:
    """Masks the table `segment` of one event, in place."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, columns: tuple[Column, ...], key: bytes) -> None:
        self._connection, self._key = connection, key
        self._columns = [column for column in columns if _is_text(column)]
        ids = [column for column in self._columns if is_id(column)]
        words = [column for column in self._columns if not is_id(column)]
        looks = [f"regexp_matches({_joined(ids)}, {literal(_COARSE)})"] if ids else []
        looks += [f"regexp_matches({_joined(words)}, {literal(f'{_COARSE}|{_COARSE_CARD}')})"] if words else []
        names = ", ".join(quoted(column.name) for column in self._columns)
        self._query = f"select rowid as position, {names} from segment where verdict is null and ({' or '.join(looks)})"

    def apply(self, keep: Callable[[int, str, str], None]) -> None:
        """Mask what is personal. `keep` is called with the position of the row, the column and the value as it came."""
        found = self._connection.execute(self._query).to_arrow_table()
        changed: dict[str, dict[int, str | list[str]]] = {}
        for column in self._columns if found.num_rows else ():
            for position, value in zip(found["position"].to_pylist(), found[column.name].to_pylist(), strict=True):
                if value is None:
                    continue
                masked = [self._mask(column, item) for item in value] if isinstance(value, list) else self._mask(column, value)
                if masked != value:
                    changed.setdefault(column.name, {})[position] = masked
                    for item in value if isinstance(value, list) else [value]:
                        keep(position, column.name, item)
        if not changed:
            return
        positions = sorted(set().union(*changed.values()))
        columns = {name: [rows.get(position) for position in positions] for name, rows in changed.items()}
        masks = pa.table({"position": positions, **columns})  # noqa: F841 - read by DuckDB under its name
        news = [f"coalesce(masks.{quoted(name)}, segment.{quoted(name)}) as {quoted(name)}" for name in columns]
        # made anew: an update would move rows that hold lists, and the lines behind them are known by their place
        self._connection.execute(
            f"create or replace temp table segment as select segment.* replace ({', '.join(news)}, masks.position is not null as {IS_MASKED}) "
            "from segment left join masks on segment.rowid = masks.position order by segment.rowid"
        )

    def _mask(self, column: Column, value: str) -> str:
        return masked_id(value, self._key) if is_id(column) else masked_words(value)


def _is_text(column: Column) -> bool:
    """A product column that takes any text. What goes to the vault, is hashed, or has a closed list of values or a pattern, takes none."""
    is_free = column.data_type in ("varchar", "varchar[]") and bool(column.path) and column.pii is None
    return is_free and not column.pattern and not (column.enum and column.enum_is_closed) and column.path[-1] != "currency"


def _joined(columns: list[Column]) -> str:
    texts = [f"array_to_string({quoted(column.name)}, ' ')" if column.data_type.endswith("[]") else quoted(column.name) for column in columns]
    return f"concat_ws(' ', {', '.join(texts)})"


def _is_personal(text: str) -> bool:
    return _EMAIL.search(text) is not None or _PHONE.search(text) is not None or _IPV4.search(text) is not None or _holds_ipv6(text)


def _plain(text: str) -> str:
    """The text as people read it: without the escapes of a link, and with plain letters for wide ones."""
    for _ in range(3):  # a link inside a link
        if "%" not in text:
            break
        text = unquote(text)
    return unicodedata.normalize("NFKC", text)


def _holds_ipv6(text: str) -> bool:
    return text.count(":") > 1 and any(_is_ipv6(found[0]) for found in _IPV6.finditer(text))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _holds_card(text: str) -> bool:
    return any(_CARD.fullmatch(digits) and _has_luhn_digit(digits) for found in _NUMBERS.finditer(text) for digits in _numbers(found[0]))


def _numbers(text: str) -> Iterator[str]:
    """Numbers that groups of digits make, read from the start of any of them: a card's may stand between others."""
    groups = re.split("[ ._/-]", text)
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > _LONGEST_CARD:
                break
            yield digits


def _has_luhn_digit(digits: str) -> bool:
    """Whether a number ends in the check digit of ISO/IEC 7812-1: every second digit from the right doubled, its digits added."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
