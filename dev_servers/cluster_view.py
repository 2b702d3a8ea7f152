"""What one node of a cluster believes about all of them: CLUSTER NODES, read. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A node as another one, or itself, sees it."""

    node_id: str
    port: int
    flags: frozenset[str]
    """Such as master, slave, fail, fail?, handshake."""
    follows: str
    """The primary's id; of a primary: -."""
    linked: bool
    slots: tuple[str, ...]
    """As they are told: ranges such as 0-5460, and [7->-ID] or [7-<-ID] for one on the move."""

    @property
    def role(self) -> str:
        """Master or slave; "unsure" where there is any doubt of the node."""
        return "unsure" if len(self.flags) > 1 or not self.linked else min(self.flags)

    @property
    def held(self) -> frozenset[int]:
        """The slots that are its own, on the move or not."""
        ranges = [text.split("-") for text in self.slots if not text.startswith("[")]
        return frozenset(slot for one in ranges for slot in range(int(one[0]), int(one[-1]) + 1))

    @property
    def moving(self) -> list[int]:
        """The slots on the move, from here or to here; only of the node that was asked."""
        return [int(text[1:].partition("-")[0]) for text in self.slots if text.startswith("[")]


def read_view(text: str) -> Iterator[Seen]:
    """One for each line of the reply."""
    for line in text.splitlines():
        node_id, place, flags, follows, _ping, _pong, _epoch, link, *slots = line.split()
        yield Seen(
            node_id=node_id,
            port=int(place.partition("@")[0].rpartition(":")[2]),
            flags=frozenset(flags.split(",")) - {"myself"},
            follows=follows,
            linked=link == "connected",
            slots=tuple(slots),
        )
