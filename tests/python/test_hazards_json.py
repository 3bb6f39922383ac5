"""Hazards inside a line. Every line goes down the real command between two good neighbours, all of them in one file,
and each is then looked up: refused with its reason, place and exact bytes, or landed with the value that was sent."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import Lander, quarantined, rows
from hazards import BET, BONUS, LATENCY, LOGIN, line, run, to_bytes
from pitboss.home import Home


def more(fields: str | bytes, base: str = BET) -> bytes:
    """A good line with more fields at its end."""
    return base.encode()[:-1] + b"," + to_bytes(fields) + b"}"


def amount(text: str) -> bytes:
    """A stake whose amount is the JSON given."""
    return line('"2.00"', text)


def at(text: str) -> bytes:
    """An event with this `ts`, JSON text without its quotes."""
    return line("2025-10-17T12:00:00.000Z", text)


def latency(text: str) -> bytes:
    """A service event whose integer is the JSON given."""
    return line('"latencyMs":7', f'"latencyMs":{text}', LATENCY)


_PART = {"wallet": "cash", "amount": Decimal("99999999999999999999.99999999")}
_UMLAUTS = more('"playerId":"' + "ä" * 20 + '"').replace(b'"playerId":"p1",', b"").replace(b'"roundId":"r1"', b'"roundId":"r1","roundId":"r2"')
DEEP = "[" * 100_000 + "]" * 100_000

REFUSED: dict[str, tuple[bytes, str, str]] = {
    # a key that comes twice: nobody can say which value was meant
    "twice: top": (line('"roundId":"r1"', '"roundId":"r1","roundId":"r2"'), "duplicate_key", "/roundId"),
    "twice: the same value": (line('"roundId":"r1"', '"roundId":"r1","roundId":"r1"'), "duplicate_key", "/roundId"),
    "twice: apart": (more('"roundId":"r9"'), "duplicate_key", "/roundId"),
    "twice: an id": (line('"eventId":"ID"', '"eventId":"ID","eventId":"ID"'), "duplicate_key", "/eventId"),
    "twice: the event": (line('"event":"bet_place"', '"event":"bet_place","event":"bet_place"'), "duplicate_key", "/event"),
    "twice: another event": (more('"event":"login"'), "duplicate_key", "/event"),
    "twice: money": (line('"amount":"2.00"', '"amount":"2.00","amount":"200.00"'), "duplicate_key", "/stake/amount"),
    "twice: money object": (more('"stake":{"amount":"3.00","currency":"EUR"}'), "duplicate_key", "/stake"),
    "twice: vault": (more('"geo":{"ip":"203.0.113.5","country":"DE","ip":"203.0.113.6"}'), "duplicate_key", "/geo/ip"),
    "twice: hash": (line('"deviceId":"d1"', '"deviceId":"d1","deviceId":"d2"', LOGIN), "duplicate_key", "/deviceId"),
    "twice: in an item": (
        more('"components":[{"wallet":"cash","amount":"1.00"},{"wallet":"cash","amount":"1.00","amount":"9.00"}]'),
        "duplicate_key",
        "/components/1/amount",
    ),
    "twice: in a typed item": (line('"count":3', '"count":3,"count":4', LATENCY), "duplicate_key", "/buckets/0/count"),
    "twice: escaped top": (line('"roundId":"r1"', '"roundId":"r1","round\\u0049d":"r2"'), "duplicate_key", "/roundId"),
    "twice: escaped first": (line('"roundId":"r1"', '"\\u0072oundId":"r1","roundId":"r2"'), "duplicate_key", "/roundId"),
    "twice: escaped both": (line('"roundId":"r1"', '"\\u0072oundId":"r1","round\\u0049d":"r2"'), "duplicate_key", "/roundId"),
    "twice: escaped money": (line('"amount":"2.00"', '"amount":"2.00","\\u0061mount":"200.00"'), "duplicate_key", "/stake/amount"),
    "twice: escaped event": (line('"event":"bet_place"', '"event":"bet_place","\\u0065vent":"bet_place"'), "duplicate_key", "/event"),
    "twice: null first": (line('"roundId":"r1"', '"betId":null,"roundId":"r1","betId":"b"'), "duplicate_key", "/betId"),
    "twice: with an unknown field": (line('"roundId":"r1"', '"zz":1,"roundId":"r1","roundId":"r2"'), "duplicate_key", "/roundId"),
    "twice: after umlauts": (_UMLAUTS, "duplicate_key", "/roundId"),
    # integers
    "integer: 2^63": (latency("9223372036854775808"), "bad_value", "/latencyMs"),
    "integer: -2^63-1": (latency("-9223372036854775809"), "bad_value", "/latencyMs"),
    "integer: 2^64": (latency("18446744073709551616"), "bad_value", "/latencyMs"),
    "integer: 400 digits": (latency("1" * 400), "bad_value", "/latencyMs"),
    "integer: exponent": (latency("1e3"), "bad_type", "/latencyMs"),
    "integer: 1.0": (latency("1.0"), "bad_type", "/latencyMs"),
    "integer: 1.7": (latency("1.7"), "bad_type", "/latencyMs"),
    "integer: -0.0": (latency("-0.0"), "bad_type", "/latencyMs"),
    "integer: text": (latency('"7"'), "bad_type", "/latencyMs"),
    "integer: true": (latency("true"), "bad_type", "/latencyMs"),
    "integer: in an item": (line('"count":3', '"count":9223372036854775808', LATENCY), "bad_value", "/buckets/0/count"),
    "integer: leading zero": (latency("07"), "malformed_json", ""),
    "integer: plus": (latency("+7"), "malformed_json", ""),
    "integer: fullwidth": (latency("\uff17"), "malformed_json", ""),
    "number: NaN": (line('"sumMs":1.5', '"sumMs":NaN', LATENCY), "malformed_json", ""),
    "number: Infinity": (line('"sumMs":1.5', '"sumMs":Infinity', LATENCY), "malformed_json", ""),
    "number: -Infinity": (line('"sumMs":1.5', '"sumMs":-Infinity', LATENCY), "malformed_json", ""),
    "number: beyond a double": (line('"sumMs":1.5', '"sumMs":1e400', LATENCY), "bad_value", "/sumMs"),
    "number: text": (line('"sumMs":1.5', '"sumMs":"1.5"', LATENCY), "bad_type", "/sumMs"),
    "number: NaN nobody knows": (more('"zz":NaN'), "malformed_json", ""),
    # money
    **{
        f"money: {text[:20]!a}": (amount(text), "bad_money", "/stake/amount")
        for text in (
            "2.00",
            "2",
            "2e0",
            '"2e0"',
            '"2E2"',
            '"2.000000001"',
            '"2.000000000"',
            '"02.00"',
            '"00"',
            '"+2.00"',
            '"-2.00"',
            '"-0"',
            '"\uff12.00"',
            '"\u0662.00"',
            '"2.\u0660"',
            '"2\u066b00"',
            '"2.00\\n"',
            '"\\n2.00"',
            '"2.00 "',
            '" 2.00"',
            '"2.00\u00a0"',
            '"2.00\\u0000"',
            '"2,00"',
            '"1 000.00"',
            '"1_000.00"',
            '"2."',
            '".50"',
            '"0x10"',
            '"NaN"',
            '"Infinity"',
            '"-Infinity"',
            '""',
            '"123456789012345678901"',
            '"1' + "0" * 400 + '"',
            "null",
            "true",
            '["2.00"]',
        )
    },
    "money: signed minus zero": (line('"2.00"', '"--2.00"', BONUS), "bad_money", "/amount/amount"),
    "money: no currency": (line(',"currency":"EUR"', ""), "bad_money", "/stake/currency"),
    "money: currency in lower case": (line('"EUR"', '"eur"'), "bad_money", "/stake/currency"),
    "money: cyrillic currency": (line('"EUR"', '"\u0415UR"'), "bad_money", "/stake/currency"),
    "money: currency with a line end": (line('"EUR"', '"EUR\\n"'), "bad_money", "/stake/currency"),
    "money: a bare number": (line('{"amount":"2.00","currency":"EUR"}', "2.00"), "bad_money", "/stake"),
    "money: in an item": (more('"components":[{"wallet":"cash","amount":"1.000000001"}]'), "bad_money", "/components"),
    "money: number in an item": (more('"components":[{"wallet":"cash","amount":1.0}]'), "bad_money", "/components/0/amount"),
    "money: balance": (more('"wallet":{"type":"cash","balanceBefore":"1e2"}'), "bad_money", "/wallet/balanceBefore"),
    # time
    **{
        f"time: {text!a}": (at(text), "bad_timestamp", "/ts")
        for text in (
            "2025-10-17T12:00:00.Z",
            "2025-10-17T12:00:00,123Z",
            "2025-10-17T12:00:00.123456",
            "2025-10-17T12:00:00.123456+0200",
            "2025-10-17T12:00:00.123_456Z",
            "2025-10-17T12:00:00.12345\u0666Z",
            "2025-10-17T12:00:00.123456ZZ",
            "2025-10-17T12:00:00.123e3Z",
            "2025-10-17T12:00.5Z",
            "2025-10-17T23:59:60.999999Z",
            "20251017T120000Z",
            "20251017T120000.123456Z",
            "1760702400.123456",
            "2025-10-17T12:00:00",
            "2025-10-17",
            "2025-10-17 12:00:00Z",
            "2025-10-17T12:00Z",
            "2025-10-17T23:59:60Z",
            "2016-12-31T23:59:60Z",
            "2025-10-17T24:00:00Z",
            "2025-10-17T12:60:00Z",
            "2025-02-29T12:00:00Z",
            "2025-13-01T12:00:00Z",
            "2025-00-01T12:00:00Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "-2025-10-17T12:00:00Z",
            "2025-10-17T12:00:00+24:00",
            "2025-10-17T12:00:00+02:60",
            "2025-10-17T12:00:00+0200",
            "2025-10-17T12:00:00+02",
            "2025-10-17T12:00:00+02:00Z",
            "2025-10-17T12:00:00 Z",
            " 2025-10-17T12:00:00Z",
            "2025-10-17T12:00:00Z\\n",
            "2025-10-17T12:00:00Z\\u0000",
            "2025-10-17T12:00:00Z\u00a0",
            "\uff12025-10-17T12:00:00Z",
            "2025-10-1\u0667T12:00:00Z",
            "2025-10-17T12:00:00\u2212" + "02:00",
            "2025-W42-5T12:00:00Z",
            "",
            "now",
            "infinity",
            "1760702400000",
        )
    },
    "time: 9999 of an offset": (at("9999-12-31T23:59:59-14:00"), "bad_timestamp", "/ts"),
    "time: year 0 of an offset": (at("0000-06-01T00:00:00+14:00"), "bad_timestamp", "/ts"),
    "time: ahead": (at("2999-01-01T00:00:00Z"), "future_timestamp", "/ts"),
    "time: ahead by its year only": (at("9999-12-30T00:00:00Z"), "future_timestamp", "/ts"),
    "time: none": (line('"ts":"2025-10-17T12:00:00.000Z",', ""), "bad_timestamp", "/ts"),
    "time: a number": (line('"2025-10-17T12:00:00.000Z"', "1760702400000"), "bad_timestamp", "/ts"),
    "time: null": (line('"2025-10-17T12:00:00.000Z"', "null"), "bad_timestamp", "/ts"),
    "time: received": (more('"receivedTs":"2025-10-17T12:00:00.0001"'), "bad_timestamp", "/receivedTs"),
    # what is no UTF-8
    "utf-8: stray byte": (line('"r1"', b'"r\xff"'), "invalid_utf8", ""),
    "utf-8: stray byte nobody knows": (more(b'"zz":"\xff"'), "invalid_utf8", ""),
    "utf-8: stray byte deep": (more(b'"zz":{"a":[1,{"b":"\xc3"}]}'), "invalid_utf8", ""),
    "utf-8: stray byte in a key": (more(b'"z\xff":1'), "invalid_utf8", ""),
    "utf-8: stray byte in an inner key": (more(b'"zz":{"\xff":1}'), "invalid_utf8", ""),
    "utf-8: overlong": (line('"r1"', b'"r\xc0\xaf"'), "invalid_utf8", ""),
    "utf-8: overlong NUL": (line('"r1"', b'"r\xc0\x80"'), "invalid_utf8", ""),
    "utf-8: a surrogate": (line('"r1"', b'"r\xed\xa0\x80"'), "invalid_utf8", ""),
    "utf-8: a pair of surrogates (CESU)": (line('"r1"', b'"r\xed\xa0\xbd\xed\xb8\x80"'), "invalid_utf8", ""),
    "utf-8: CESU nobody knows": (more(b'"zz":"\xed\xa0\xbd\xed\xb8\x80"'), "invalid_utf8", ""),
    "utf-8: beyond U+10FFFF": (line('"r1"', b'"r\xf4\x90\x80\x80"'), "invalid_utf8", ""),
    "utf-8: cut": (line('"r1"', b'"r\xe2\x82"'), "invalid_utf8", ""),
    "utf-8: Latin-1": (line('"g1"', b'"caf\xe9"'), "invalid_utf8", ""),
    # half of a surrogate pair
    "surrogate: high": (line('"r1"', '"r\\ud800"'), "malformed_json", ""),
    "surrogate: low": (line('"r1"', '"r\\udc00"'), "malformed_json", ""),
    "surrogate: the wrong way round": (line('"r1"', '"r\\ude00\\ud83d"'), "malformed_json", ""),
    "surrogate: high and a letter": (line('"r1"', '"r\\ud83dx"'), "malformed_json", ""),
    "surrogate: high and another escape": (line('"r1"', '"r\\ud83d\\u0041"'), "malformed_json", ""),
    "surrogate: high nobody knows": (more('"zz":"\\ud800"'), "malformed_json", ""),
    "surrogate: low nobody knows": (more('"zz":["\\udc00"]'), "malformed_json", ""),
    "surrogate: in a key": (more('"z\\ud800":1'), "malformed_json", ""),
    "surrogate: in an inner key": (more('"zz":{"\\udc00":1}'), "malformed_json", ""),
    # NUL
    **{
        f"NUL: in {key}": (line(f'"{key}":"{value}"', f'"{key}":"{value}\\u0000"'), "bad_value", f"/{key}")
        for key, value in (("eventId", "ID"), ("playerId", "p1"), ("sessionId", "s1"), ("traceId", "t1"), ("source", "server"))
    },
    "NUL: only": (line('"eventId":"ID"', '"eventId":"\\u0000"'), "bad_value", "/eventId"),
    "NUL: raw": (line('"r1"', b'"r\x001"'), "malformed_json", ""),
    "NUL: raw nobody knows": (more(b'"zz":"\x00"'), "malformed_json", ""),
    "NUL: raw between tokens": (line('"gameId"', b'\x00"gameId"'), "malformed_json", ""),
    "NUL: raw after the end": (line() + b"\x00", "malformed_json", ""),
    "NUL: a line of them": (b"\x00" * 4096, "malformed_json", ""),
    "id: line end": (line('"ID"', '"a\\nb"'), "bad_value", "/eventId"),
    "id: escape character": (line('"ID"', '"a\\u001b[0m"'), "bad_value", "/eventId"),
    "id: delete": (line('"ID"', '"a\\u007f"'), "bad_value", "/eventId"),
    "id: tab in a player": (line('"p1"', '"p\\t1"'), "bad_value", "/playerId"),
    "id: empty": (line('"ID"', '""'), "bad_value", "/eventId"),
    "id: 65 letters": (line('"ID"', '"' + "e" * 65 + '"'), "bad_value", "/eventId"),
    # marks and white space that JSON does not know
    "mark: before a later line": (b"\xef\xbb\xbf" + line(), "malformed_json", ""),
    "mark: within": (line('"gameId"', b'\xef\xbb\xbf"gameId"'), "malformed_json", ""),
    "space: vertical tab": (line('"gameId"', b'\x0b"gameId"'), "malformed_json", ""),
    "space: form feed": (line('"gameId"', b'\x0c"gameId"'), "malformed_json", ""),
    "space: U+2028": (line('"gameId"', '\u2028"gameId"'), "malformed_json", ""),
    "space: no-break": (line('"gameId"', '\u00a0"gameId"'), "malformed_json", ""),
    "space: next line": (line('"gameId"', '\u0085"gameId"'), "malformed_json", ""),
    "space: raw tab in a string": (line('"r1"', '"r\t1"'), "malformed_json", ""),
    "space: raw return in a string": (line('"r1"', b'"r\r1"'), "malformed_json", ""),
    "space: a line of form feeds": (b"\x0c\x0c", "malformed_json", ""),
    "utf-16: a line": (line().decode().encode("utf-16-le"), "malformed_json", ""),
    # what is no JSON
    "rest: letters": (line() + b"x", "malformed_json", ""),
    "rest: a brace": (line() + b"}", "malformed_json", ""),
    "rest: a comma": (line() + b",", "malformed_json", ""),
    "two objects": (line() + line(), "malformed_json", ""),
    "two objects and a space": (line() + b" " + line(), "malformed_json", ""),
    "two objects and a return": (line() + b"\r" + line(), "malformed_json", ""),
    "comma at the end": (line()[:-1] + b",}", "malformed_json", ""),
    "comma at the end of an item": (more('"zz":[1,]'), "malformed_json", ""),
    "comment": (line('"gameId"', '/* */"gameId"'), "malformed_json", ""),
    "comment at the end": (line() + b"// x", "malformed_json", ""),
    "single quotes": (line().replace(b'"', b"'"), "malformed_json", ""),
    "no quotes": (line('"gameId"', "gameId"), "malformed_json", ""),
    "bad escape": (line('"r1"', '"\\x41"'), "malformed_json", ""),
    "cut": (line()[:-20], "malformed_json", ""),
    "array": (b"[]", "not_an_object", ""),
    "array of an event": (b"[" + line() + b"]", "not_an_object", ""),
    "null": (b"null", "not_an_object", ""),
    "number": (b"42", "not_an_object", ""),
    "text": (b'"bet_place"', "not_an_object", ""),
    "empty object": (b"{}", "unknown_event", "/event"),
    "event is null": (line('"bet_place"', "null"), "unknown_event", "/event"),
    "event is a number": (line('"bet_place"', "1"), "unknown_event", "/event"),
    "event with a NUL": (line('"bet_place"', '"bet_place\\u0000"'), "unknown_event", "/event"),
    "event in capitals": (line('"bet_place"', '"BET_PLACE"'), "unknown_event", "/event"),
    "event nobody knows": (line('"bet_place"', '"bet_plaice"'), "unknown_event", "/event"),
    "event that looks like a place": (b'{"event":"x - at `$.stake.amount"}', "unknown_event", "/event"),
    "no event": (line('"event":"bet_place",', ""), "unknown_event", "/event"),
    # what the contract asks for
    "lacks: an object": (line(',"stake":{"amount":"2.00","currency":"EUR"}', ""), "missing_required", "/stake"),
    "lacks: a player": (line('"playerId":"p1",', ""), "missing_required", "/playerId"),
    "lacks: a value": (line('"r1"', "null"), "missing_required", "/roundId"),
    "lacks: a key, after umlauts": (_UMLAUTS.replace(b'"stake"', b'"steak"').replace(b',"roundId":"r2"', b""), "missing_required", "/stake"),
    "type: a number for a text": (line('"r1"', "7"), "bad_type", "/roundId"),
    "type: an object for a text": (line('"r1"', '{"id":"r1"}'), "bad_type", "/roundId"),
    "value: outside a closed list": (more('"wallet":{"type":"piggy bank"}'), "bad_value", "/wallet/type"),
    "version: unknown major": (line('"1.8"', '"2.0"'), "unknown_schema_version", "/schemaVer"),
    "version: with a line end": (line('"1.8"', '"1.8\\n"'), "unknown_schema_version", "/schemaVer"),
    # depth
    "deep: nobody knows": (more(f'"zz":{DEEP}'), "malformed_json", ""),
    "deep: in a known field": (line('"r1"', DEEP), "bad_type", "/roundId"),
    "deep: no end": (more('"zz":' + "[" * 100_000), "malformed_json", ""),
    "deep: objects": (more('"zz":' + '{"a":' * 50_000 + "1" + "}" * 50_000), "malformed_json", ""),
    "deep: one level too many": (more('"zz":' + "[" * 501 + "]" * 501), "malformed_json", ""),
    "deep: in an item": (more('"components":[{"wallet":"cash","amount":"1.00","zz":' + "[" * 501 + "]" * 501 + "}]"), "malformed_json", ""),
    "deep: without an id": (more('"zz":' + DEEP).replace(b'"eventId":"ID",', b""), "malformed_json", ""),
}
"""Name of a case: the line, and the reason and pointer with which it must be refused."""

LANDED: dict[str, tuple[bytes, str, Any]] = {
    # integers at their edges, numbers as doubles
    "integer: 2^63-1": (latency("9223372036854775807"), "latency_ms", 2**63 - 1),
    "integer: -2^63": (latency("-9223372036854775808"), "latency_ms", -(2**63)),
    "integer: -0": (latency("-0"), "latency_ms", 0),
    "integer: beyond 2^53": (latency("9007199254740993"), "latency_ms", 2**53 + 1),
    "number: exponent": (line('"sumMs":1.5', '"sumMs":15e-1', LATENCY), "sum_ms", 1.5),
    "number: an integer": (line('"sumMs":1.5', '"sumMs":2', LATENCY), "sum_ms", 2.0),
    "number: shortest form": (line('"sumMs":1.5', '"sumMs":0.1', LATENCY), "sum_ms", 0.1),
    "number: largest": (line('"sumMs":1.5', '"sumMs":1.7976931348623157e308', LATENCY), "sum_ms", 1.7976931348623157e308),
    "number: typed item": (LATENCY.encode(), "buckets", [{"le": 1.5, "count": 3}]),
    # money to the last digit
    **{
        f"money: {text}": (amount(f'"{text}"'), "stake_amount", Decimal(text))
        for text in ("0", "0.0", "0.00000001", "2", "2.5", "2.00000000", "99999999999999999999.99999999", "12345678901234567890.12345678", "0.3")
    },
    "money: negative where it may be": (line('"2.00"', '"-2.00"', BONUS), "amount", Decimal("-2")),
    "money: minus zero where it may be": (line('"2.00"', '"-0.00"', BONUS), "amount", Decimal(0)),
    "money: escaped digits": (amount('"\\u0032.00"'), "stake_amount", Decimal(2)),
    "money: of an item": (more('"components":[{"wallet":"cash","amount":"99999999999999999999.99999999"}]'), "components", [_PART]),
    # time, converted and never rounded
    **{
        f"time: {text}": (at(text), "ts", datetime.fromisoformat(utc))
        for text, utc in {
            "2025-10-17T12:00:00Z": "2025-10-17T12:00:00",
            "2025-10-17T12:00:00.1Z": "2025-10-17T12:00:00.100",
            "2025-10-17T12:00:00.999Z": "2025-10-17T12:00:00.999",
            "2025-10-17t12:00:00z": "2025-10-17T12:00:00",
            "2025-10-17T12:00:00+02:00": "2025-10-17T10:00:00",
            "2025-10-17T12:00:00-05:00": "2025-10-17T17:00:00",
            "2025-10-17T12:00:00+05:30": "2025-10-17T06:30:00",
            "2025-10-17T12:00:00-03:30": "2025-10-17T15:30:00",
            "2025-10-17T12:00:00+00:00": "2025-10-17T12:00:00",
            "2025-10-17T12:00:00-00:00": "2025-10-17T12:00:00",
            "2025-10-17T12:00:00.482+14:00": "2025-10-16T22:00:00.482",
            "2025-10-17T00:30:00+01:00": "2025-10-16T23:30:00",
            "2024-02-29T23:59:59.999-00:01": "2024-03-01T00:00:59.999",
            "1900-01-01T00:00:00Z": "1900-01-01T00:00:00",
            # finer than milliseconds: cut, before the epoch too, and before the offset is taken off
            "2025-10-17T12:00:00.12Z": "2025-10-17T12:00:00.120",
            "2025-10-17T12:00:00.1234Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.12399Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.123999Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.1239999Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.12399999Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.123999999Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.1239999999999999999Z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.000000001Z": "2025-10-17T12:00:00",
            "2025-10-17T12:00:00.123000000Z": "2025-10-17T12:00:00.123",
            "2025-10-17t12:00:00.123999z": "2025-10-17T12:00:00.123",
            "2025-10-17T12:00:00.9999+00:00": "2025-10-17T12:00:00.999",
            "2025-10-17T12:00:00.999999+02:00": "2025-10-17T10:00:00.999",
            "2025-10-17T12:00:00.999999999-05:30": "2025-10-17T17:30:00.999",
            "2025-12-31T23:59:59.999999999Z": "2025-12-31T23:59:59.999",
            "2025-10-17T23:59:59.999999999-14:00": "2025-10-18T13:59:59.999",
            "1969-12-31T23:59:59.999999Z": "1969-12-31T23:59:59.999",
            "1900-01-01T00:00:00.000999Z": "1900-01-01T00:00:00",
        }.items()
    },
    # text, byte for byte
    "text: a pair of surrogates": (line('"r1"', '"r\\ud83d\\ude00"'), "round_id", "r\U0001f600"),
    "text: the largest character": (line('"r1"', '"\\udbff\\udfff"'), "round_id", "\U0010ffff"),
    "text: no character": (line('"r1"', '"\\uffff\\ufdd0"'), "round_id", "\uffff\ufdd0"),
    "text: line separators": (line('"r1"', '"a\u2028b\u2029c\u0085d"'), "round_id", "a\u2028b\u2029c\u0085d"),
    "text: a mark": (line('"r1"', '"\ufeffr1"'), "round_id", "\ufeffr1"),
    "text: not normalised": (line('"r1"', '"e\u0301 \u00e9"'), "round_id", "e\u0301 \u00e9"),
    "text: an escaped backslash": (line('"r1"', '"\\\\u0000 \\\\n"'), "round_id", "\\u0000 \\n"),
    "text: every escape": (more('"market":"\\"\\\\\\/\\b\\f\\n\\r\\t"'), "market", '"\\/\b\f\n\r\t'),
    "text: NUL that is no id": (more('"market":"a\\u0000b"'), "market", "a\0b"),
    "text: looks like SQL": (line('"r1"', '"\'; drop table segment; --"'), "round_id", "'; drop table segment; --"),
    "text: looks like null": (line('"r1"', '"null"'), "round_id", "null"),
    "text: empty": (more('"market":""'), "market", ""),
    "text: null": (more('"market":null'), "market", None),
    "key: escaped": (line('"roundId"', '"\\u0072ound\\u0049d"'), "round_id", "r1"),
    "key: in other letters": (more('"roundid":"r2","ROUNDID":"r3"'), "round_id", "r1"),
    "white space": (line('"gameId":"g1"', '\t"gameId" \r:  "g1" '), "game_id", "g1"),
    "a return at the end": (line() + b"\r", "game_id", "g1"),
    # what nobody knows does not stop an event
    "nobody knows: numbers": (more('"zz":[1e400,-1e400,1e-400,' + "1" * 400 + "]"), "round_id", "r1"),
    "nobody knows: 5000 digits": (more('"zz":' + "1" * 5000), "round_id", "r1"),
    "nobody knows: a key twice": (more('"zz":{"a":1,"a":2}'), "round_id", "r1"),
    "nobody knows: 500 levels": (more('"zz":' + "[" * 500 + "]" * 500), "round_id", "r1"),
    "nobody knows: 500 levels of objects": (more('"zz":' + '{"a":' * 500 + "1" + "}" * 500), "round_id", "r1"),
    "nobody knows: many brackets": (more('"zz":[' + "[]," * 2000 + '"[[[["]'), "round_id", "r1"),
    "nobody knows: an empty key": (more('"":1'), "round_id", "r1"),
    "nobody knows: NUL": (more('"z\\u0000z":"\\u0000"'), "round_id", "r1"),
}
"""Name of a case: the line, and a column with the value that it must have."""

KEPT = {
    "zz": b'"zz":"a"',
    "other": b'"zz":"b"',
    "escaped": b'"z\\u007a":"c"',
    "spaces": b'"zz" : { "a" : 1,"a":2 } ',
    "number": b'"zz":1e400',
    "nul": b'"zz":"\\u0000"',
    "pair": b'"zz":"\\ud83d\\ude00"',
    "text": '"zz":"e\u0301 \u2028 \ufeff \u202e \U0001f600 %s ${x} <script>"'.encode(),
}
"""Fields under a key that no contract knows, as they are written; what stands after the colon must be kept to the byte."""


@dataclass(frozen=True)
class Outcome:
    """What became of a line: the row of the quarantine, or the landed columns."""

    refused: tuple[str, str, int, bytes] | None
    landed: dict[str, Any] | None


@dataclass(frozen=True)
class Landing:
    """What the command printed, and the outcome of every case by its name, of every neighbour as `good <n>`."""

    output: str
    outcomes: dict[str, Outcome]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    """One `pitboss land` of one file that holds every case between two neighbours."""
    folder = tmp_path_factory.mktemp("hazards")
    home, file, lines, offsets = Home(folder / "home"), folder / "web" / "hazards.jsonl", [], {}
    cases = {**{name: case[0] for name, case in REFUSED.items()}, **{name: case[0] for name, case in LANDED.items()}}
    assert len(cases) == len(REFUSED) + len(LANDED)
    for number, (name, case) in enumerate(cases.items()):
        lines += [line('"ID"', f'"good {number}"'), case.replace(b'"ID"', f'"case {number}"'.encode())]
        offsets[name] = sum(map(len, lines[:-1])) + len(lines) - 1
    lines.append(line('"ID"', f'"good {len(cases)}"'))
    file.parent.mkdir()
    file.write_bytes(b"\n".join(lines) + b"\n")
    result = run(home, file)
    assert result.exit_code == 0, result.output
    refused = {number: (reason, pointer, at, bytes(raw)) for number, reason, pointer, at, raw in quarantined(home, "line, reason, pointer, byte_offset, raw")}
    landed: dict[str, dict[str, Any]] = {}
    for event in ("bet_place", "bonus_issued", "api_latency", "login"):
        landed |= {row["event_id"]: row for path in home.landing.glob(f"{event}/*/*.parquet") for row in pq.read_table(path).to_pylist()}
    found = {name: Outcome(refused.get(2 * n + 2), landed.get(f"case {n}")) for n, name in enumerate(cases)}
    found |= {f"good {n}": Outcome(refused.get(2 * n + 1), landed.get(f"good {n}")) for n in range(len(cases) + 1)}
    assert all(found[name].refused is None or found[name].refused[2] == offset for name, offset in offsets.items())  # type: ignore[index]
    return Landing(result.output, found)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_line_is_refused(name: str, landing: Landing) -> None:
    raw, reason, pointer = REFUSED[name]
    found = landing.outcomes[name]
    assert found.landed is None and found.refused
    assert found.refused[:2] == (reason, pointer)
    assert re.sub(rb'"case \d+"', b'"ID"', found.refused[3]) == raw


@pytest.mark.parametrize("name", LANDED)
def test_an_odd_line_lands_as_it_was_sent(name: str, landing: Landing) -> None:
    _, column, value = LANDED[name]
    found = landing.outcomes[name]
    assert found.refused is None and found.landed
    assert (type(found.landed[column]), found.landed[column]) == (type(value), value)


def test_the_neighbours_land(landing: Landing) -> None:
    good = [found for name, found in landing.outcomes.items() if name.startswith("good ")]
    assert len(good) == len(REFUSED) + len(LANDED) + 1
    assert all(found.landed and found.landed["stake_amount"] == 2 and found.refused is None for found in good)
    landed, refused = len(good) + len(LANDED), len(REFUSED)
    assert f"{landed + refused} lines = {landed} landed + {refused} quarantined + 0 duplicates" in landing.output


def test_what_nobody_knows_is_kept_to_the_byte(land_lines: Lander, home: Home) -> None:
    lines = [line('"ID"', f'"{name}"')[:-1] + b"," + field + b"}" for name, field in KEPT.items()]
    twice = line('"ID"', '"twice"')[:-1] + b',"zz":1,"z\\u007a":2,"zz":1}'
    lines.append(twice.replace(b'"EUR"}', b'"EUR","tax":3,"tax":4}'))
    [landed] = land_lines(*lines)
    assert landed.entry and landed.entry.landed == len(lines)
    found = rows(home, "restricted/unknown/*.parquet", "event_id, pointer, value")
    wanted = [(name, "/zz", field.split(b":", 1)[1].strip()) for name, field in KEPT.items()]
    wanted += [("twice", "/stake/tax", b"3"), ("twice", "/stake/tax", b"4"), ("twice", "/zz", b"1"), ("twice", "/zz", b"2"), ("twice", "/zz", b"1")]
    assert sorted(found) == sorted(wanted)


def test_a_control_character_is_seen_whatever_came_before(home: Home, tmp_path: Path) -> None:
    web = tmp_path / "web"
    web.mkdir()
    for number, event_id in enumerate(("a", "b\\u0000", "c", "d\x7f", "e\\\\u0000", "f\\u0001")):
        (web / f"{number}.jsonl").write_bytes(line('"ID"', f'"{event_id}"') + b"\n")
    assert run(home, web).exit_code == 0
    assert quarantined(home, "file, reason, pointer") == [(f"{n}.jsonl", "bad_value", "/eventId") for n in (1, 3, 5)]
