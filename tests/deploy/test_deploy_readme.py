"""deploy/README.md: its commands name what is there, and what it gives kubectl is what it says."""

import re
import subprocess

import yaml

from deploy.deploy_files import DEPLOY, ROOT

PAGE = (DEPLOY / "README.md").read_text()
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
