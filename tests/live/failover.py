"""How long APIs take to find Redis again when it has moved, as their own statistics tell."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from dev_servers import RedisServer
from live.shapes import BARE, BLOCKED
from live.soak import longer, say
from live.spells import Load, Spell

BACK: Final = 5.0
"""Seconds after which Redis is in use again, from when it can be: what is promised."""
RESTARTED: Final = "restarted one by one"
"""The spell in which pollers may move to another API, and wait for one that has just begun."""
GRACE: Final = longer(15.0, 0.0)
"""Seconds more where the machine does other tests at the same time."""
FROM_REDIS: Final = longer(0.5, 0.8)
"""The least share of polls that Redis answers where it is well and nothing is nearer; of the others
most follow a change."""


def uses(count: int, *, without: RedisServer | None = None) -> Callable[[dict[str, Any]], bool]:
    """Whether so many servers are known, all in use, that one not among them; and push is heard."""

    def holds(stats: dict[str, Any]) -> bool:
        servers = stats["servers"]
        gone = without and any(f":{without.told_port}/" in server for server in servers)
        heard = stats["feed"]["push"] if "feed" in stats else True
        well = len(servers) == count and {*servers.values()} == {"in use"}
        return bool(well and heard and not gone)

    return holds


async def moved(
    load: Load,
    name: str,
    harm: Callable[[], object],
    holds: Callable[[dict[str, Any]], bool],
    *,
    missed_after: float = 0.0,
) -> Spell:
    """Until all APIs use Redis again and hear its push: as long after `missed_after` as promised.

    That is how long it takes Redis itself to notice.
    """
    began = time.monotonic()
    harm()
    ended = time.monotonic()
    moments = await load.until(holds, seconds=missed_after + BACK + GRACE)
    back = {shape: at - ended for shape, at in moments.items()}
    return Spell(name=name, began=began, ended=ended, gone={}, back=back)


def kept_its_promises(load: Load, spells: Sequence[Spell]) -> None:
    """No error, no regression, nobody blocked; and nobody left an API that was not restarted."""
    history = load.history()
    load.tell(spells)
    say(f"broken: {dict(history.broken)}; {history}")

    assert history.broken == {}, history
    for shape, api in load.apis.items():
        for each in spells:
            if each.name != RESTARTED:
                polls = load.polls(shape, each.began, each.over)
                assert {poll.process for poll in polls} == {str(api.http.base_url.port)}, each.name
                assert load.figures(shape, each.began, each.over).took.max < BLOCKED, each.name


def by_redis(load: Load, spell: Spell) -> float:
    """The share of polls that Redis answered at the API where nothing is nearer."""
    told = load.figures(BARE, spell.began, spell.ended)
    return told.answered.get("tally; hit; detail=redis", 0) / max(1, told.polls)
