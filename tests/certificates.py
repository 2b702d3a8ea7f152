"""An authority of the tests' own, and certificates in files as servers and clients want them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import trustme

from dev_servers import RedisTls

LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Papers:
    """A certificate and its key, each a PEM file."""

    certificate: Path
    key: Path

    @property
    def options(self) -> str:
        """What a URL needs behind its ? to show this certificate."""
        return f"ssl_certfile={self.certificate}&ssl_keyfile={self.key}"


class Authority:
    """Signs what it is asked to; trusted by whoever is given `pem`."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._folder = folder
        self._issued = 0
        self.pem = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.pem))

    def issue(self, *names: str, expired: bool = False) -> Papers:
        """For servers of these names, or for a client."""
        self._issued += 1
        papers = Papers(
            certificate=self._folder / f"{self._issued}.pem",
            key=self._folder / f"{self._issued}.key",
        )
        issued = self._authority.issue_cert(
            *names,
            not_before=LONG_AGO if expired else None,
            not_after=LONG_AGO.replace(year=2002) if expired else None,
        )
        issued.cert_chain_pems[0].write_to_path(str(papers.certificate))
        issued.private_key_pem.write_to_path(str(papers.key))
        return papers

    def tls(
        self,
        *names: str,
        expired: bool = False,
        demands_certificates: bool = False,
    ) -> RedisTls:
        """What a server of these names needs; without a name, one that is right on this machine."""
        papers = self.issue(*(names or ("localhost", "127.0.0.1")), expired=expired)
        return RedisTls(
            certificate=papers.certificate,
            key=papers.key,
            authority=self.pem,
            demands_certificates=demands_certificates,
        )
