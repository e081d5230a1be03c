"""Every operation of the API, room by room: the order of the document."""

from __future__ import annotations

from broker.web.api.administering.differences import differences
from broker.web.api.administering.feeds import feeds
from broker.web.api.administering.people import people
from broker.web.api.administering.policy import policy
from broker.web.api.administering.receivers import receivers
from broker.web.api.administering.sessions import sessions
from broker.web.api.administering.sites import sites
from broker.web.api.asking.offers import offers
from broker.web.api.asking.requests import requests
from broker.web.api.deciding.decisions import decisions
from broker.web.api.deciding.opened import opened
from broker.web.api.deciding.pleas import pleas
from broker.web.api.entering.me import me
from broker.web.api.frame.blueprint import blueprint
from broker.web.api.frame.operation import Family
from broker.web.api.holding.grants import grants
from broker.web.api.holding.more import more
from broker.web.api.holding.receipts import receipts
from broker.web.api.reviewing.history import history
from broker.web.api.reviewing.history_files import files
from broker.web.api.reviewing.history_views import views
from broker.web.api.reviewing.keeping import keeping
from broker.web.api.reviewing.ledger import ledger
from broker.web.api.reviewing.oddities import oddities
from broker.web.api.reviewing.patients import patients
from broker.web.api.reviewing.reviews import reviews

FAMILIES: tuple[Family, ...] = (
    me,
    offers,
    requests,
    decisions,
    opened,
    pleas,
    grants,
    more,
    receipts,
    reviews,
    oddities,
    history,
    files,
    views,
    patients,
    keeping,
    ledger,
    sites,
    differences,
    people,
    sessions,
    policy,
    receivers,
    feeds,
)

api = blueprint(FAMILIES)
