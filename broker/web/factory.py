"""Builds the Flask application around the parts of one broker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from broker.assets import asset_folder
from broker.key_files import secret_key
from broker.settings import Settings
from broker.web import home
from broker.web.administering import drifts, feeds, outbox, people, person, policies, receivers, sites
from broker.web.api.described import described
from broker.web.api.families import api
from broker.web.asking import asked, requests
from broker.web.deciding import decisions, pleas, waiting
from broker.web.entering import (
    enrol,
    factors,
    lost,
    password,
    provider_sign_out,
    sessions,
    sign_in,
    single_sign_on,
)
from broker.web.frame import health
from broker.web.frame.cookies import cookie_name
from broker.web.frame.errors import answer_errors
from broker.web.frame.headers import set_headers
from broker.web.frame.limits import Limits, set_limits
from broker.web.frame.plain_text import refuse_null
from broker.web.frame.request_id import follow_requests
from broker.web.frame.shell import show_count, show_live, surround_pages
from broker.web.frame.times import teach_times
from broker.web.holding import extending, grants, opening, receipts, watching
from broker.web.holding import tokens as grant_tokens
from broker.web.holding.grant_row import live_access_of
from broker.web.issuing import asked_about, authorize, documents, shared_signals, tokens
from broker.web.parts import Parts
from broker.web.reviewing import evidence, ledger_check, oddities, reviews, start_page
from broker.web.reviewing.disclosures import ask as disclosures
from broker.web.reviewing.history import files as history_files
from broker.web.reviewing.history import kept_views, listing, pictures
from broker.web.reviewing.keeping import holds

LARGEST_FORM = 64 * 1024
_THIS_MACHINE = ("127.0.0.1", "localhost")

PAGES: tuple[Blueprint, ...] = (
    health.pages,
    home.pages,
    sign_in.pages,
    single_sign_on.pages,
    provider_sign_out.pages,
    enrol.pages,
    factors.pages,
    lost.pages,
    sessions.pages,
    password.pages,
    requests.pages,
    asked.pages,
    waiting.pages,
    decisions.pages,
    pleas.pages,
    grants.pages,
    receipts.pages,
    extending.pages,
    grant_tokens.pages,
    opening.pages,
    watching.pages,
    reviews.pages,
    start_page.pages,
    oddities.pages,
    listing.pages,
    history_files.pages,
    kept_views.pages,
    pictures.pages,
    disclosures.pages,
    holds.pages,
    ledger_check.pages,
    evidence.pages,
    sites.pages,
    drifts.pages,
    people.pages,
    person.pages,
    policies.pages,
    outbox.pages,
    receivers.pages,
    feeds.pages,
    authorize.pages,
)

# Called by software, which has no cookie of ours: a forged form cannot come from there.
SOFTWARE: tuple[Blueprint, ...] = (
    api,
    described,
    provider_sign_out.software,
    tokens.software,
    asked_about.software,
    documents.software,
    shared_signals.software,
)


def make_flask(parts: Parts, pages: tuple[Blueprint, ...] = PAGES) -> Flask:
    """The application, ready to be served; ``pages`` are the families it answers for."""
    # The static folder stands beside this file: Flask finds it by itself.
    app = Flask("broker.web", template_folder=str(asset_folder("templates")))
    if count := parts.settings.proxies:
        # Only as many as there are: a header that a client wrote itself must not be believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # as Flask documents it
    app.extensions["broker"] = parts
    app.config.update(_configuration(parts.settings))
    set_limits(Limits(parts.settings.limits_url), app.extensions)
    # A name missing in a template is a mistake, not an empty string.
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    follow_requests(app)
    set_headers(app, parts.settings)
    refuse_null(app)
    forms = CSRFProtect(app)
    teach_times(app)
    surround_pages(app)
    show_live(app, live_access_of)
    show_count(app, "waiting.show", waiting.count_waiting)
    show_count(app, "reviews.due", reviews.open_count)
    show_count(app, "oddities.overview", oddities.waiting_count)
    answer_errors(app)
    for family in (*pages, *SOFTWARE):
        app.register_blueprint(family)
    for family in SOFTWARE:
        forms.exempt(family)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    over_tls = settings.served_over_tls
    return {
        "SECRET_KEY": secret_key(settings.keys_dir / "web.key"),
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": cookie_name("form", over_tls=over_tls),
        "SESSION_COOKIE_SECURE": over_tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        # A form lives as long as the browser's session: a clinician called away comes back to it.
        "WTF_CSRF_TIME_LIMIT": None,
        # Our own policy is no-referrer, so a missing Referer means nothing.
        "WTF_CSRF_SSL_STRICT": False,
    }


def _trusted_hosts(settings: Settings) -> list[str]:
    host = urlsplit(settings.base_url).hostname or settings.host
    return [host, *(_THIS_MACHINE if settings.demo else ())]
