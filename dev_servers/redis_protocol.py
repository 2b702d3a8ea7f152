"""Redis's protocol, as much as development needs: a command to bytes, a reply to text. No I/O of
its own: the caller brings the stream.
"""

from __future__ import annotations

from typing import BinaryIO


class ErrorReply(Exception):
    """The server answered with an error; its words are the message."""


def encoded(*words: str) -> bytes:
    """A command."""
    parts = [word.encode() for word in words]
    lines = [b"*%d\r\n" % len(parts), *(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)]
    return b"".join(lines)


def read_reply(stream: BinaryIO) -> str:
    """The next reply: nothing is the empty text; a list has a line for each, lists within it too.

    Raises ErrorReply, ConnectionError when the stream ends, UnicodeDecodeError for what is no text.
    """
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the server closed the connection")
    kind, rest = line[:1], line[1:-2].decode()
    if kind == b"-":
        raise ErrorReply(rest)
    if kind == b"$":
        return stream.read(int(rest) + 2)[:-2].decode() if int(rest) >= 0 else ""
    if kind == b"*":
        return "\n".join([read_reply(stream) for _ in range(int(rest))])
    return rest
