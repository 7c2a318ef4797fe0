"""What granian starts for a walk with lessons of its own: the platform, reading the library at LIBRARY_COPY."""

import os
from functools import partial
from pathlib import Path
from unittest.mock import patch

from flask import Flask

import app
from courses.extension import init_courses


def serve() -> Flask:
    with patch.object(app, "init_courses", partial(init_courses, folder=Path(os.environ["LIBRARY_COPY"]))):
        return app.create_app()
