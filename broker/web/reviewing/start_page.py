"""What a reviewer's and an administrator's start page begins with."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from broker.review.history.unconfirmed import Unconfirmed, unconfirmed_revocations
from broker.review.oddities.listed import count_oddities
from broker.review.queue.open_reviews import Which, count_open
from broker.revocation.reconcile.open_drifts import count_drifts
from broker.web.frame.guard import me
from broker.web.parts import parts

pages = Blueprint("start_page", __name__)


@dataclass(frozen=True)
class Desk:
    """What is due, and what looks odd."""

    due: int
    overdue: int
    mine: int
    odd: int
    unconfirmed: tuple[Unconfirmed, ...]
    differing: int


@pages.app_context_processor
def _for_start_pages() -> dict[str, object]:
    return {"desk": _desk}


def _desk() -> Desk:
    with parts().store.read() as reader:
        return Desk(
            due=count_open(reader),
            overdue=count_open(reader, Which.OVERDUE),
            mine=count_open(reader, Which.MINE, me()),
            odd=count_oddities(reader),
            unconfirmed=unconfirmed_revocations(reader, parts().catalog),
            differing=count_drifts(reader),
        )
