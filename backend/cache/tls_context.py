"""What TLS connections check and show: EDGE to the certificates' files, read in a thread.

Making a context takes 25 to 60 ms and would hold the event loop up for as long, so it is made in
the background, once for all connections, and anew when one of its files changes. Knows no Redis.
"""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from cache.redis_target import Access, CertReqs
from cache.slow_question import SlowQuestion

_State: TypeAlias = tuple[tuple[str, int, int], ...]
"""The files with their times and sizes: a change makes another context."""

_VERIFY: Final = {
    "required": ssl.CERT_REQUIRED,
    "optional": ssl.CERT_OPTIONAL,
    "none": ssl.CERT_NONE,
}


class TlsContext:
    """The context for an access, the same for all who are spoken to alike."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._question = SlowQuestion(self._made)
        self._latest: ssl.SSLContext | None = None

    async def refresh(self) -> None:
        """Make it, or make it anew if its files have changed. Raises OSError and its kin."""
        self._latest = await self._question.answer()

    @property
    def latest(self) -> ssl.SSLContext:
        """As it was last made; blocks where it never was."""
        if self._latest is None:
            self._latest = self._made()
        return self._latest

    def _made(self) -> ssl.SSLContext:
        one = self._access
        names = (one.ca_certs, one.certfile, one.keyfile)
        state = tuple(_state(name) for name in names if name)
        return _context(one.cert_reqs, one.check_hostname, *names, state)


def _state(name: str) -> tuple[str, int, int]:
    found = Path(name).stat()
    return name, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _context(
    cert_reqs: CertReqs,
    check_hostname: bool,
    ca_certs: str | None,
    certfile: str | None,
    keyfile: str | None,
    state: _State,
) -> ssl.SSLContext:
    """Trusts `ca_certs` alone, if it is given, else whom the system trusts."""
    context = ssl.create_default_context(cafile=ca_certs)
    context.check_hostname = check_hostname and cert_reqs != "none"
    context.verify_mode = _VERIFY[cert_reqs]
    if certfile:
        context.load_cert_chain(certfile, keyfile)
    return context
