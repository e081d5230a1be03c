"""The signed documents that speak of one grant, made from its row alone so that a repeat says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broker.access.grant import Grant
from broker.adapters.lease import LeaseClaims, LeaseSigner, RevocationClaims
from broker.adapters.port import SignedDocument
from broker.patients.register import Patient, patient_by_id
from broker.policy.catalog import limited_to_patient
from broker.sites.register import patient_ref
from broker.store import Reader

# A site keeps the tombstone this long past the lease's end, so that no late lease slips in behind it.
TOMBSTONE_PAST_END = timedelta(days=7)


def lease_for(reader: Reader, signer: LeaseSigner, grant: Grant) -> SignedDocument:
    """The lease. The site's own name for the patient is put in here, so that it stands nowhere else."""
    patient = patient_by_id(reader, grant.patient_id)
    claims = LeaseClaims(
        site=grant.site_id or "",
        issuer=signer.issuer,
        grant=grant.id,
        account=grant.account or "",
        entitlement=grant.entitlement,
        scope=scope_on_site(reader, grant.site_id or "", grant.scope, patient),
        not_before=grant.issued_at,
        expires_at=grant.expires_at,
        version=grant.lease_version or 0,
    )
    return SignedDocument(grant.id, signer.sign_lease(claims, grant.issued_at))


def scope_on_site(
    reader: Reader, site_id: str, scope: Mapping[str, Any], patient: Patient | None
) -> Mapping[str, Any]:
    """The scope as the site reads it, the patient by the site's own name for them.

    What software gets of the grant is none of the site's business.
    """
    scope = {name: part for name, part in scope.items() if name != "credential"}
    known = (patient.id, patient.clinic_ref) if patient else ("", "")
    ref = patient_ref(reader, site_id, *known)
    return {**scope, "patient": ref} if limited_to_patient(scope) else scope


def revocation_for(signer: LeaseSigner, grant: Grant, now: datetime) -> SignedDocument:
    """The revocation: one version above the lease's, which nothing else carries."""
    claims = RevocationClaims(
        site=grant.site_id or "",
        issuer=signer.issuer,
        grant=grant.id,
        version=(grant.lease_version or 0) + 1,
        issued_at=now,
        keep_until=max(now, grant.expires_at) + TOMBSTONE_PAST_END,
    )
    return SignedDocument(grant.id, signer.sign_revocation(claims))
