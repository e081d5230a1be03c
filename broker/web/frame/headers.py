"""What every answer tells the browser not to do."""

from __future__ import annotations

from flask import Flask, Response, g, request

from broker.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data:; "
    "media-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A signed link or a grant's page must not leak to wherever the reader goes next.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}
TWO_YEARS = 63_072_000


def set_headers(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer of ``app``; only files of ours that hold nothing secret may be cached."""

    def put(response: Response) -> Response:
        response.headers.update(ALWAYS)
        if "forms_lead_to" in g:
            response.headers["Content-Security-Policy"] = _with_form_target(g.forms_lead_to)
        if settings.served_over_tls:
            response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
        # Whoever lets an answer be kept by anybody says so on the answer itself.
        if request.endpoint != "static" and not response.cache_control.public:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(put)


def _with_form_target(source: str) -> str:
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {source}")
