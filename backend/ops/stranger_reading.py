"""From how a server met a stranger to who gets in there. Pure; judges nothing."""

from typing import Final

from cache import Silent, StrangerTold
from ops.server_seen import Fact, Stranger, TlsSeen, Unknown

_BY_CODE: Final[dict[bytes, Stranger]] = {
    b"+PONG": "let in",
    b"-NOAUTH": "password",
    b"-NOPERM": "limited",
    b"-DENIED": "protected mode",
    b"-LOADING": "let in",  # from here on: what only those are told whom it has let in
    b"-MASTERDOWN": "let in",
    b"-MISCONF": "let in",
    b"-BUSY": "let in",
}
"""Source: the order of the tests in `processCommand` of Redis, in which ACLs come first."""


def stranger_seen(told: StrangerTold) -> Fact[Stranger]:
    """What became of somebody without credentials."""
    said = told.said
    if told.wants_certificate:
        return "certificate"
    if isinstance(said, Silent):
        return Unknown(said.why)
    code = said.split(b" ", 1)[0].strip()
    known = _BY_CODE.get(code)
    return known or Unknown("it answers a stranger neither PONG nor NOAUTH")


def tls_seen(told: StrangerTold) -> Fact[TlsSeen | None]:
    """The TLS that was spoken; None: none was meant to be."""
    facts = told.tls
    if isinstance(facts, Silent):
        return Unknown(facts.why)
    if facts is None:
        return None
    unreadable = Unknown("its certificate cannot be read")
    shown = facts.certificate
    return TlsSeen(
        version=facts.version,
        not_after=shown.not_after if shown else unreadable,
        names=shown.names if shown else (),
    )
