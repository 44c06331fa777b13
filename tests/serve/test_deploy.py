"""The files under deploy/ are read by what reads them, as far as that needs no engine."""

import configparser
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from serve_world import Running
from typer.main import get_command

from tilth.apps.cli.main import app

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
INSTRUCTIONS = {
    "FROM",
    "RUN",
    "COPY",
    "WORKDIR",
    "ENV",
    "USER",
    "EXPOSE",
    "VOLUME",
    "ENTRYPOINT",
    "CMD",
    "HEALTHCHECK",
    "STOPSIGNAL",
}


def is_command(words: list[str]) -> bool:
    """Whether `tilth` has this command and every option named."""
    command: Any = get_command(app)
    for word in words:
        if word in getattr(command, "commands", {}):
            command = command.commands[word]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return {word for word in words if word.startswith("-")} <= known


def test_the_compose_file_names_one_service_with_port_and_volume():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    (service,) = compose["services"].values()
    assert service["ports"]
    assert service["volumes"]
    assert (DEPLOY / service["build"]["context"]).resolve() == DEPLOY.parent
    assert (DEPLOY.parent / service["build"]["dockerfile"]).exists()


def test_every_line_of_the_dockerfile_is_an_instruction():
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert {line.split()[0] for line in lines} <= INSTRUCTIONS
    copied = [shlex.split(line)[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    sent = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    for source in (path for paths in copied for path in paths if not path.startswith("--")):
        assert (DEPLOY.parent / source).exists(), source
        assert f"!{source.removeprefix('./')}" in sent, source


def test_the_image_has_the_versions_of_the_lock_file():
    command = re.search(r"^RUN (sed .*) > versions.txt", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert command
    done = subprocess.run(["sh", "-c", command[1]], cwd=DEPLOY.parent, capture_output=True, text=True, check=True)
    pinned = [Requirement(line) for line in done.stdout.splitlines()]
    assert {"msgspec", "granian", "litestar", "lightgbm", "pyarrow"} <= {one.name for one in pinned}
    assert all(str(one.specifier).startswith("==") for one in pinned)
    assert len(pinned) == len(re.findall(r"^\S+==", (DEPLOY.parent / "requirements.lock").read_text(), re.MULTILINE))


def test_the_health_check_asks_at_the_port_of_the_settings(jobboard: Running):
    """Its own words, run against a server on another port than the default."""
    text = re.sub(r"\\\n", "", (DEPLOY / "Dockerfile").read_text())
    (line,) = [line for line in text.splitlines() if line.startswith("HEALTHCHECK")]
    code = json.loads(line.partition(" CMD ")[2])[2].replace("/project/tilth.toml", str(jobboard.config))
    assert jobboard.port != 8765
    command = [sys.executable, "-W", "ignore", "-c"]
    subprocess.run([*command, code], check=True)
    broken = code.replace(".get('port', 8765)", ".get('none', 1)")
    assert subprocess.run([*command, broken], check=False, capture_output=True).returncode != 0


def test_the_unit_starts_a_command_that_there_is():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # systemd's keys are in mixed case
    unit.read_string((DEPLOY / "tilth.service").read_text())
    words = shlex.split(unit["Service"]["ExecStart"])
    assert words[0].endswith("tilth")
    assert words[1] == "serve"
    assert is_command(words[1:])
