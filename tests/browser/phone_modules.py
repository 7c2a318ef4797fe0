"""The team app's modules as one, to be brought into a page that allows it (bypass_csp): pages load them built."""

import subprocess
from functools import cache
from pathlib import Path

from foundation.settings import PROJECT_ROOT

ENTRY = Path(__file__).with_suffix(".js")


@cache
def phone_modules() -> str:
    """Source of an ES module that exports openPhone, membersHere and MEMBER_STORE."""
    command = ["scripts/with-node", "node_modules/.bin/esbuild", str(ENTRY), "--bundle", "--format=esm"]
    run = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True, timeout=60)
    return run.stdout
