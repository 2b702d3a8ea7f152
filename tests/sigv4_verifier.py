"""AWS's Signature Version 4 in a query, as a server checks it; no line is shared with a signer.

By https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote, urlsplit

NOTHING: Final = hashlib.sha256(b"").hexdigest()


def parameters(url: str) -> dict[str, str]:
    """The query, decoded; a + is a +. Raises ValueError where a name comes twice."""
    query = urlsplit(f"//{url.partition('://')[2] or url}").query
    pairs = [pair.partition("=") for pair in query.split("&")]
    found = {unquote(name): unquote(value) for name, _, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("a parameter is there twice")
    return found


def signature(url: str, secret: str, *, payload: str = NOTHING) -> str:
    """What the signature of a GET must be, by all the other parameters. Of headers: the host."""
    place = urlsplit(f"//{url.partition('://')[2] or url}")
    asked = parameters(url)
    asked.pop("X-Amz-Signature", None)
    encoded = sorted((quote(name, safe="~"), quote(asked[name], safe="~")) for name in asked)
    request = "\n".join(
        [
            "GET",
            quote(unquote(place.path), safe="/~") or "/",
            "&".join(f"{name}={value}" for name, value in encoded),
            f"host:{place.netloc}\n",
            asked["X-Amz-SignedHeaders"],
            payload,
        ]
    )
    scope = asked["X-Amz-Credential"].split("/", 1)[1]
    words = (asked["X-Amz-Algorithm"], asked["X-Amz-Date"], scope, _hash(request))
    key = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    return hmac.digest(key, "\n".join(words).encode(), "sha256").hex()


def verdict(token: str, keys: Mapping[str, str], *, region: str, now: float) -> str:
    """What ElastiCache would say of a token for a cache in this region: fine, or what is wrong."""
    asked = parameters(token)
    key_id, day, *scope = asked["X-Amz-Credential"].split("/")
    made = datetime.strptime(asked["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    age = now - made.timestamp()
    if scope != [region, "elasticache", "aws4_request"] or not asked["X-Amz-Date"].startswith(day):
        return "for another place"
    if not 0 <= age < min(900, int(asked["X-Amz-Expires"])):
        return "expired"
    if not hmac.compare_digest(signature(token, keys[key_id]), asked["X-Amz-Signature"]):
        return "forged"
    return "fine"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
