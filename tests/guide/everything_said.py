"""All that a running Tally says, wherever it says it, and the search for secrets in it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import quote

from live.client import Api

PAGES: Final = (
    *("/", "/docs", "/openapi.json", "/livez", "/readyz", "/metrics", "/api/v2/cache/stats"),
    *("/api/v2/jobs", "/api/v2/jobs/job_00000000000000000000000000", "/api/v2/nonsense"),
    *("/api/v2/jobs?limit=nonsense", "/api/v2/jobs/batch?ids=nonsense"),
)


@dataclass
class Said:
    """All that was said, by where."""

    texts: dict[str, str] = field(default_factory=dict)

    async def ask(self, api: Api, moment: str) -> None:
        """Every page at that moment, headers and all; those that fail as well."""

        async def ask(path: str) -> None:
            answer = await api.http.get(path, headers={"If-None-Match": '"9.1"'})
            self.texts[f"{path} {moment}"] = f"{answer.status_code} {answer.headers} {answer.text}"

        await asyncio.gather(*map(ask, PAGES))

    def leaks(self, secrets: Mapping[str, str]) -> list[str]:
        """Where which secret is: as it is, as in a URL or a page, or the beginning of it."""
        return [
            f"{secret} in {place}: {text[max(0, at - 80) : at + 80]!r}"
            for place, text in self.texts.items()
            for secret, value in secrets.items()
            for form in {value, quote(value, safe=""), escape(value), value[:6]}
            if (at := text.find(form)) >= 0
        ]
