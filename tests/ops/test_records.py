"""Records come back as they were written, in order; whatever else lies there is named, not read."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.records import Kind, Record, Records, read_records, records_folder, write_record
from settings import Settings

AT = 1_795_400_000.5


def record(at: float = AT, kind: Kind = "baseline", **figures: Any) -> Record:
    return Record(kind=kind, at=at, version="0.1.0+3fa9c1d2", ok=True, figures=figures)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = record(polls=3000, latency_ms={"p50": 1.25}, phases=[{"name": "before"}])
    write_record(tmp_path / "ops", written)

    assert read_records(tmp_path / "ops") == Records(found=(written,))


def test_its_file_is_named_by_date_and_kind(tmp_path: Path) -> None:
    place = write_record(tmp_path, record(kind="drill-rollback"))

    assert place.name == "20261123T021320500Z-drill-rollback.json"
    assert '"at": "2026-11-23T02:13:20.500Z"' in place.read_text()
    assert [*tmp_path.iterdir()] == [place]


def test_they_are_read_oldest_first(tmp_path: Path) -> None:
    for at in (AT + 60, AT, AT + 30):
        write_record(tmp_path, record(at))
    write_record(tmp_path, record(AT + 90, "drill-failover"))
    records = read_records(tmp_path)

    assert [one.at for one in records.found] == [AT, AT + 30, AT + 60, AT + 90]


def test_no_folder_has_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path / "nowhere") == Records()


def test_they_are_kept_beside_the_data(tmp_path: Path) -> None:
    assert records_folder(Settings(data_dir=tmp_path)) == tmp_path / "ops"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        '{"kind": "baseline"}',
        '{"kind": "feast", "at": "2026-11-23T03:53Z", "version": "1", "ok": true, "figures": {}}',
        '{"kind": "baseline", "at": "soon", "version": "1", "ok": true, "figures": {}}',
        '{"kind": "baseline", "at": 5, "version": "1", "ok": true, "figures": {}}',
        '{"kind": [], "at": "2026-11-23T03:53Z", "version": "1", "ok": true, "figures": {}}',
        '{"kind": "baseline", "at": "2026-11-23T03:53Z", "version": "1", "ok": 1, "figures": {}}',
    ],
)
def test_what_is_no_record_is_named_and_left_out(tmp_path: Path, text: str) -> None:
    write_record(tmp_path, record())
    (tmp_path / "20990101-baseline.json").write_text(text)
    records = read_records(tmp_path)

    assert records.found == (record(),)
    assert records.unreadable == ("20990101-baseline.json",)


@given(content=st.binary(max_size=200))
def test_any_bytes_in_the_folder_are_survived(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("ops")
    (folder / "1.json").write_bytes(content)

    assert read_records(folder).unreadable == ("1.json",)


def test_only_the_newest_two_hundred_are_read(tmp_path: Path) -> None:
    for number in range(203):
        write_record(tmp_path, record(AT + number))

    assert [one.at for one in read_records(tmp_path).found][:1] == [AT + 3]


def test_figures_that_are_no_json_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_record(tmp_path, record(rate=float("nan")))

    assert not [*tmp_path.iterdir()]
