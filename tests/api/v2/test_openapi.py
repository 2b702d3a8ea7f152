"""OpenAPI is true: a fuzzer that believes every word of it finds no answer it does not describe."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.v2.schemas import BatchDocument, JobDocument, PageDocument
from api_service import Service
from jobs import Claimed

OPERATIONS = {
    ("/api/v2/jobs", "POST"),
    ("/api/v2/jobs", "GET"),
    ("/api/v2/jobs/batch", "GET"),
    ("/api/v2/jobs/{job_id}", "GET"),
    ("/api/v2/jobs/{job_id}", "DELETE"),
    ("/api/v2/jobs/{job_id}/cancel", "POST"),
    ("/api/v2/jobs/{job_id}/retry", "POST"),
    ("/api/v2/jobs/{job_id}/outputs/{name}", "GET"),
    ("/api/v2/jobs/{job_id}/outputs/{name}", "HEAD"),
    ("/api/v2/cache/stats", "GET"),
}


async def test_every_route_is_described(service: Service) -> None:
    schema = (await service.client.get("/openapi.json")).json()

    described = {
        (path, method.upper()) for path, methods in schema["paths"].items() for method in methods
    }
    assert described == OPERATIONS


async def test_real_documents_fit_their_schema(service: Service) -> None:
    running = await service.create()
    await service.advance(running["id"], Claimed(worker="w"))
    done = await service.finish((await service.create())["id"])

    for job_id in (running["id"], done.id):
        JobDocument.model_validate((await service.client.get(f"/api/v2/jobs/{job_id}")).json())
    PageDocument.model_validate((await service.client.get("/api/v2/jobs")).json())
    batch = await service.client.get(f"/api/v2/jobs/batch?ids={running['id']},{done.id}")
    assert len(BatchDocument.model_validate(batch.json()).data) == 2


TOO_FINE = positive_data_acceptance
"""Rules between fields (a name ends as its codec wants) cannot be said in JSON Schema."""


class ToldServer(uvicorn.Server):
    """A server that tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The app behind a real HTTP server, in this very loop; gives its address."""
    server = ToldServer(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.mark.timeout(120)
async def test_a_fuzzer_finds_no_answer_that_is_not_described(service: Service) -> None:
    """Requests good and bad, made from the description alone; each answer must be described."""
    schema = schemathesis.openapi.from_dict((await service.client.get("/openapi.json")).json())
    async with serving(service.app) as address:

        def ask(case: Any) -> None:
            case.call_and_validate(base_url=address, excluded_checks=[TOO_FINE])

        for found in schema.get_all_operations():
            fuzz = settings(max_examples=15, suppress_health_check=list(HealthCheck))
            await asyncio.to_thread(fuzz(given(found.ok().as_strategy())(ask)))  # type: ignore[union-attr]  # an invalid schema fails here, as it should
