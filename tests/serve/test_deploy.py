"""The files under deploy/ are read by what reads them, as far as that needs no engine."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import yaml
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
    for source in (path for paths in copied for path in paths if not path.startswith("--")):
        assert (DEPLOY.parent / source).exists(), source


def test_the_unit_starts_a_command_that_there_is():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # systemd's keys are in mixed case
    unit.read_string((DEPLOY / "tilth.service").read_text())
    words = shlex.split(unit["Service"]["ExecStart"])
    assert words[0].endswith("tilth")
    assert words[1] == "serve"
    assert is_command(words[1:])
