"""What WordPress's own refusals mean, in words for a person."""

from __future__ import annotations

from typing import Any

from broker.errors import SiteError

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _ERRORS = 401, 403, 404, 500

_LET_IN = "Check that application passwords are on there and that its web server passes the Authorization header on."


class Refusal(SiteError):
    """The site is there and said no; ``code`` is WordPress's own word for why, empty when it gave none."""

    def __init__(self, message: str, code: str, *, effect_unknown: bool, help: str) -> None:  # noqa: A002
        super().__init__(message, effect_unknown=effect_unknown, help=help)
        self.code = code


def credentials_missing(site: str) -> SiteError:
    return SiteError(
        "The broker cannot sign in to this site yet.",
        effect_unknown=False,
        help=f"Make an account for it there and enter its credentials here: broker doctor {site}",
    )


def refusal(method: str, status: int, value: Any, site: str) -> Refusal:
    """The error for an answer that is not what was asked for; ``value`` is its JSON, None when it was none."""
    said = value.get("code") if isinstance(value, dict) else None
    code = said if isinstance(said, str) else ""
    unknown = method != "GET" and (status >= _ERRORS or not code)
    message, next_step = _words(status, code, site)
    return Refusal(message, code, effect_unknown=unknown, help=next_step)


def _words(status: int, code: str, site: str) -> tuple[str, str]:
    if status == _UNAUTHORIZED:
        return (
            "The site does not let the broker in with its application password.",
            f"{_LET_IN} Or make a new one there and enter it: broker site secret {site} application_password",
        )
    if status == _FORBIDDEN and code:
        return (
            "The broker's account on the site may not do this.",
            "Make that account an administrator there, and look whether a security plugin limits it.",
        )
    if status == _NOT_FOUND and code == "rest_no_route":
        return (
            "The site answers, but its REST routes for users have been taken away.",
            "Find the plugin there that hides users from the REST API, and let the broker's account through.",
        )
    return (
        f"The site answered the call with HTTP status {status}, and not as WordPress does.",
        "Look at the site's error log, and whether a cache or a firewall answers in its place.",
    )
