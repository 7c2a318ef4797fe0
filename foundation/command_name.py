"""How an administrator calls a command of the platform here, for every sentence that says what to type."""

import shutil

# docs/deploy.md installs `bdhvs` (deploy/bdhvs) on a server; in a checkout and in a container there is flask alone.
COMMAND = "bdhvs" if shutil.which("bdhvs") else ".venv/bin/flask --app app"
