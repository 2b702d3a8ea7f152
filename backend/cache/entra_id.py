"""Microsoft Entra ID, for Azure's Redis: EDGE to Azure's identity chain, the one file that has it.

The password is a token of the identity under which the process runs; the user is that identity.
See https://learn.microsoft.com/azure/redis/entra-for-authentication
"""

import base64
import binascii
import json
import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from cache.redis_credentials import Account
from cache.renewed_credentials import Grant, NoAccount

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo
    from azure.identity import DefaultAzureCredential

_SCOPE: Final = "https://redis.azure.com/.default"
_RENEW_SECONDS: Final = 300.0
"""Before a token's end, from when on the library itself asks for a new one."""
_SPARE_SECONDS: Final = 60.0
"""Before a token's end, when no connection may rest on it any more."""
_LONGEST: Final = 1000


def installed() -> bool:
    """Whether the library is there. It is loaded when first needed, for it is large."""
    try:
        return find_spec("azure.identity") is not None
    except ModuleNotFoundError:  # not even the package around it
        return False


class EntraId:
    """Grants tokens to `user`, or to the user whom the token itself names (its object id)."""

    pace = 3.0

    def __init__(self, *, user: str | None) -> None:
        self._user = user
        self._chain: DefaultAzureCredential | None = None
        # They warn, at length, at each attempt; we tell of trouble once.
        for chatty in ("azure", "msal"):
            logging.getLogger(chatty).setLevel(logging.ERROR)

    def fetch(self, now: float) -> Grant:
        """The token of now; it is the same as before until the library takes a new one.

        Raises NoAccount where Azure knows no identity for us.
        """
        try:
            token = self._token()
        except Exception as error:  # the chain ends in services and programs of all kinds
            said = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST]
            raise NoAccount(f"Microsoft Entra ID gives no token ({said}).") from None
        spare = min(_RENEW_SECONDS, max(0.0, token.expires_on - now) / 2)
        return Grant(
            account=Account(username=self._user or object_id(token.token), password=token.token),
            renew_at=token.refresh_on or token.expires_on - spare,
            connections_end_at=token.expires_on - _SPARE_SECONDS,
        )

    def _token(self) -> "AccessTokenInfo":
        from azure.identity import DefaultAzureCredential

        if self._chain is None:
            # What hangs or fails must not keep us for minutes: we ask again at our own pace.
            self._chain = DefaultAzureCredential(
                connection_timeout=3, read_timeout=5, process_timeout=8, retry_total=0
            )
        return self._chain.get_token_info(_SCOPE)


def object_id(token: str) -> str:
    """Who a token says it is for. Raises NoAccount. Nothing is verified: that is the server's."""
    claims = token.split(".")[1:2]
    try:
        padded = claims[0] + "=" * (-len(claims[0]) % 4)
        name = json.loads(base64.urlsafe_b64decode(padded))["oid"]
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        name = None
    if not isinstance(name, str) or not name:
        raise NoAccount("the token of Microsoft Entra ID names no oid; name a user in REDIS_URL.")
    return name
