"""How an administrator calls a command here, for every message that says what to type."""

import shutil

# docs/deploy.md installs `bdhvs` (deploy/bdhvs) on a server; a checkout and a container have flask only.
COMMAND = "bdhvs" if shutil.which("bdhvs") else ".venv/bin/flask --app app"
