"""A managed identity of Microsoft Entra ID, as App Service hands out its tokens."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

OWN_ID = "6f8e2c1a-0b1d-4c55-9d7e-3a2b1c0d9e8f"


def a_token(number: int, **claims: object) -> str:
    """As Entra makes them, but for the signature."""
    parts = ({"alg": "RS256"}, {"oid": OWN_ID, "n": number, **claims}, {"signed": "by nobody"})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in encoded)


class Identity:
    """Hands out tokens that last `lasts` seconds, to whoever knows the secret of the endpoint."""

    def __init__(self) -> None:
        self.lasts = 3600
        self.refuses = self.is_ill = False
        self.number = 0
        self.resources: list[str] = []

    def __call__(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, Any]:
        if self.is_ill:
            raise OSError("come back later")
        if self.refuses or headers.get("x-identity-header") != "known":
            raise PermissionError("no identity for you")
        self.number += 1
        self.resources.append(query["resource"])
        return {
            "access_token": a_token(self.number),
            "expires_on": str(int(time.time()) + self.lasts),
            "resource": query["resource"],
            "token_type": "Bearer",
        }
