"""What a create request may look like, as OpenAPI says it."""

from typing import Literal

import pytest

from api.problems import Problem
from api.v2.schemas import METADATA_LIMIT, create_schema, parse_create
from video import KINDS


@pytest.mark.parametrize("source", ["sample", "upload"])
def test_every_kind_has_its_own_alternative_with_its_own_spec(
    source: Literal["sample", "upload"],
) -> None:
    alternatives = create_schema(source)["oneOf"]

    assert [each["properties"]["kind"]["const"] for each in alternatives] == list(KINDS)
    assert all(
        each["properties"]["source"]["properties"]["type"]["const"] == source
        for each in alternatives
    )
    assert "spec" in next(each["required"] for each in alternatives if "trim" in each["title"])


def test_metadata_up_to_its_limit_is_accepted_and_no_byte_more() -> None:
    def request(size: int) -> bytes:
        value = "x" * (size - len('{"a": ""}'))
        return b'{"kind":"probe","source":{"type":"sample"},"metadata":{"a":"%b"}}' % value.encode()

    assert len(parse_create(request(METADATA_LIMIT)).metadata["a"]) > 4000
    with pytest.raises(Problem, match="4096"):
        parse_create(request(METADATA_LIMIT + 1))
