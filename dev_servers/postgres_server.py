"""A PostgreSQL of one's own; speaks to it by its psql."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from .processes import spawn
from .server import START_SECONDS, Server, ServerError, open_to_all

EMPTYING = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO public;
ALTER DATABASE {name} OWNER TO postgres;
ALTER DATABASE {name} RESET ALL;
"""


class PostgresServer(Server):
    """A PostgreSQL that trusts everyone and may lose everything. As root it runs as nobody.

    `config` holds lines as in postgresql.conf.
    """

    def __init__(
        self,
        programs: Path,
        *,
        port: int | None = None,
        config: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        super().__init__(port=port, folder=folder)
        self._programs = programs
        self._settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=400",  # what a proxy swallows stays open here
            *config,
        ]
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            self._give_to(pwd.getpwnam("nobody"))

    def _give_to(self, owner: pwd.struct_passwd) -> None:
        self._owner = owner
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        if not open_to_all(self._programs):
            home = self.folder / "programs"
            shutil.copytree(self._programs.parent, home, symlinks=True, dirs_exist_ok=True)
            self._programs = home / self._programs.name

    @property
    def url(self) -> str:
        return self._url_of("postgres")

    def _url_of(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        words = [str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        return words + [word for line in self._settings for word in ("-c", line)]

    def answers(self) -> bool:
        try:
            return self.psql("SELECT 1") == "1"
        except ServerError:
            return False

    def start(self) -> Self:
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._create_cluster()
        return super().start()

    def _create_cluster(self) -> None:
        words = [str(self._programs / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres"]
        words += ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        process = spawn(words, log=self._log, owner=self._owner)
        if process.wait(timeout=2 * START_SECONDS):
            raise ServerError(f"initdb failed:\n{self._last_words()}")

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """Ends it at once, in order, whoever is still connected."""
        super().stop(by)

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        """What psql prints for `sql`, columns parted by "|". Raises ServerError on any error."""
        words = [str(self._programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]
        try:
            done = subprocess.run(
                [*words, f"{self._url_of(database)}?connect_timeout=2"],
                capture_output=True,
                text=True,
                timeout=START_SECONDS,
                check=True,
            )
        except subprocess.SubprocessError as error:
            raise ServerError(f"{error}\n{getattr(error, 'stderr', '')}") from error
        return done.stdout.strip()

    def create_database(self) -> str:
        """Makes an empty database with a new name and gives its URL."""
        name = f"tally_{secrets.token_hex(6)}"
        self.psql(f"CREATE DATABASE {name}")
        return self._url_of(name)

    def empty_database(self, url: str) -> None:
        """Removes all that is in it, its own settings, and whoever is still connected.

        Then it is as a new one, which would take ten times as long.
        """
        name = url.rpartition("/")[2]
        self.psql(EMPTYING.format(name=name), database=name)
