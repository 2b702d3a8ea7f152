"""The form of a remembered value: one ASCII line of header, then the ready JSON bytes. Pure.

    tally/1 0000000000000000007 job_01JD... 0 0 2 1763841234123 default 9ae0daaf\n{"id":...
    format  version (19 digits) id  done gone retry_after written_at (ms) owner crc32

Version and id stand at the same place in every format to come: `put_if_newer.lua` reads them there.
Whatever the bytes, reading never raises: a value that is broken or not ours is an outcome.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote
from zlib import crc32

from jobs import Answer, Document, is_job_id

_FORM: Final = re.compile(
    rb"(tally/1 (\d{19}) (job_\w{26}) ([01]) ([01]) (\d{1,6}) (\d{1,15}) ([!-~]*)) ([0-9a-f]{8})\n",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A remembered document; the database last said so at `written_at`, in seconds since 1970.

    `answer` is the last one that was made of it: it is forgotten with it.
    """

    document: Document
    written_at: float
    answer: Answer | None = field(default=None, init=False, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Not a value of ours: another format, cut off, or damaged. Worth as much as none."""


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A sound value, but of another job: it must never reach a client."""


def key(job_id: str) -> str:
    """Where a job's entry is kept; the braces let a cluster place it by the id alone.

    Raises ValueError for anything that is not a job id: no other text ever becomes a key.
    """
    if not is_job_id(job_id):
        raise ValueError("not a job id")
    return _key(job_id)


def keys(texts: Iterable[str]) -> dict[str, str]:
    """Those that are job ids, each with its key."""
    return {text: _key(text) for text in texts if is_job_id(text)}


def _key(job_id: str) -> str:
    return "tally:job:{" + job_id + "}"


def encode(document: Document, written_at: float) -> bytes:
    """The document as a value. `written_at` is kept to the millisecond."""
    numbers = f"{document.done:d} {document.gone:d} {document.retry_after}"
    owner = quote(document.owner, safe="")
    head = f"{prefix(document.version, document.id)}{numbers} {round(written_at * 1000)} {owner}"
    line = head.encode()
    return b"%b %08x\n%b" % (line, crc32(document.body, crc32(line)), document.body)


def prefix(version: int, subject: str) -> str:
    """How every value of ours begins: what the script compares."""
    return f"tally/1 {version:019d} {subject} "


def named(raw: bytes) -> str:
    """The job that a value says it is of; empty if it is no value of ours."""
    found = _FORM.match(raw)
    return found[3].decode() if found else ""


def decode(raw: bytes, job_id: str) -> Entry | Unreadable | Foreign:
    """What the bytes found under a job's key are. Never raises."""
    found = _FORM.match(raw)
    if found is None:
        return Unreadable()
    line, version, named, done, gone, retry_after, written_at, owner, checksum = found.groups()
    body = raw[found.end() :]
    if int(checksum, 16) != crc32(body, crc32(line)):
        return Unreadable()
    if named != job_id.encode():
        return Foreign()
    document = Document(
        id=job_id,
        owner=_owner(owner),
        version=int(version),
        done=done == b"1",
        gone=gone == b"1",
        retry_after=int(retry_after),
        body=body,
    )
    return Entry(document=document, written_at=int(written_at) / 1000)


def _owner(quoted: bytes) -> str:
    text = quoted.decode()
    return sys.intern(unquote(text, errors="replace") if "%" in text else text)
