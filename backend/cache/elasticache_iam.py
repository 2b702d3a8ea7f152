"""ElastiCache's IAM authentication: EDGE to AWS's credential chain, the one file that has botocore.

The password is a signed request to connect, valid for 15 minutes, made on this machine; only the
AWS credentials that sign it may come from elsewhere (a role, a file, a service of AWS).
See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
"""

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from cache.redis_credentials import Account
from cache.redis_trouble import quote
from cache.renewed_credentials import Grant, NoAccount

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

_VALID_SECONDS: Final = 900
"""The longest that ElastiCache accepts."""
_RENEW_SECONDS: Final = 300.0
"""Leaves ten minutes to get over trouble with the AWS credentials."""
_CONNECTION_SECONDS: Final = 11 * 3600.0
"""ElastiCache ends such a connection after 12 hours."""
_TIMEOUTS: Final = {"connect_timeout": 3, "read_timeout": 5, "retries": {"total_max_attempts": 1}}
"""Of the services that bring AWS credentials: what hangs must not hang for minutes."""


def installed() -> bool:
    """Whether the library is there. It is loaded when first needed, for it is large."""
    return find_spec("botocore") is not None


class ElastiCacheIam:
    """Grants tokens for one user of one cache, by its name (in lower case, as AWS keeps it)."""

    pace = 3.0

    def __init__(self, *, user: str, cache: str, region: str, serverless: bool) -> None:
        self._user = user
        self._region = region
        asked = {"Action": "connect", "User": user}
        if serverless:
            asked["ResourceType"] = "ServerlessCache"
        self._request = f"https://{cache.lower()}/?{urlencode(asked)}"
        self._session: Any = None
        # It warns, with a traceback, at each attempt; we tell of trouble once.
        logging.getLogger("botocore").setLevel(logging.ERROR)

    def fetch(self, now: float) -> Grant:
        """A token signed now. Raises NoAccount where AWS has no credentials for us."""
        return Grant(
            account=Account(username=self._user, password=self._token()),
            renew_at=now + _RENEW_SECONDS,
            connection_seconds=_CONNECTION_SECONDS,
        )

    def _token(self) -> str:
        from botocore.auth import SigV4QueryAuth
        from botocore.awsrequest import AWSRequest

        request = AWSRequest(method="GET", url=self._request)
        signer = SigV4QueryAuth(
            self._signatory(), "elasticache", self._region, expires=_VALID_SECONDS
        )
        signer.add_auth(request)
        return str(request.url).removeprefix("https://")

    def _signatory(self) -> "ReadOnlyCredentials":
        """The AWS credentials of now; those that cannot renew themselves are looked up anew."""
        from botocore.credentials import RefreshableCredentials

        self._session = self._session or _session()
        try:
            found = self._session.get_credentials()
            signatory = found.get_frozen_credentials() if found else None
        except Exception as error:  # the chain ends in services and programs of all kinds
            raise NoAccount(f"AWS gives no credentials ({quote(error, ())}).") from None
        if not isinstance(found, RefreshableCredentials):
            self._session = None
        if signatory is None:
            raise NoAccount("AWS has no credentials here: no role, no profile, no AWS_... names.")
        return signatory


def _session() -> Any:
    from botocore.config import Config
    from botocore.session import Session

    session = Session()
    session.set_default_client_config(Config(**_TIMEOUTS))
    return session
