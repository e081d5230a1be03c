"""What a grant's page shows of software, and taking its tokens back."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.grant import Grant, get_grant
from broker.credentials.clients.register import AuthMethod, Client, NewClient, register_client
from broker.credentials.tokens.access_token import Issued
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.issue import issue_for_grant
from broker.identity.people import Role
from tests.fakes.front import Front

EHR = "https://ehr.clinic.example/fhir"


@pytest.fixture
def grant(front: Front) -> Grant:
    issued = front.clinic.break_glass(entitlement="ehr-allergies-medication").grant
    assert issued is not None
    return activate(front.clinic.equipment, issued.id)


@pytest.fixture
def app(front: Front) -> Client:
    new = NewClient(name="Ward app", auth_method=AuthMethod.NONE)
    with front.clinic.store.write() as tx:
        return register_client(tx, front.clinic.ledger, new, actor=front.clinic.admin.id)


def issue(front: Front, grant: Grant, app: Client, jkt: str | None = None) -> Issued:
    with front.clinic.store.write() as tx:
        return issue_for_grant(tx, front.parts.mint, grant=grant, client_id=app.id, audience=EHR, jkt=jkt)


def works(front: Front, issued: Issued) -> bool:
    with front.clinic.store.read() as reader:
        return live_token(reader, front.parts.mint, issued.text) is not None


def test_the_page_says_what_software_may_get(front: Front, grant: Grant) -> None:
    """Where tokens are good, for how long, and that none is out; nothing of the kind for other access."""
    holder = front.browser(front.clinic.clinician)
    holder.get(f"/grants/{grant.id}")
    assert "Let software read and search this patient&#39;s AllergyIntolerance and MedicationRequest" in (
        holder.page
    )
    assert f"good at <code>{EHR}</code> alone, each for 5 minutes at most" in holder.page
    assert "No token can be used now." in holder.page
    assert "Withdraw all tokens" not in holder.page
    other = front.clinic.break_glass().grant
    assert other is not None
    holder.get(f"/grants/{activate(front.clinic.equipment, other.id).id}")
    assert "For software" not in holder.page


def test_tokens_that_are_out_are_listed_and_withdrawn(front: Front, grant: Grant, app: Client) -> None:
    """By the software's name and until when, never the token; one press ends them and the access goes on."""
    issued, bound = issue(front, grant, app), issue(front, grant, app, jkt="k" * 43)
    holder = front.browser(front.clinic.clinician)
    holder.get(f"/grants/{grant.id}")
    assert holder.page.count("Ward app") == 2
    assert "Whoever has its key" in holder.page
    assert issued.text not in holder.page
    assert issued.token.jti not in holder.page
    assert holder.post(f"/grants/{grant.id}/tokens").location == f"/grants/{grant.id}"
    assert not works(front, issued)
    assert not works(front, bound)
    holder.get(f"/grants/{grant.id}")
    assert "No token can be used now." in holder.page
    with front.clinic.store.read() as reader:
        assert get_grant(reader, grant.id).is_effective(reader.at)
    assert works(front, issue(front, grant, app))


def test_the_page_refreshes_itself_when_a_token_goes_out(front: Front, grant: Grant, app: Client) -> None:
    """The region is sent again, and not while nothing is new."""
    holder = front.browser(front.clinic.clinician)
    holder.get(f"/grants/{grant.id}")
    seen = holder.page.partition("/now?seen=")[2][:12]
    assert holder.get(f"/grants/{grant.id}/now?seen={seen}").status_code == 204
    issue(front, grant, app)
    assert holder.get(f"/grants/{grant.id}/now?seen={seen}").status_code == 200
    assert "Ward app" in holder.page


@pytest.mark.parametrize("who", ["approver", "reviewer", "admin"])
def test_who_may_end_it_may_withdraw_its_tokens(front: Front, grant: Grant, app: Client, who: str) -> None:
    """The ledger keeps who it was."""
    issued = issue(front, grant, app)
    member = getattr(front.clinic, who)
    other = front.browser(member)
    other.get(f"/grants/{grant.id}")
    assert "Withdraw all tokens" in other.page
    assert other.post(f"/grants/{grant.id}/tokens").status_code == 303
    assert not works(front, issued)
    assert front.clinic.entries("token.revoked")[-1].actor == member.id


def test_another_clinician_finds_nothing(front: Front, grant: Grant, app: Client) -> None:
    """Neither the page nor the act, and looking at it ends nothing."""
    issued = issue(front, grant, app)
    other = front.browser(front.clinic.join("other-clinician", Role.CLINICIAN))
    other.get("/")
    assert other.get(f"/grants/{grant.id}").status_code == 404
    assert other.post(f"/grants/{grant.id}/tokens").status_code == 404
    assert front.browser(front.clinic.clinician).get(f"/grants/{grant.id}/tokens").status_code == 303
    assert works(front, issued)


def test_what_has_ended_offers_nothing_to_software(front: Front, grant: Grant, app: Client) -> None:
    """Ended is ended for software, and the page no longer speaks of it."""
    issue(front, grant, app)
    holder = front.browser(front.clinic.clinician)
    holder.get(f"/grants/{grant.id}")
    holder.post(f"/grants/{grant.id}/end")
    holder.get(f"/grants/{grant.id}")
    assert "For software" not in holder.page
    assert holder.post(f"/grants/{grant.id}/tokens").status_code == 303
