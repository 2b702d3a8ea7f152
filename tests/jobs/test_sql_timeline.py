"""A server tells its timeline, or else the feed of changes works without."""

from dev_servers import PostgresServer
from example_jobs import RecordedDelivery, a_job
from jobs import SqlChanges, SqlJobs, migrate, open_database


async def test_where_the_server_does_not_tell_its_timeline_the_feed_works_without(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    """As managed servers may: a role of our own, as rights do not bind a superuser."""
    name = postgres_url.rpartition("/")[2]
    role = f"plain_{name}"
    postgres_server.psql(f"CREATE ROLE {role} LOGIN; ALTER DATABASE {name} OWNER TO {role}")
    postgres_server.psql(f"GRANT ALL ON SCHEMA public TO {role}", database=name)
    forbid = "REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC"
    postgres_server.psql(forbid, database=name)
    database = open_database(postgres_url.replace("postgres@", f"{role}@"))
    await migrate(database)
    store, changes = SqlJobs(database, RecordedDelivery()), SqlChanges(database)
    begun = (await changes.begin()).cursor
    first = await store.create(a_job())
    news = await changes.since(begun)
    await changes.close()
    second = await store.create(a_job())
    again = await changes.since(news.cursor)
    await changes.close()
    await database.close()
    allow = forbid.replace("REVOKE", "GRANT").replace("FROM", "TO")
    postgres_server.psql(allow, database=name)
    postgres_server.psql(f"REASSIGN OWNED BY {role} TO postgres", database=name)
    postgres_server.psql(f"DROP OWNED BY {role}", database=name)
    postgres_server.psql(f"DROP ROLE {role}")

    assert begun.startswith("/")
    assert list(news.documents) == [first]
    assert second in again.documents


async def test_an_ordinary_role_is_told_the_timeline(postgres_url: str) -> None:
    database = open_database(postgres_url)
    await migrate(database)
    changes = SqlChanges(database)
    cursor = (await changes.begin()).cursor
    await changes.close()
    await database.close()

    assert cursor.startswith("00000001/")
