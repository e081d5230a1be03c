"""An approved request becomes a grant, in the transaction that approved it."""

from __future__ import annotations

from datetime import timedelta

from broker.access.equipment import Equipment
from broker.access.grant import Grant, GrantState, get_grant, insert_grant
from broker.access.request import AccessRequest
from broker.access.review_owed import open_review
from broker.access.scope_digest import named
from broker.access.still_allowed import check_still_allowed
from broker.clock import new_id
from broker.errors import Refused
from broker.ledger.entry import Entry
from broker.sites.register import account_of
from broker.store import Transaction

# Whoever issued it activates it at once; after this long the sweep takes it that they died in between.
ABANDONED_AFTER = timedelta(seconds=5)


def issue(tx: Transaction, equipment: Equipment, request: AccessRequest, *, actor: str) -> Grant:
    """The grant of an approved request; its time counts from now. Pushed to a site afterwards by ``activate``.

    Raises Refused or Conflict when what was asked could not be asked any more, Unavailable while the ledger
    cannot be vouched for.
    """
    equipment.may_grant()
    check_still_allowed(tx, equipment, request)
    entitlement = equipment.catalog.entitlements[request.entitlement]
    extended = get_grant(tx, request.extends_grant) if request.extends_grant else None
    began = extended.family_began_at if extended else tx.at
    grant = Grant(
        id=new_id("grant"),
        request_id=request.id,
        person_id=request.person_id,
        patient_id=request.patient_id,
        entitlement=request.entitlement,
        kind=str(entitlement.kind),
        scope=request.scope,
        site_id=request.site_id,
        account=_account(tx, request),
        lease_version=None,
        state=GrantState.ISSUED,
        issued_at=tx.at,
        # Policy capped the duration when it was asked for; an extension adds to what runs.
        expires_at=(extended.expires_at if extended else tx.at) + request.duration,
        active_at=None,
        revoking_at=None,
        revoked_at=None,
        cause=None,
        tries=0,
        next_try_at=tx.at + ABANDONED_AFTER,
        unconfirmed_at=None,
        fault=None,
        extends_grant=request.extends_grant,
        family_began_at=began,
    )
    insert_grant(tx, grant)
    equipment.ledger.append(tx, _entry(grant, request, actor))
    if request.review_within is not None:
        open_review(tx, equipment.ledger, grant, tx.at + request.review_within)
    return grant


def _account(tx: Transaction, request: AccessRequest) -> str | None:
    if request.site_id is None:
        return None
    account = account_of(tx, request.site_id, request.person_id)
    if account is None:
        raise Refused(
            "This person has no account linked on that site.",
            help="An administrator links one with: broker site link-account.",
        )
    return account


def _entry(grant: Grant, request: AccessRequest, actor: str) -> Entry:
    return Entry(
        "grant.issued",
        actor,
        request=request.id,
        grant=grant.id,
        subject=grant.person_id,
        facts={
            "entitlement": grant.entitlement,
            "patient": grant.patient_id,
            "path": request.path,
            **named(grant.scope),
            "site": grant.site_id,
            "account": grant.account,
            "family_began_at": grant.family_began_at.isoformat(),
            "expires_at": grant.expires_at.isoformat(),
            "policy": request.policy_digest,
            "extends": grant.extends_grant,
        },
    )
