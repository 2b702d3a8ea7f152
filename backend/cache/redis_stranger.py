"""How a server meets a stranger: EDGE, a plain connection without credentials, and one PING.

Needs no driver. TLS is spoken without verifying anything: no secret is sent, and an operator wants
to see just the certificate that does not pass.
"""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from cache.certificate import read_certificate
from cache.redis_answers import Silent, StrangerTold, TlsFacts
from cache.redis_target import RedisAddress
from cache.redis_trouble import classify, explain, quote
from cache.slow_question import SlowQuestion

_Link: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_PING: Final = b"*1\r\n$4\r\nPING\r\n"
_LONGEST: Final = 1024
"""Bytes of an answer: what says more on one line is no Redis."""


async def meet(address: RedisAddress, ips: Sequence[str], seconds: float) -> StrangerTold:
    """What the server says to a stranger at the first of these IPs that lets anybody connect.

    Never raises. Where nobody is told anything who shows no certificate, it is asked with ours,
    too: some say why they hang up, others just do.
    """
    told = await _ping(replace(address, certfile=None, keyfile=None), ips, seconds / 2)
    if not address.certfile or isinstance(told.said, bytes):
        return told
    shown = await _ping(address, ips, seconds / 2)
    wants = told.wants_certificate or isinstance(shown.said, bytes)
    return replace(told, tls=shown.tls, wants_certificate=wants)


async def _ping(address: RedisAddress, ips: Sequence[str], seconds: float) -> StrangerTold:
    tls: TlsFacts | None = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await _connect(address, ips)
            try:
                tls = _facts(writer)
                writer.write(_PING)
                said = await reader.readline()
            finally:
                writer.close()
    except (OSError, ValueError) as error:
        silent = Silent(explain(classify(error), quote(error, ()) if str(error) else None))
        seen = silent if address.tls and tls is None else tls
        return StrangerTold(said=silent, tls=seen, wants_certificate=_wants_certificate(error))
    return StrangerTold(said=said or Silent("it closed the connection."), tls=tls)


def _wants_certificate(error: Exception) -> bool:
    return "CERTIFICATE_REQUIRED" in str(error)


async def _connect(address: RedisAddress, ips: Sequence[str]) -> _Link:
    if address.path is not None:
        return await asyncio.open_unix_connection(address.path, limit=_LONGEST)
    context = await SlowQuestion(partial(_trusting, address)).answer() if address.tls else None
    *others, last = ips
    for ip in others:
        with suppress(OSError):
            return await _connect_to(address, ip, context)
    return await _connect_to(address, last, context)


async def _connect_to(address: RedisAddress, ip: str, context: ssl.SSLContext | None) -> _Link:
    name = address.host.rstrip(".") if context else None
    return await asyncio.open_connection(
        ip, address.port, limit=_LONGEST, ssl=context, server_hostname=name
    )


def _trusting(address: RedisAddress) -> ssl.SSLContext:
    """Reads files. Raises OSError and its kin."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if address.certfile:
        context.load_cert_chain(address.certfile, address.keyfile)
    return context


def _facts(writer: asyncio.StreamWriter) -> TlsFacts | None:
    spoken = writer.get_extra_info("ssl_object")
    if spoken is None:
        return None
    shown = spoken.getpeercert(binary_form=True)
    return TlsFacts(version=spoken.version() or "", certificate=read_certificate(shown or b""))
