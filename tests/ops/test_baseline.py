"""A baseline is what a service does under a steady load; it is kept, or refused with a reason."""

from pathlib import Path

import pytest

from acted_service import ActedService, acted_service
from example_evidence import down
from ops import baseline, checks_records
from ops.baseline import comparable, service_figures
from ops.records import Record, read_records, records_folder
from ops.service_seen import ServiceSeen
from ops_statistics import telling
from ops_words import words
from settings import Settings


async def measured(acted: ActedService, folder: Path, *more: str) -> tuple[int, tuple[Record, ...]]:
    """The exit code, and what is on record then."""
    settings = Settings(data_dir=folder)
    args = words(baseline, "--url", acted.url, "--seconds", "0.2", "--rate", "100", *more)
    code = await baseline.run(args, settings)
    return code, read_records(records_folder(settings)).found


@pytest.fixture
def short_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts as a baseline takes ten seconds; the rest of it is seen in less."""
    monkeypatch.setattr(checks_records, "FEWEST_POLLS", 10)
    monkeypatch.setattr(checks_records, "FEWEST_SECONDS", 0.2)


@pytest.mark.usefixtures("short_is_enough")
async def test_a_baseline_is_kept_on_record(tmp_path: Path) -> None:
    async with acted_service(versions={"job_a": 1, "job_b": 2}) as acted:
        code, (record,) = await measured(acted, tmp_path)

    assert (code, record.kind, record.ok) == (0, "baseline", True)
    assert record.figures["jobs"] == 2
    assert record.figures["polls"] > 10
    assert record.figures["errors"] == record.figures["steps_back"] == 0
    assert record.figures["latency_ms"]["p50"] > 0


async def test_a_few_polls_are_kept_and_are_no_baseline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        code, (record,) = await measured(acted, tmp_path)

    assert (code, record.ok, record.figures["errors"]) == (2, False, 0)
    assert (
        "Too few polls to tell: kept, but a baseline takes 500 and 10 s" in capsys.readouterr().err
    )


@pytest.mark.usefixtures("short_is_enough")
async def test_a_job_is_made_for_it_if_that_is_asked_for(tmp_path: Path) -> None:
    async with acted_service() as acted:
        code, (record,) = await measured(acted, tmp_path, "--create")

    assert (code, record.figures["jobs"]) == (0, 1)


@pytest.mark.usefixtures("short_is_enough")
async def test_errors_are_kept_and_make_the_command_fail(tmp_path: Path) -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        acted.document = lambda job_id: {"links": {"self": "/api/v2/jobs/job_x"}}  # type: ignore[method-assign]
        code, (record,) = await measured(acted, tmp_path)

    assert (code, record.ok) == (2, False)
    assert record.figures["troubles"] == {"status 404": record.figures["polls"]}


async def test_without_jobs_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with acted_service() as acted:
        code, records = await measured(acted, tmp_path)

    assert (code, records) == (2, ())
    assert "baseline --create" in capsys.readouterr().err


async def test_a_service_that_is_away_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with acted_service() as acted:
        pass
    code, records = await measured(acted, tmp_path)

    assert (code, records) == (2, ())
    assert "Start the service, or name it: --url" in capsys.readouterr().err


async def test_another_host_is_polled_only_by_somebody_who_says_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = words(baseline, "--url", "http://192.0.2.1:8000")
    code = await baseline.run(args, Settings(data_dir=tmp_path))

    assert code == 2
    assert "is another host: add --yes" in capsys.readouterr().err


async def test_a_folder_that_takes_no_record_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("no folder")
    async with acted_service(versions={"job_a": 1}) as acted:
        code, _ = await measured(acted, tmp_path / "data")

    assert code == 2
    assert "Set DATA_DIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [("--seconds", "0"), ("--seconds", "3601"), ("--rate", "1001"), ("--rate", "1e-320")]
)
def test_a_load_without_bounds_is_refused(given: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        words(baseline, *given)


async def test_more_polls_than_can_be_kept_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = words(baseline, "--seconds", "3600", "--rate", "1000")
    code = await baseline.run(args, Settings(data_dir=tmp_path))
    said = capsys.readouterr()

    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "3,600,000 polls" in said.err


@pytest.mark.usefixtures("short_is_enough")
async def test_a_baseline_with_nothing_to_compare_is_not_as_it_should_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = {"redis_enabled": True, "total_requests": None, "entry": {"mean_bytes": 2000.0}}
    async with acted_service(versions={"job_a": 1}, statistics=silent) as acted:
        code, (record,) = await measured(acted, tmp_path)

    assert (code, record.ok, record.figures["errors"]) == (2, False, 0)
    assert "did not count these polls" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rate", "reads", "yes"), [(99.0, None, True), (None, 0.0, True), (None, None, False)]
)
def test_one_figure_of_the_time_between_is_enough_to_compare(
    rate: float | None, reads: float | None, yes: bool
) -> None:
    figures = {"hit_rate": rate, "database_reads_per_1000_polls": reads, "entry_bytes": 2000.0}

    assert comparable(figures) is yes


def test_the_services_figures_are_those_of_the_time_between() -> None:
    before = telling({"total_requests": 100, "hits": 50, "database_reads": 50})
    after = telling({"total_requests": 1100, "hits": 1040, "database_reads": 60})

    assert service_figures(before, after) == {
        "requests": 1000,
        "hit_rate": 99.0,
        "database_reads": 10,
        "database_reads_per_1000_polls": 10.0,
        "entry_bytes": None,
        "redis_enabled": None,
    }


@pytest.mark.parametrize(
    "after", [down(), telling({"total_requests": 3, "hits": 3, "database_reads": 0})]
)
def test_of_a_service_that_began_anew_no_figures_are_made_up(after: ServiceSeen) -> None:
    before = telling({"total_requests": 100, "hits": 50, "database_reads": 50})
    figures = service_figures(before, after)

    assert (figures["hit_rate"], figures["database_reads_per_1000_polls"]) == (None, None)
