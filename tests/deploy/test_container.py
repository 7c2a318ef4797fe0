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


def test_the_databases_version_is_one_that_the_images_client_can_back_up():
    """pg_dump refuses a server that is newer than itself."""
    clients = {"bookworm": 15, "trixie": 17}
    base = re.search(r"^ARG BASE=\S+:(\w+)-slim$", RECIPE, re.M)[1]
    server = COMPOSE["services"]["database"]["image"].rpartition(":")[2]

    assert int(server) <= clients[base]


def test_only_the_web_server_is_asked_how_it_is():
    """The image's check asks for /healthz on the port that `serve` listens on; elsewhere it would always fail."""
    check = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", RECIPE)
    arguments = re.search(r"^CMD (\[.+\])$", RECIPE, re.M)[1]

    assert f'"--port", "{check[1]}"' in arguments
    assert check[2] == "/healthz"
    assert re.search(rf"^EXPOSE {check[1]}$", RECIPE, re.M)
    assert COMPOSE["services"]["web"]["ports"] == [f"127.0.0.1:8000:{check[1]}"]
    for name in OURS:
        words = COMPOSE["services"][name]
        serves = "command" not in words
        assert ("healthcheck" in words) is not serves, name
        assert serves or words["healthcheck"] == {"disable": True}


def test_migrate_ends_well_before_anything_else_of_ours_starts():
    services = COMPOSE["services"]

    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["migrate"]["restart"] == "no"
    for name in set(OURS) - {"migrate"}:
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_volumes_are_declared_and_the_settings_named_for_bdhvs_env_exist():
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    head = (CONTAINER / "compose.yaml").read_text(encoding="utf-8").split("\nname:")[0]
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", head)) - {"DATABASE_PASSWORD"}

    assert used == set(COMPOSE["volumes"])
    assert {"SECRET_KEY", "PUBLIC_ADDRESS", "BEHIND_PROXY", "HTTPS_ONLY"} <= named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    data = re.search(r"^ENV DATA_FOLDER=(\S+)$", RECIPE, re.M)[1]
    assert COMPOSE["x-platform"]["environment"]["DATA_FOLDER"] == data
