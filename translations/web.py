"""The reader's language: gettext in templates, the language switch, filters for numbers and dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from gettext import NullTranslations

from flask import Blueprint, Flask, current_app, g, has_request_context, redirect, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug import Response

from foundation.problems import NotFound
from foundation.web.access import public
from foundation.web.addresses import local_path
from translations import formats
from translations.catalogues import translations_for
from translations.languages import SOURCE, Language, interface_language, interface_languages

COOKIE = "tieng"
# Set by phones that fetch public resources without cookies.
HEADER = "X-Interface-Language"
ONE_YEAR = 365 * 24 * 3600
# More than all the sentences of all the languages.
MAX_SENTENCES = 20_000

blueprint = Blueprint("translations", __name__)


def init_translations(app: Flask) -> None:
    """Install `_`, `{% trans %}`, the filters number, percent, day and moment, and `/ngon-ngu/<tag>`."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    # Line breaks inside a sentence of a template have no meaning.
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda sentence: _current_translations().gettext(sentence),
        ngettext=lambda one, many, n: _current_translations().ngettext(one, many, n),
        pgettext=lambda context, sentence: _current_translations().pgettext(context, sentence),
        npgettext=lambda context, one, many, n: _current_translations().npgettext(context, one, many, n),
        newstyle=True,
    )
    # Faster than Jinja's own, which copies the template's context for each of a page's hundred sentences.
    env.globals.update(gettext=_gettext, _=_gettext)
    env.filters.update(number=formats.number, percent=formats.percent, day=formats.day, moment=formats.moment)
    app.register_blueprint(blueprint)
    app.context_processor(lambda: {"language": language(), "interface_languages": interface_languages()})


def language() -> Language:
    """The language this page's interface is in: the reader's choice, else Vietnamese."""
    chosen: Language | None = g.get("language")
    if chosen is None:
        requested = request.headers.get(HEADER) or request.cookies.get(COOKIE) if has_request_context() else None
        chosen = g.language = interface_language(requested) or SOURCE
    return chosen


@contextmanager
def force_language(other: Language) -> Iterator[None]:
    """Render in `other` instead of the reader's language: documents for authorities are Vietnamese."""
    previous = language()
    g.language = other
    try:
        yield
    finally:
        g.language = previous


@blueprint.get("/ngon-ngu/<tag>")
@public
def choose(tag: str) -> Response:
    """Store the language in a cookie and redirect to `ve`, a local path. NotFound for an unknown language."""
    chosen = interface_language(tag)
    if chosen is None:
        raise NotFound("no_such_language")
    answer = redirect(local_path(request.args.get("ve"), "/"), 303)
    only_https = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(COOKIE, chosen.tag, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=only_https)
    return answer


@pass_eval_context
def _gettext(context: EvalContext, sentence: str, /, **values: object) -> str:
    """As jinja2.ext.i18n's newstyle gettext: %(name)s is replaced, %% is a percent sign, markup escapes values."""
    if not values:
        markup, plain = _format_once(_current_translations(), sentence)
        return markup if context.autoescape else plain
    translated = _current_translations().gettext(sentence)
    return (Markup(translated) if context.autoescape else translated) % values  # noqa: S704 - our own sentences


@lru_cache(MAX_SENTENCES)
def _format_once(translations: NullTranslations, sentence: str) -> tuple[Markup, str]:
    plain = translations.gettext(sentence) % {}
    return Markup(plain), plain  # noqa: S704 - our own sentences


def _current_translations() -> NullTranslations:
    return translations_for(language().tag)
