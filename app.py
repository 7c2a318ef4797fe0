"""Builds the application from all packages. No module imports this one; servers and flask call create_app()."""

import gc
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from community_teams.registration import register_community_teams
from courses.extension import init_courses
from foundation.accounts.views import init_accounts
from foundation.areas.views import blueprint as areas
from foundation.backups.health import init_backups
from foundation.database import make_engine
from foundation.deployment_checks import init_deployment_checks
from foundation.doctor import add_check
from foundation.file_modes import check_file_modes, correct_modes, prepare_data_folder
from foundation.jobs.views import init_jobs
from foundation.lazy_commands import LazyCommands
from foundation.logs.setup import configure_logging
from foundation.metrics_starting import start_metrics
from foundation.settings import Settings
from foundation.settings_reading import read_settings
from foundation.throttling.visitors import init_throttling
from foundation.version import code_fingerprint
from foundation.web import init_web
from foundation.web.browser_health import check_browser_files
from foundation.web.compiled_templates import compile_templates
from foundation.web.database import init_database
from foundation.web.request_log import RequestLog
from foundation.web.static_files import init_static_files
from learning.views.registration import register_learning, register_lesson_admin, register_teaching
from translations.web import init_translations

COMMANDS = {
    "accounts": "foundation.accounts.cli:commands",
    "areas": "foundation.areas.cli:commands",
    "backup": "foundation.backups.cli:backup",
    "backup-key": "foundation.backups.cli:backup_key",
    "courses": "learning.cli.courses:commands",
    "database": "foundation.database_cli:commands",
    "doctor": "foundation.doctor_cli:doctor",
    "jobs": "foundation.jobs.cli:commands",
    "learning": "learning.cli.letters:commands",
    "migrate": "community_teams.cli.preparing:migrate",
    "prepare": "community_teams.cli.preparing:prepare",
    "restore": "foundation.backups.cli:restore",
    "sample": "community_teams.sample.cli:commands",
    "serve": "foundation.serving.cli:serve",
    "teams": "community_teams.cli:commands",
    "translations": "translations.cli:commands",
}


# Templates that pages of the map are drawn with.
COMPILED_AHEAD = (
    *(f"area_pages/{name}" for name in ("area_inside", "coverage", "layer_words", "map")),
    "community_teams/outcome_labels",
    *("areas/", "web/page", "web/top", "web/parts/"),
)


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> Flask:
    """The whole platform as one WSGI application.

    settings: read from the environment when not given; raises SettingsError where those are wrong. engine: the
    database to work on; made from the settings when not given. Opens no connection and starts nothing, so it may be
    called several times in a process. Sets the process's umask: what the platform writes is its own.
    """
    settings = settings or read_settings()
    prepare_data_folder(settings)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https_only,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_idle_days),
    )
    app.extensions["settings"] = settings
    init_database(app, engine or make_engine(settings.database))
    init_backups(app)
    init_web(app)
    init_throttling(app)

    # Packages, lower layers first.
    app.register_blueprint(areas)
    init_courses(app)
    init_translations(app)
    init_accounts(app)
    init_jobs(app)
    register_learning(app)
    register_lesson_admin(app)
    register_teaching(app)
    register_community_teams(app)

    app.cli = LazyCommands(COMMANDS)
    init_static_files(app, settings.prepared_static)
    correct_modes(settings)
    init_deployment_checks(app)
    add_check(app, check_file_modes)
    add_check(app, check_browser_files)
    if settings.behind_proxy:
        n = settings.behind_proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    request_log = RequestLog(app.wsgi_app, from_proxy=settings.behind_proxy > 0, addresses=settings.log_addresses)
    app.extensions["request_log"] = request_log
    app.wsgi_app = request_log  # type: ignore[method-assign]
    return app


def serve() -> Flask:
    """What a server's worker starts: the application, with all that was made so far set aside from the collector.

    Modules, lessons and templates live as long as the worker; looking through them again and again for garbage took
    a tenth of the time of a print.
    """
    app = create_app()
    configure_logging(app.extensions["settings"])
    start_metrics(app)
    # What the first pages of the map need not wait for.
    code_fingerprint()
    compile_templates(app, *COMPILED_AHEAD)
    gc.collect()
    gc.freeze()
    return app
