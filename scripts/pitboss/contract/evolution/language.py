"""Patterns as languages: which text one pattern takes and another does not. Exact, by derivatives, without trying texts at random.

A pattern is a tuple: ("set", ranges, is_negated), ("cat", parts), ("alt", parts) or ("rep", part, least, most), `most` None for no end.
"""

import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Term = tuple[Any, ...]
State = frozenset[Term]

_EMPTY: Term = ("cat", ())
Ranges = tuple[tuple[int, int], ...]
_DIGIT: Ranges = ((48, 57),)
_SPACE: Ranges = ((9, 10), (12, 13), (32, 32))
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_CLASSES = {
    sre.CATEGORY_DIGIT: (_DIGIT, False),
    sre.CATEGORY_NOT_DIGIT: (_DIGIT, True),
    sre.CATEGORY_SPACE: (_SPACE, False),
    sre.CATEGORY_NOT_SPACE: (_SPACE, True),
    sre.CATEGORY_WORD: (_WORD, False),
    sre.CATEGORY_NOT_WORD: (_WORD, True),
}
_LAST = 0x10FFFF
_MOST_STATES = 20_000


class UnknownPattern(Exception):
    """The pattern uses what this module does not read, or is too large to be compared."""


def only_in(one: str, other: str) -> str | None:
    """The shortest text that `one` matches in full and `other` does not; None where there is none.

    Raises:
        UnknownPattern: nobody can say.
    """
    left, right = _read(one), _read(other)
    letters = _letters(left, right)
    start = (frozenset([left]), frozenset([right]))
    queue: deque[tuple[State, State, str]] = deque([(*start, "")])
    seen = {start}
    while queue:
        mine, theirs, text = queue.popleft()
        if any(map(_is_nullable, mine)) and not any(map(_is_nullable, theirs)):
            return text
        for letter in letters:
            after = _step(mine, letter), _step(theirs, letter)
            if after[0] and after not in seen:
                seen.add(after)
                if len(seen) > _MOST_STATES:
                    raise UnknownPattern(one)
                queue.append((*after, text + chr(letter)))
    return None


def members(pattern: str, count: int = 8) -> list[str]:
    """Some texts that the pattern matches in full, shortest first; none where it cannot be read."""
    try:
        term = _read(pattern)
    except UnknownPattern:
        return []
    letters, found, seen = _letters(term), [], {frozenset([term])}
    queue: deque[tuple[State, str]] = deque([(frozenset([term]), "")])
    while queue and len(seen) < _MOST_STATES:
        state, text = queue.popleft()
        if any(map(_is_nullable, state)):
            found.append(text)
        for letter in letters:
            after = _step(state, letter)
            if after and after not in seen:
                seen.add(after)
                queue.append((after, text + chr(letter)))
    return [*found[:count], *found[count:][-1:]]


@lru_cache(maxsize=256)
def _read(pattern: str) -> Term:
    try:
        return _sequence(parser.parse(pattern))
    except (re.error, RecursionError) as error:
        raise UnknownPattern(pattern) from error


def _sequence(items: Any) -> Term:
    return _cat(_one(op, argument) for op, argument in items)


def _one(op: Any, argument: Any) -> Term:
    if op is sre.LITERAL:
        return ("set", ((argument, argument),), False)
    if op is sre.NOT_LITERAL:
        return ("set", ((argument, argument),), True)
    if op is sre.ANY:
        return ("set", ((10, 10),), True)
    if op is sre.IN:
        return _set(argument)
    if op is sre.BRANCH:
        return ("alt", tuple(_sequence(branch) for branch in argument[1]))
    if op is sre.SUBPATTERN:
        return _sequence(argument[3])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, part = argument
        return ("rep", _sequence(part), int(least), None if most is sre.MAXREPEAT else int(most))
    if op is sre.AT and argument in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING, sre.AT_END, sre.AT_END_STRING):
        return _EMPTY  # the whole value is matched anyway
    raise UnknownPattern(str(op))


def _set(items: Any) -> Term:
    is_negated = items[0][0] is sre.NEGATE
    ranges: list[tuple[int, int]] = []
    for op, argument in items[is_negated:]:
        if op is sre.LITERAL:
            ranges.append((argument, argument))
        elif op is sre.RANGE:
            ranges.append(argument)
        elif op is sre.CATEGORY:
            known, is_complement = _CLASSES[argument]
            ranges.extend(_complement(known) if is_complement else known)
        else:
            raise UnknownPattern(str(op))
    return ("set", tuple(ranges), is_negated)


def _complement(ranges: Ranges) -> list[tuple[int, int]]:
    starts, ends = [0, *(high + 1 for _, high in ranges)], [*(low - 1 for low, _ in ranges), _LAST]
    return [(low, high) for low, high in zip(starts, ends, strict=True) if low <= high]


def _cat(parts: Any) -> Term:
    flat: list[Term] = []
    for part in parts:
        flat.extend(part[1] if part[0] == "cat" else (part,))
    return flat[0] if len(flat) == 1 else ("cat", tuple(flat))


def _sets(term: Term) -> Iterator[Term]:
    if term[0] == "set":
        yield term
    for part in term[1] if term[0] in ("cat", "alt") else term[1:2] if term[0] == "rep" else ():
        yield from _sets(part)


def _letters(*terms: Term) -> list[int]:
    """One letter for each class of letters that no set tells apart; readable ones first."""
    edges = {0, 32, 48, 65, 97, 127, 0xE000, _LAST + 1} | {edge for term in terms for s in _sets(term) for low, high in s[1] for edge in (low, high + 1)}
    starts = sorted(edge for edge in edges if edge <= _LAST and not 0xD800 <= edge < 0xE000)
    return sorted(starts, key=lambda letter: (not chr(letter).isalnum(), not chr(letter).isprintable(), letter))


@lru_cache(maxsize=100_000)
def _is_nullable(term: Term) -> bool:
    if term[0] == "set":
        return False
    if term[0] == "rep":
        return term[2] == 0 or _is_nullable(term[1])
    return (all if term[0] == "cat" else any)(map(_is_nullable, term[1]))


def _step(state: State, letter: int) -> State:
    return frozenset(after for term in state for after in _after(term, letter))


@lru_cache(maxsize=100_000)
def _after(term: Term, letter: int) -> State:
    """The terms that remain when a term has taken a letter."""
    if term[0] == "set":
        is_in = any(low <= letter <= high for low, high in term[1])
        return frozenset([_EMPTY] if is_in != term[2] else [])
    if term[0] == "alt":
        return frozenset(after for part in term[1] for after in _after(part, letter))
    if term[0] == "rep":
        _, part, least, most = term
        if most == 0:
            return frozenset()
        rest = ("rep", part, max(least - 1, 0), None if most is None else most - 1)
        return frozenset(_cat((after, rest)) for after in _after(part, letter))
    found: set[Term] = set()
    for at, part in enumerate(term[1]):
        found |= {_cat((after, *term[1][at + 1 :])) for after in _after(part, letter)}
        if not _is_nullable(part):
            break
    return frozenset(found)
