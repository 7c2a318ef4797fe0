"""Puts the floors together. Nobody imports this module; servers and `flask --app app` call create_app()."""

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

# --- rooms: one import a line, alphabetically ---
from community_teams.cli import migrate, prepare, sample_commands, teams_commands
from community_teams.views.serving_coverage import serve_coverage
from community_teams.views.serving_teams import serve_teams
from courses.cli import commands as courses_commands
from courses.serving import serve_courses
from foundation.accounts.cli import commands as accounts_commands
from foundation.accounts.views import serve_accounts
from foundation.areas.cli import commands as areas_commands
from foundation.areas.views import blueprint as areas
from foundation.database import make_engine
from foundation.settings import Settings
from foundation.web import serve_web
from foundation.web.database import serve_database
from foundation.web.static_files import serve_static_files
from learning.views import serve_learning
from translations.cli import commands as translations_commands
from translations.web import serve_translations


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> Flask:
    """The whole platform as one WSGI application.

    settings: read from the environment when not given. engine: the database to work on; made from the settings when
    not given. Opens no connection and starts nothing, so it may be called several times in a process.
    """
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https_only,
        # Form bodies are small; imports go through the command line.
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
    )
    app.extensions["settings"] = settings
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    serve_database(app, engine or make_engine(settings.database))
    serve_web(app)

    # --- rooms: blueprints and serve_… functions, lower floors first ---
    app.register_blueprint(areas)
    serve_courses(app)
    serve_translations(app)
    serve_accounts(app)
    serve_learning(app)
    serve_teams(app)
    serve_coverage(app)

    # --- rooms: commands ---
    app.cli.add_command(accounts_commands)
    app.cli.add_command(areas_commands)
    app.cli.add_command(courses_commands)
    app.cli.add_command(translations_commands)
    app.cli.add_command(teams_commands)
    app.cli.add_command(sample_commands)
    app.cli.add_command(migrate)
    app.cli.add_command(prepare)

    serve_static_files(app, settings.data_folder / "static")
    if settings.behind_proxy:
        n = settings.behind_proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app
