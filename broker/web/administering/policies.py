"""What policy offers, in words, as this process read it when it started."""

from __future__ import annotations

from flask import Blueprint, render_template

from broker.identity.people import Role
from broker.policy.durations import in_words
from broker.policy.scope_words import scope_words, software_words
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("policies", __name__)


@pages.get("/policies")
@signed_in(Role.ADMIN)
def overview() -> str:
    return render_template(
        "pages/policies/overview.html",
        catalog=parts().catalog,
        with_provider=parts().single_sign_on is not None,
        in_words=in_words,
        scope_words=scope_words,
        software_words=software_words,
    )
