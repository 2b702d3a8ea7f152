"""Each change has its number, whoever makes it and however: the database's own doing."""

from sqlalchemy import insert, text

from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, SqlChanges, SqlJobs, migrate, open_database, render
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs


async def test_an_update_by_hand_is_news(
    database: Database, store: SqlJobs, changes: SqlChanges
) -> None:
    one, other = a_job(), a_job()
    await store.create(one)
    await store.create(other)
    cursor = (await changes.begin()).cursor
    async with database.transaction() as connection:
        await connection.execute(
            text("UPDATE jobs SET retry_after = 77 WHERE id = :id"), {"id": one.id}
        )

    news = await changes.since(cursor)

    assert [(document.id, document.retry_after) for document in news.documents] == [(one.id, 77)]
    assert not (await changes.since(news.cursor)).documents


async def test_a_job_of_a_writer_that_knows_no_such_number_is_news(
    database: Database, changes: SqlChanges
) -> None:
    """Processes of the version before go on while the first of this one start."""
    job = a_job()
    row = row_of(job, render(job))
    columns = [column.name for column in jobs.columns if column.name != "change_number"]
    cursor = (await changes.begin()).cursor
    async with database.transaction() as connection:
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        await connection.execute(text(f"INSERT INTO jobs ({names}) VALUES ({values})"), row)

    assert list((await changes.since(cursor)).documents) == [render(job)]


async def test_a_writer_that_brings_a_number_of_its_own_is_not_believed(
    database: Database, changes: SqlChanges
) -> None:
    job = a_job()
    cursor = (await changes.begin()).cursor
    async with database.transaction() as connection:
        await connection.execute(insert(jobs).values(**row_of(job, render(job)), change_number=0))

    assert list((await changes.since(cursor)).documents) == [render(job)]


async def test_a_change_on_sqlite_has_one_number_even_where_triggers_may_fire_triggers(
    sqlite_url: str,
) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    await SqlJobs(database, RecordedDelivery()).create(a_job())
    async with database.writes.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA recursive_triggers = ON")
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.exec_driver_sql("UPDATE jobs SET version = version + 1")
        await connection.commit()
    number = await highest_change(database)
    await database.close()

    assert number == 2


async def test_a_change_on_sqlite_has_the_next_number(sqlite_url: str) -> None:
    numbers = []
    database = open_database(sqlite_url)
    await migrate(database)
    store = SqlJobs(database, RecordedDelivery())
    job = a_job()
    await store.create(job)
    numbers.append(await highest_change(database))
    await store.create(a_job())
    numbers.append(await highest_change(database))
    await store.advance(job.id, Claimed(worker="w"), now=1.0)
    numbers.append(await highest_change(database))
    await database.close()

    assert numbers == [1, 2, 3]


async def test_a_change_on_postgres_has_the_number_of_its_transaction(postgres_url: str) -> None:
    database = open_database(postgres_url)
    await migrate(database)
    before = text("SELECT pg_current_xact_id()::text::bigint")
    async with database.transaction() as connection:
        lower = (await connection.execute(before)).scalar_one()
    await SqlJobs(database, RecordedDelivery()).create(a_job())
    number = await highest_change(database)
    async with database.transaction() as connection:
        higher = (await connection.execute(before)).scalar_one()
    await database.close()

    assert lower < number < higher


async def highest_change(database: Database) -> int:
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT max(change_number) FROM jobs"))
        number: int = found.scalar_one()
    return number
