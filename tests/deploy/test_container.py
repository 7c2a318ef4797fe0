"""What can be held of the container's files without building the image."""

import re
from pathlib import Path

import pytest
import yaml

from foundation.settings import PROJECT_ROOT, Settings

CONTAINER = PROJECT_ROOT / "deploy" / "container"
RECIPE = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
IGNORED = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").split()
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "localhost/bdhvs"]


def test_what_git_leaves_out_stays_out_of_the_image():
    """Keys, databases and this machine's libraries lie there. A pattern without ** holds only at the top."""
    for line in (PROJECT_ROOT / ".gitignore").read_text(encoding="utf-8").split():
        name = line.rstrip("/")
        top_only = name in {"var", "build"}  # `make` makes them there and nowhere else
        pattern = "**/.*_cache" if re.fullmatch(r"\..*_cache", name) else name if top_only else f"**/{name}"
        assert pattern in IGNORED, f"{name} is not in .dockerignore"


def test_the_file_of_secrets_beside_compose_stays_out_of_the_image():
    for service in OURS:
        assert COMPOSE["services"][service]["env_file"] == ["bdhvs.env"]
    assert "**/*.env" in IGNORED


def test_the_recipe_installs_what_make_and_the_manual_install():
    system = re.search(r"^SYSTEM = (.+)$", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
    installed = re.search(r"--no-install-recommends (.+?)\n    &&", RECIPE, re.S)[1].replace("\\", " ").split()
    manual = (PROJECT_ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    manual_installs = re.search(r"apt-get install -y --no-install-recommends (.+)", manual)[1].split()

    assert set(system) <= set(installed)
    assert set(installed) <= set(manual_installs)


def test_the_entrypoint_has_the_commands_that_are_run(app):
    for service in OURS:
        words = COMPOSE["services"][service].get("command") or re.search(r'^CMD \["(.+?)"', RECIPE, re.M)[1].split()
        assert app.cli.get_command(None, words[0]) is not None, words


def test_a_missing_password_of_the_database_stops_compose():
    """Without :? an empty one is filled in, and PostgreSQL refuses everybody."""
    assert "${DATABASE_PASSWORD:?}" in COMPOSE["x-platform"]["environment"]["DATABASE_URL"]
    assert COMPOSE["services"]["database"]["environment"]["POSTGRES_PASSWORD"] == "${DATABASE_PASSWORD:?}"


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_hardened_and_gets_known_settings(service):
    words = COMPOSE["services"][service]
    assert words["read_only"]
    assert words["cap_drop"] == ["ALL"]
    assert words["security_opt"] == ["no-new-privileges:true"]
    assert {name.lower() for name in words["environment"]} <= set(Settings.model_fields)
    # The image's own volumes: what is written elsewhere is gone with the container.
    places = {Path(volume.split(":")[1]) for volume in words["volumes"]}
    assert places == {Path(place) for place in re.findall(r'"(/[^"]+)"', re.search(r"^VOLUME (.+)$", RECIPE, re.M)[1])}
