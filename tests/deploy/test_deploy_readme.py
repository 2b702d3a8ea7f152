"""deploy/README.md: its commands name what is there, and what it gives kubectl is what it says."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
import yaml

from deploy.compose_servers import ComposeServers
from deploy.deploy_files import DEPLOY, ROOT
from example_evidence import evidence
from ops import checks_access, checks_engine, checks_memory, checks_sharing
from ops.finding import Verdict
from ops.redis_evidence import gather_redis
from settings import Settings

Compose = Callable[[str], ComposeServers]
CHECKS = (
    *checks_access.CHECKS,
    *checks_engine.CHECKS,
    *checks_memory.CHECKS,
    *checks_sharing.CHECKS,
)

PAGE = (DEPLOY / "README.md").read_text()
DOCTOR = PAGE.partition("### The doctor")[2].partition("\n## ")[0]
ACCEPTED = {
    name
    for row in re.findall(r"^\| (`[^|]+) \|", DOCTOR, re.MULTILINE)
    for name in re.findall(r"`(\w+\.[\w-]+)`", row)
}
COMMANDS = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))


def test_every_file_and_folder_that_a_command_names_is_there() -> None:
    named = re.findall(
        r"(?:-f |-k |-chdir=|^)((?:deploy|docker-compose)[\w./-]*)", COMMANDS, re.MULTILINE
    )

    assert {"deploy/secrets.sh", "deploy", "deploy/terraform/aws"} <= {*named}
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)

    assert [link for link in links if not (DEPLOY / link).exists()] == []


def test_the_rules_become_the_operators_kind() -> None:
    loop = re.search(r"^for rules in.*?^done$", COMMANDS, re.MULTILINE | re.DOTALL)
    assert loop
    script = loop[0].replace("kubectl -n tally apply -f -", "{ cat; echo ---; }")
    told = subprocess.check_output(["sh", "-c", script], cwd=ROOT, text=True)
    rules, alerts = [one for one in yaml.safe_load_all(told) if one]

    assert [one["metadata"]["name"] for one in (rules, alerts)] == ["tally-rules", "tally-alerts"]
    for name, one in (("rules", rules), ("alerts", alerts)):
        own = yaml.safe_load((DEPLOY / "prometheus" / f"{name}.yml").read_text())
        assert one["kind"] == "PrometheusRule"
        assert one["spec"] == own


def test_every_id_to_accept_is_one_of_doctors() -> None:
    known = re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "docs/doctor.md").read_text(), re.MULTILINE)

    assert len(ACCEPTED) > 6
    assert {*known} >= ACCEPTED


@pytest.mark.parametrize(
    ("variant", "accepted"),
    [
        ("plain", ACCEPTED),
        ("rights", (ACCEPTED - {"redis.rights", "redis.key-pattern"}) | {"redis.persistence"}),
    ],
)
async def test_doctor_finds_nothing_in_our_redis_but_what_is_to_be_accepted(
    compose: Compose, variant: str, accepted: set[str]
) -> None:
    """Long ago, when no version had had its time."""
    servers = compose(variant)
    password = servers.secrets / "redis-password"
    owner = servers.secrets / ("redis-owner-password" if variant == "rights" else password.name)
    server = servers.start("redis", password=owner.read_text().strip())
    server.ask("SET tally:job:{a} x EX 100")
    url = servers.here(servers.compose["services"]["api"]["environment"]["REDIS_URL"])
    settings = Settings(_env_file=None, redis_url=url, redis_password_file=str(password))
    seen = await gather_redis(settings)
    known = {one.name: getattr(seen, one.name) for one in fields(seen)}
    whole = replace(evidence(), **known, settings=settings, now=1e9)
    found = [finding for check in CHECKS for finding in check(whole)]

    assert "redis.rights" in {finding.check for finding in found}
    assert [finding for finding in found if finding.verdict is Verdict.FAIL] == []
    assert {finding.check for finding in found if finding.verdict is not Verdict.OK} <= accepted
