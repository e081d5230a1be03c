"""Where a receiver of events finds by what it checks them (SSF 1.0, section 7)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from broker.web.parts import parts

software = Blueprint("shared_signals", __name__)


@software.get("/.well-known/ssf-configuration")
def configuration() -> Response:
    """Streams are set up by an administrator here, so there is no endpoint to manage one."""
    issuer = parts().settings.base_url
    return jsonify(
        {
            "spec_version": "1_0",
            "issuer": issuer,
            "jwks_uri": f"{issuer}/oauth/jwks",
            "delivery_methods_supported": ["urn:ietf:rfc:8935"],
            "default_subjects": "ALL",
        }
    )
