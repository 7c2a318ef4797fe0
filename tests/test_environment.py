"""Whatever the shell has set, tests see none of it: a few are run with everything of ours set, and to nonsense."""

import os
import subprocess
import sys

import pytest

from foundation.settings import PROJECT_ROOT, Settings
from tests.leftovers import RUN_FOLDER

# They make applications that read their settings here, and connect to both databases.
RUN = [
    "tests/community_teams/sample/test_sample_guard.py",
    "tests/foundation/test_database.py",
]
NOWHERE = "http://127.0.0.1:9"
OTHERS = {
    "PORT": "1",
    "WORKERS": "many",
    "LANG": "tr_TR.UTF-8",
    "LANGUAGE": "tr",
    "LC_ALL": "C",
    "LC_NUMERIC": "de_DE.UTF-8",
    "TZ": "Pacific/Apia",
    "FLASK_APP": "nothing",
    "FLASK_DEBUG": "1",
    "FLASK_RUN_PORT": "nonsense",
    "GRANIAN_WORKERS": "none",
    "PGHOST": "nowhere.invalid",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGOPTIONS": "-c nonsense=1",
    "XDG_RUNTIME_DIR": "/nowhere",
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE),
}


@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_no_setting_of_the_shell_reaches_a_test(tmp_path, suffix):
    names = [name.upper() + suffix for name in Settings.model_fields]
    settings = {name: "nonsense" if not suffix else str(tmp_path / "missing") for name in names}
    environment = {**os.environ, **OTHERS, **settings}
    del environment[RUN_FOLDER]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--database", "both", *(RUN if not suffix else RUN[:1])],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    assert len(settings) > 20
