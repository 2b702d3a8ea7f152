"""What an error of the Redis driver means, and how to say it to a person. Pure: by names and words.

By a class's name and not by the class, so that it needs no driver, and the driver's versions may
differ; for what has no class of its own, by the code with which the server's words begin.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cache.redis_target import Node
from cache.tier import Trouble

_BY_NAME: Final[Mapping[str, Trouble]] = {
    "MaxConnectionsError": Trouble.BUSY,
    "AuthenticationError": Trouble.AUTH,
    "AuthenticationWrongNumberOfArgsError": Trouble.AUTH,
    "AuthorizationError": Trouble.AUTH,
    "NoPermissionError": Trouble.AUTH,
    "ExternalAuthProviderError": Trouble.AUTH,
    "BusyLoadingError": Trouble.LOADING,
    "MasterDownError": Trouble.MASTERDOWN,
    "ReadOnlyError": Trouble.READONLY,
    "OutOfMemoryError": Trouble.OOM,
    "ClusterError": Trouble.CLUSTER,
    "RedisClusterException": Trouble.CLUSTER,
    "AskError": Trouble.CLUSTER,  # and its child MovedError
    "TryAgainError": Trouble.CLUSTER,
    "ClusterCrossSlotError": Trouble.CLUSTER,
    "InvalidResponse": Trouble.PROTOCOL,
    "TimeoutError": Trouble.TIMEOUT,
    "ConnectionError": Trouble.CONNECTION,
    "OSError": Trouble.CONNECTION,
    "EOFError": Trouble.CONNECTION,
}

_BY_CODE: Final[Mapping[str, Trouble]] = {
    "READONLY": Trouble.READONLY,
    "MASTERDOWN": Trouble.MASTERDOWN,
    "LOADING": Trouble.LOADING,
    "OOM": Trouble.OOM,
    "MISCONF": Trouble.MISCONF,
    "NOPERM": Trouble.AUTH,
    "DENIED": Trouble.AUTH,
    "BUSY": Trouble.SCRIPT,
    "UNKILLABLE": Trouble.SCRIPT,
    "CLUSTERDOWN": Trouble.CLUSTER,
    "MOVED": Trouble.CLUSTER,  # from here on: an old driver has classes for its cluster client only
    "ASK": Trouble.CLUSTER,
    "TRYAGAIN": Trouble.CLUSTER,
    "CROSSSLOT": Trouble.CLUSTER,
}

_BY_WORDS: Final[Mapping[str, Trouble]] = {
    "max number of clients reached": Trouble.MAXCLIENTS,
    "The user executing the script can't run": Trouble.AUTH,
    "ACL failure in script": Trouble.AUTH,
    "not allowed in cluster mode": Trouble.CLUSTER,
}
"""What servers say with no code but ERR."""

_CODE: Final = re.compile(r"(?:^|: -?)([A-Z]+) ")
"""Older servers put the place in our script before the code of what failed there."""

_SENTENCE: Final[Mapping[Trouble, str]] = {
    Trouble.AWAY: "it is not asked",
    Trouble.TIMEOUT: "it does not answer in time",
    Trouble.CONNECTION: "it cannot be reached",
    Trouble.BUSY: "all our connections are in use",
    Trouble.READONLY: "it is a read-only replica",
    Trouble.MASTERDOWN: "it is a replica that has lost its primary",
    Trouble.LOADING: "it is still loading its data",
    Trouble.OOM: "it is out of memory and its maxmemory-policy lets nothing go",
    Trouble.MISCONF: "it cannot save to its disk and takes no writes until it can",
    Trouble.AUTH: "it refuses our credentials or their rights; see REDIS_URL (for Sentinels its "
    "sentinel_password), REDIS_PASSWORD_FILE and REDIS_AUTH",
    Trouble.MAXCLIENTS: "it has as many clients as its maxclients allows",
    Trouble.SCRIPT: "a script has been running on it for too long; see SCRIPT KILL",
    Trouble.CLUSTER: "REDIS_URL names one node of a cluster (add ?cluster=true), "
    "or a cluster that is incomplete",
    Trouble.PROTOCOL: "what answers there is no Redis; see REDIS_URL",
    Trouble.OTHER: "it answers with errors",
}

_ADVICE: Final[Mapping[str, str]] = {
    "No such master with that name": "its Sentinels watch no service of that name; see REDIS_URL",
    "unknown command 'SENTINEL'": "those named as Sentinels are none; see REDIS_URL",
    "cluster support disabled": "it is no cluster; see REDIS_URL",
    "ClusterDownError": "its cluster is incomplete: some slots have no primary",
    "CLUSTERDOWN": "its cluster is incomplete: some slots have no primary",
    "unknown command 'EVALSHA'": "it has no scripts; a Sentinel is named by redis+sentinel://",
    "unknown command 'CLUSTER'": "it is no cluster; a Sentinel is named by redis+sentinel://",
    "DB index is out of range": "it has no database of that number; see REDIS_URL",
}
"""Where the words alone say what to mend."""

_ECHO: Final = ", with args beginning with:"
_LONGEST: Final = 200


def classify(error: BaseException) -> Trouble:
    """The kind of trouble, by the server's words, else by the nearest class that is known.

    OTHER for anything unheard of.
    """
    said = str(error)
    for words, trouble in _BY_WORDS.items():
        if words in said:
            return trouble
    if type(error).__name__ == "ResponseError" and (code := _CODE.search(said)):
        return _BY_CODE.get(code[1], Trouble.OTHER)
    for kind in type(error).__mro__:
        if kind.__name__ in _BY_NAME:
            return _BY_NAME[kind.__name__]
    return Trouble.OTHER


def quote(error: BaseException, secrets: Iterable[str]) -> str:
    """What the driver said, on one line, never with a secret in it.

    Nor with what a server repeats of a command's words: half a secret would not be found in it.
    """
    said = str(error).partition(_ECHO)[0]
    for secret in filter(None, secrets):
        said = said.replace(secret, "***")
    return " ".join(f"{type(error).__name__}: {said}".split())[:_LONGEST]


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Another server of the cluster holds the slot; `asking`: it is just taking it over."""

    node: Node
    """Without a host it is that of the server that said so: it does not know its own name."""
    asking: bool


_REDIRECT: Final = re.compile(r"(?:^|: -?|^(MOVED|ASK) )\d{1,5} (\S*):(\d{1,5})$")


def redirect(error: BaseException) -> Redirect | None:
    """Where a server of a cluster says to go instead; None if it says no such thing."""
    found = _REDIRECT.search(str(error))
    kind = {"MovedError": "MOVED", "AskError": "ASK"}.get(type(error).__name__) or (
        found and found[1]
    )
    if not found or not kind:
        return None
    host = "" if found[2] == "?" else found[2]
    return Redirect(node=Node(host=host, port=int(found[3])), asking=kind == "ASK")


def forgotten(error: BaseException) -> bool:
    """Whether the server does not know the script."""
    return type(error).__name__ == "NoScriptError" or str(error).startswith("NOSCRIPT")


def wrong_type(error: BaseException) -> bool:
    """Whether the key holds a list, a hash or another thing that is not ours."""
    return str(error).startswith("WRONGTYPE")


def refused(error: BaseException) -> bool:
    """Whether the command is not for us, or not for anybody: renamed, or hidden by a provider."""
    said = str(error)
    denied = type(error).__name__ == "NoPermissionError" or said.startswith("NOPERM")
    return denied or said.startswith("unknown command")


def explain(trouble: Trouble, said: str | None) -> str:
    """A sentence for the log: what is wrong, and what the driver said of it."""
    advised = (advice for words, advice in _ADVICE.items() if said and words in said)
    sentence = next(advised, _SENTENCE[trouble])
    return f"{sentence} ({said})." if said else f"{sentence}."


def troubles_in(outcome: object) -> tuple[Sequence[Trouble], Trouble | None]:
    """All that are in it; and the commonest, if there is nothing else. Pure."""
    each = outcome if isinstance(outcome, list) else [outcome]
    troubles = [it for it in each if isinstance(it, Trouble)]
    if not troubles or len(troubles) < len(each):
        return troubles, None
    return troubles, max(troubles, key=troubles.count)
