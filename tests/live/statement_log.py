"""Counts what a PostgreSQL was really asked, from its own log: nobody's statistics are believed."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

from dev_servers import PostgresServer

_READ: Final = re.compile(
    r"execute [^:]*: SELECT jobs\.id, jobs\.owner, [^\n]*jobs\.document[ \n\t]*FROM jobs[ \n\t]*"
    r"WHERE jobs\.id = [^\n]*\n[^\n]*DETAIL:  [Pp]arameters: \$1 = '(job_\w+)'"
)
"""`SqlJobs.status`; not the longer list of columns that a change reads first."""


class StatementLog:
    """From its making on, every statement in one database."""

    def __init__(self, server: PostgresServer, url: str) -> None:
        """For connections that are opened from now on."""
        database = url.rpartition("/")[2]
        server.psql(f"ALTER DATABASE {database} SET log_statement = 'all'")
        self._log: Path = server.folder / "server.log"
        self._start = self._log.stat().st_size

    def status_reads(self) -> Counter[str]:
        """How often each job's status has been read so far, by whomever."""
        with self._log.open("rb") as log:
            log.seek(self._start)
            return Counter(_READ.findall(log.read().decode(errors="replace")))
