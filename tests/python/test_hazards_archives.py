"""Hazards of archives: cut, damaged, not what they say, and bombs. Any of them lands nothing, and the other files land."""

import gzip
import hashlib
import io
import struct
import zipfile

import zstandard
from hazards import channel, entries, errors, good, run
from pitboss.home import Home


def archives(tag: str, lines: int = 2) -> dict[str, bytes]:
    """One content in every form of archive that is whole."""
    data = b"".join(good(f"{tag}{n}") for n in range(lines))
    named = io.BytesIO()
    with gzip.GzipFile("events.jsonl", "wb", fileobj=named) as file:
        file.write(data)
    stream = zstandard.ZstdCompressor().compressobj()
    skippable = struct.pack("<II", 0x184D2A50, 5) + b"index"
    return {
        "plain.jsonl.gz": gzip.compress(data),
        "named.jsonl.gz": named.getvalue(),
        "stored.jsonl.gz": gzip.compress(data, 0),
        "members.jsonl.gz": gzip.compress(data[:100]) + gzip.compress(b"") + gzip.compress(data[100:]),
        "plain.jsonl.zst": zstandard.compress(data),
        "checksum.jsonl.zst": zstandard.ZstdCompressor(write_checksum=True).compress(data),
        "no size.jsonl.zst": stream.compress(data) + stream.flush(),
        "frames.jsonl.zst": zstandard.compress(data[:100]) + zstandard.compress(b"") + zstandard.compress(data[100:]),
        "skippable.jsonl.zst": skippable + zstandard.compress(data) + skippable,
    }


def test_whole_archives_of_every_form_land_as_one_content(home: Home) -> None:
    web = channel(home)
    for name, data in archives("e").items():
        (web / name).write_bytes(data)
    (web / "plain.jsonl").write_bytes(b"".join(good(f"e{n}") for n in range(2)))
    result = run(home, web)
    assert result.exit_code == 0, result.output
    assert list(entries(home).values()) == [(2, 2, 0, 0)]
    assert "9 files were landed before" in result.output


def whole_ends(name: str) -> set[int]:
    """Places at which a cut leaves a whole archive: between two members or frames nobody can see that more should come."""
    start = good("e0")[:100]
    if name == "members.jsonl.gz":
        return {len(gzip.compress(start)), len(gzip.compress(start) + gzip.compress(b""))}
    if name == "frames.jsonl.zst":
        return {len(zstandard.compress(start)), len(zstandard.compress(start) + zstandard.compress(b""))}
    return {13, 13 + len(zstandard.compress(good("e0")))} if name == "skippable.jsonl.zst" else set()


def test_an_archive_cut_at_any_byte_lands_nothing(home: Home) -> None:
    web = channel(home)
    cuts = 0
    for name, data in archives("e", lines=1).items():
        for at in sorted(set(range(len(data))) - whole_ends(name)):
            (web / f"{at:04} {name}").write_bytes(data[:at])
            cuts += 1
    (web / "good.jsonl").write_bytes(good("good"))
    result = run(home, web)
    assert result.exit_code == 1
    assert entries(home) == {"good.jsonl": (1, 1, 0, 0)}
    said = errors(result)
    assert cuts > 1000 and len(said) == cuts
    assert all("is a damaged or cut archive" in text and "nothing of it was landed" in text for text in said)


def test_a_zstandard_archive_cut_between_two_blocks_lands_nothing(home: Home) -> None:
    web = channel(home)
    data = zstandard.compress(b"".join(good(hashlib.sha256(str(n).encode()).hexdigest()[:32]) for n in range(2000)))
    ends, at, is_last = [], zstandard.frame_header_size(data), False
    while not is_last:
        ends.append(at)
        header = int.from_bytes(data[at : at + 3], "little")
        is_last, at = bool(header & 1), at + 3 + (1 if header >> 1 & 3 == 1 else header >> 3)
    assert len(ends) > 3 and at == len(data)
    for end in ends:
        (web / f"{end}.jsonl.zst").write_bytes(data[:end])
    assert len(errors(run(home, web))) == len(ends)
    assert entries(home) == {}


def damaged() -> dict[str, tuple[bytes, str]]:
    """Archives that are not what they say, and what is said of them."""
    data = b"".join(good(f"e{n}") for n in range(2))
    gz, zst, checked = gzip.compress(data), zstandard.compress(data), zstandard.ZstdCompressor(write_checksum=True).compress(data)
    cut = "is a damaged or cut archive"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("events.jsonl", data)
    return {
        "crc.jsonl.gz": (gz[:-8] + bytes([gz[-8] ^ 1]) + gz[-7:], cut),
        "length.jsonl.gz": (gz[:-4] + bytes([gz[-4] ^ 1]) + gz[-3:], cut),
        "rest.jsonl.gz": (gz + b"rest", cut),
        "half a head.jsonl.gz": (gz + b"\x1f\x8b", cut),
        "middle.jsonl.gz": (gz[:40] + bytes([gz[40] ^ 64]) + gz[41:], cut),
        "text.jsonl.gz": (data, cut),
        "zst.jsonl.gz": (zst, cut),
        "empty.jsonl.gz": (b"", cut),
        "checksum.jsonl.zst": (checked[:-1] + bytes([checked[-1] ^ 1]), cut),
        "content.jsonl.zst": (checked[:60] + bytes([checked[60] ^ 64]) + checked[61:], cut),
        "rest.jsonl.zst": (zst + b"rest", cut),
        "text.jsonl.zst": (data, cut),
        "gz.jsonl.zst": (gz, cut),
        "empty.jsonl.zst": (b"", cut),
        "window.jsonl.zst": (zst[:4] + b"\x00\xb8" + zst[6:], cut),
        "gz.jsonl": (gz, "is gzip inside"),
        "zst.jsonl": (zst, "is Zstandard inside"),
        "twice.jsonl.gz": (gzip.compress(gz), "is gzip inside"),
        "twice.jsonl.zst": (zstandard.compress(gz), "is gzip inside"),
        "zip.jsonl": (zipped.getvalue(), "is a zip archive"),
        "utf-16.jsonl": (data.decode().encode("utf-16"), "is UTF-16"),
        "utf-16 the other way.jsonl": (b"\xfe\xff" + data.decode().encode("utf-16-be"), "is UTF-16"),
    }


def test_what_is_not_what_it_says_lands_nothing(home: Home) -> None:
    web = channel(home)
    for name, (data, _) in damaged().items():
        (web / name).write_bytes(data)
    result = run(home, web)
    assert result.exit_code == 1 and entries(home) == {}
    said = errors(result)
    assert len(said) == len(damaged())
    for name, (_, what) in damaged().items():
        [text] = [text for text in said if f"/{name}: " in text]
        assert what in text and "nothing of it was landed" in text
