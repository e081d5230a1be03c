"""Whether the ledger is whole: where it stands, and a check of all of it."""

from __future__ import annotations

from flask import Blueprint, render_template

from broker.archive.examine import examine
from broker.identity.people import Role
from broker.ledger.signing.former import former_keys
from broker.review.check_ledger import check as check_all
from broker.review.check_ledger import standing
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("ledger", __name__)

MAY_LOOK = (Role.REVIEWER, Role.ADMIN)
FAULTS_SHOWN = 20


@pages.get("/ledger")
@signed_in(*MAY_LOOK)
def check() -> str:
    return _page()


@pages.post("/ledger")
@signed_in(*MAY_LOOK)
def verify() -> str:
    """Reads everything and writes nothing, but costs enough that only a button starts it."""
    return _page(checked=check_all(parts().store, parts().checkpoints, parts().equipment.notes))


def _page(**found: object) -> str:
    keeper = parts().checkpoints
    with parts().store.read() as reader:
        archives = examine(reader, parts().settings, keeper.key.public.id.hex())
    return render_template(
        "pages/ledger/check.html",
        stands=standing(parts().store, keeper),
        public_key=keeper.key.public.vkey,
        checked=found.get("checked"),
        former_keys=[key.vkey for key in former_keys(parts().settings.keys_dir)],
        barred=parts().watch.guard.found(),
        witnesses=parts().watch.witnesses.standings(),
        archives=archives,
        faults_shown=FAULTS_SHOWN,
    )
