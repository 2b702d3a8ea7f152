"""The feed of changes when a replica takes over that lacks the last commits."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dev_servers import PostgresServer, postgres_programs
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, HistoryLost, SqlChanges, SqlJobs, StoreUnavailable, migrate, open_database

CLAIMED = Claimed(worker="w")


def programs_with_backup() -> Path:
    programs = postgres_programs()
    if programs is None or not (programs / "pg_basebackup").exists():
        pytest.skip("no pg_basebackup on this machine: apt-get install postgresql")
    return programs


@pytest.fixture
def primary() -> Iterator[PostgresServer]:
    """A server of the test's own, for it is replaced."""
    with PostgresServer(programs_with_backup()) as server:
        yield server


def replica_of(primary: PostgresServer, folder: Path) -> PostgresServer:
    """All that the primary holds by now and nothing later, to be started in its place."""
    programs = programs_with_backup()
    folder.mkdir()
    words = [str(programs / "pg_basebackup"), "-d", primary.url, "-D", str(folder / "data")]
    subprocess.run([*words, "-c", "fast", "-X", "stream", "--no-sync"], check=True, timeout=20)
    (folder / "data" / "standby.signal").touch()
    if os.geteuid() == 0:
        for path in (folder / "data", *(folder / "data").rglob("*")):
            os.chown(path, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    return PostgresServer(programs, port=primary.port, folder=folder)


@pytest.mark.timeout(60)
async def test_a_replica_that_takes_over_without_the_last_commits_is_history_lost(
    primary: PostgresServer,
) -> None:
    database = open_database(primary.url)
    await migrate(database)
    store, changes = SqlJobs(database, RecordedDelivery()), SqlChanges(database)
    job = a_job()
    await store.create(job)
    replica = replica_of(primary, primary.folder / "replica")
    await store.advance(job.id, CLAIMED, now=1.0)  # told of, then lost
    cursor = (await changes.begin()).cursor
    primary.stop()

    with replica:
        replica.psql("SELECT pg_promote()")
        for _ in range(10):  # it has given out more ids than the follower saw
            replica.psql("SELECT pg_current_xact_id()")
        with suppress(StoreUnavailable):  # the old connection, which has ended
            await changes.since(cursor)
        with pytest.raises(HistoryLost):
            await changes.since(cursor)
        anew = await changes.begin()
        told = (await changes.since(anew.cursor)).documents
        await changes.close()
        await database.close()

    assert anew.versions == {job.id: 1}
    assert not told
