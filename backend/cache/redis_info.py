"""Reads what INFO says: fields by name. Pure; knows no server.

Source: the Redis documentation of INFO, whose text CLUSTER INFO and a Sentinel's INFO share.
"""

from collections.abc import Mapping


def read_info(raw: bytes) -> Mapping[str, str]:
    """The fields of an INFO answer, values as they stand there; of a name told twice the last one.

    Never raises: headings, blank lines and whatever has no colon are left out.
    """
    lines = raw.decode(errors="replace").split("\n")
    told = (line.strip().partition(":") for line in lines if not line.startswith("#"))
    return {name: value for name, colon, value in told if name and colon}
