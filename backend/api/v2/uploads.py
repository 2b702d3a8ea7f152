"""Reads a multipart create request as it streams: EDGE, the one file that knows the parser.

The `file` part goes straight to disk, never into memory, and never past the size limit; the `job`
part is small. Any order of parts will do.
"""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from api.problems import Problem

JOB_PART_LIMIT: Final = 64 * 1024
SLACK: Final = JOB_PART_LIMIT + 16 * 1024
"""What boundaries, headers and the `job` part may add to the file."""
_FLUSH_BYTES: Final = 1024 * 1024
_NAME_LIMIT: Final = 255


class Upload:
    """What came in: the text of the `job` part, the client's file name, and how many bytes."""

    def __init__(self) -> None:
        self.job_text = b""
        self.filename: str | None = None
        self.bytes = 0


async def receive_upload(request: Request, target: Path, *, limit: int) -> Upload:
    """Write the `file` part to `target`. Raises Problem: 400, 413 or 507; the caller cleans up."""
    reader, received = _Reader(_boundary(request), limit), 0
    try:
        with await asyncio.to_thread(target.open, "wb") as stream:
            async for chunk in request.stream():
                received += len(chunk)
                if received > limit + SLACK:
                    raise too_large(limit)
                reader.feed(chunk)
                if len(reader.pending) >= _FLUSH_BYTES:
                    await _flush(reader, stream)
            await _flush(reader, stream)
            await asyncio.to_thread(os.fsync, stream.fileno())  # before the job is accepted
        reader.finish()
    except OSError as error:
        raise _disk_problem(error) from error
    except ClientDisconnect:
        raise broken_off() from None
    return reader.upload


async def _flush(reader: "_Reader", stream: BinaryIO) -> None:
    data, reader.pending = bytes(reader.pending), bytearray()
    if data:
        await asyncio.to_thread(stream.write, data)


def _boundary(request: Request) -> bytes:
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise _malformed("The Content-Type names no boundary.")
    return boundary


def too_large(limit: int) -> Problem:
    return Problem(
        413,
        "upload_too_large",
        "The upload is too large",
        f"Uploads may have at most {limit / 1_000_000:,.1f} MB ({limit} bytes, UPLOAD_MAX_BYTES).",
    )


def broken_off() -> Problem:
    return Problem(400, "upload_aborted", "Upload aborted", "The request broke off.")


def _malformed(detail: str) -> Problem:
    return Problem(400, "malformed_multipart", "The multipart body is malformed", detail)


def _disk_problem(error: OSError) -> Problem:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    detail = "The disk is full." if full else "The upload could not be written to disk."
    return Problem(507, "storage_full", "No room for the upload", detail)


def _file_name(raw: bytes) -> str:
    """The client's name for the file, undone what browsers do to quotes and line ends (WHATWG)."""
    name = raw.decode("utf-8", "replace")
    for code, character in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        name = name.replace(code, character)
    return name[:_NAME_LIMIT]


class _Reader:
    """Feeds bytes to the parser and sorts what comes out into parts."""

    def __init__(self, boundary: bytes, limit: int) -> None:
        self.upload = Upload()
        self.pending = bytearray()
        self._limit = limit
        self._header, self._value = bytearray(), bytearray()
        self._part = ""
        self._disposition: dict[bytes, bytes] = {}
        self._complete = False
        callbacks: dict[str, Callable[..., Any]] = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        except FormParserError as error:
            raise _malformed(str(error)) from None

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _malformed(str(error)) from None

    def finish(self) -> None:
        if not self._complete:
            raise _malformed("The body ends before its closing boundary.")
        if self.upload.filename is None:
            raise _malformed("There is no file part named `file`.")

    def _begin(self) -> None:
        self._disposition = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, self._disposition = parse_options_header(bytes(self._value))
        self._header, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        self._part = self._disposition.get(b"name", b"").decode("utf-8", "replace")
        if self._part == "file":
            if self.upload.filename is not None:
                raise _malformed("There may be only one file part.")
            self.upload.filename = _file_name(self._disposition.get(b"filename", b"upload"))
        elif self._part != "job":
            raise _malformed(f"Unknown part {self._part[:40]!r}; use `job` and `file`.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self.upload.bytes += end - start
            if self.upload.bytes > self._limit:
                raise too_large(self._limit)
            self.pending += data[start:end]
            return
        self.upload.job_text += data[start:end]
        if len(self.upload.job_text) > JOB_PART_LIMIT:
            raise _malformed(f"The `job` part may have at most {JOB_PART_LIMIT} bytes.")

    def _end(self) -> None:
        self._complete = True
