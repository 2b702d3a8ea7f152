"""The fast lane inside uvicorn: `--http api.lane_protocol:Protocol`.

Where this uvicorn's internals are not those it leans on, `Protocol` is uvicorn's own choice:
slower, right all the same, and one log line says so.
"""

import logging
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

_log = logging.getLogger("tally")


def _choose() -> Any:
    try:
        from api.lane_uvicorn import LaneProtocol, changed
    except ImportError as error:
        trouble = str(error)
    else:
        if not (trouble := changed()):
            return LaneProtocol
    _log.warning("the fast lane is off, polls go the ordinary way: %s", trouble)
    return AutoHTTPProtocol


Protocol: Final = _choose()
