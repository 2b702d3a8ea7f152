"""The fast lane inside uvicorn: `--http api.lane_protocol:Protocol`.

Where this uvicorn's internals are not those it leans on, uvicorn's own choice serves: slower, right
all the same, and one log line says so, at the first connection: the log is set up by then.
"""

import logging
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_log = logging.getLogger("tally")


def _choose() -> Callable[..., Any]:
    try:
        from api.lane_needs import changed
        from api.lane_uvicorn import LaneProtocol

        trouble = changed()
    except Exception as error:  # no httptools, or internals that cannot even be looked at
        trouble = repr(error)
    return partial(_without_lane, trouble) if trouble else LaneProtocol


def _without_lane(trouble: str, *args: Any, **named: Any) -> Any:
    _tell(trouble)
    return AutoHTTPProtocol(*args, **named)


@cache  # once in each process
def _tell(trouble: str) -> None:
    _log.warning("the fast lane is off, polls go the ordinary way: %s", trouble)


Protocol: Final = _choose()
"""What uvicorn makes for each connection."""
