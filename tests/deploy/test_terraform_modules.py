"""deploy/terraform: nothing but what the providers know, and a REDIS_URL that Tally reads."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cache import parse_redis_url
from deploy.deploy_files import DEPLOY
from deploy.terraform_module import VERSIONS, Module, read_module, violations

FOLDERS = sorted((DEPLOY / "terraform").iterdir())
SECRET = re.compile(r"auth_token|auth_string|access_key|random_password")
TOLD = {
    "result": "s3cret",
    "auth_string": "s3cret",
    "urlencode": "s3cret",
    "port": "10000",
    "host": "10.0.0.3",
    "hostname": "tally.eastus.redis.azure.net",
    "primary_endpoint_address": "master.tally.abc123.use1.cache.amazonaws.com",
}
"""What the attributes that outputs name would be, by their last word."""


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def module(request: pytest.FixtureRequest) -> Module:
    return read_module(request.param)


def test_there_is_a_module_for_each_cloud() -> None:
    assert [folder.name for folder in FOLDERS] == ["aws", "azure", "google"]


def test_the_providers_know_all_of_it(module: Module) -> None:
    assert [*violations(module)] == []


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("multi_az_enabled ", "multi_zone_enabled ", "has no argument multi_zone_enabled"),
        ('  description          = "Redis of Tally"\n', "", "needs description"),
        ("aws_security_group.cache.id\n", "aws_security_group.caches.id\n", "caches is not there"),
        ("random_password.auth_token.result", "random_password.auth_token.text", "tells no text"),
        ("var.node_type", "var.nodes", "var.nodes is not declared"),
        ('    value = "allkeys-lru"\n', "", "parameter needs value"),
        ("  apply_immediately = true", "  arn = true", "arn cannot be set"),
    ],
)
def test_a_mistake_is_seen(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    for path in (DEPLOY / "terraform" / "aws").iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace(right, wrong))

    assert any(complaint in one for one in violations(read_module(tmp_path)))


def test_the_versions_asked_for_are_those_of_the_schemas(module: Module) -> None:
    for name, asked in module.providers.items():
        major, least = re.fullmatch(r"~> (\d+)\.(\d+)", asked["version"]).groups()  # type: ignore[union-attr]
        of_schema = [int(part) for part in VERSIONS[name].split(".")]

        assert of_schema[0] == int(major)
        assert of_schema[1] >= int(least)


def test_what_is_printed_is_a_redis_url_with_tls_and_a_password(module: Module) -> None:
    def told(match: re.Match[str]) -> str:
        words = re.findall(r"[a-z_]+", match[1])
        return TOLD["urlencode" if words[0] == "urlencode" else words[-1]]

    url, bare = [
        re.sub(r"\$\{(.*?)\}", told, module.outputs[name]["value"])
        for name in ("redis_url", "redis_url_without_password")
    ]
    target, unknown = parse_redis_url(url), parse_redis_url(bare)

    assert target is not None
    assert unknown is not None
    assert (target.password, unknown.password) == ("s3cret", None)
    assert target.tls
    assert unknown.tls


def test_outputs_with_a_secret_are_sensitive_and_no_others(module: Module) -> None:
    for name, output in module.outputs.items():
        assert bool(output.get("sensitive")) is bool(SECRET.search(str(output["value"]))), name


def test_every_variable_and_output_says_what_it_is(module: Module) -> None:
    for name, one in {**module.variables, **module.outputs}.items():
        assert one["description"].endswith("."), name


@pytest.mark.skipif(not shutil.which("terraform"), reason="its own formatter, where there is one")
def test_terraform_would_not_format_it_otherwise() -> None:
    words = ["terraform", "fmt", "-check", "-diff", "-recursive", str(DEPLOY / "terraform")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
