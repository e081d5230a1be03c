"""What receivers hear, and that it holds nothing of a patient."""

from __future__ import annotations

import json

from broker.access.hand_back import hand_back
from broker.access.revoke import revoke
from broker.credentials.signals.said import Event
from broker.revocation.sweep import sweep
from tests.credentials.signals.conftest import AUDIENCE, ISSUER, RECORDS, Office
from tests.credentials.signals.receiver_server import ReceiverServer


def test_the_end_of_access_names_the_grant_and_its_holder(office: Office, receiver: ReceiverServer) -> None:
    """CAEP session-revoked for the session whose id is the grant's, signed, made out to the receiver."""
    office.add(receiver.url)
    grant = office.grant()
    hand_back(office.clinic.equipment, office.clinic.clinician.person, grant)
    office.ring()
    (event,) = receiver.events(Event.SESSION_REVOKED.uri)
    assert event["set"]["sub_id"] == {
        "format": "complex",
        "session": {"format": "opaque", "id": grant},
        "user": {"format": "iss_sub", "iss": ISSUER, "sub": office.clinic.clinician.id},
    }
    assert (event["set"]["iss"], event["set"]["aud"]) == (ISSUER, AUDIENCE)
    assert event["initiating_entity"] == "user"


def test_every_token_that_was_out_is_named_once(office: Office, receiver: ReceiverServer) -> None:
    """Token-claims-change by jti, good until now and for nothing; the same cause as the end of access."""
    office.add(receiver.url)
    grant = office.grant()
    token = office.token(grant)
    office.clinic.clock.advance(seconds=20)
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    office.ring()
    (ended,), (changed,) = (receiver.events(each.uri) for each in Event)
    assert changed["set"]["sub_id"] == {"format": "jwt_id", "iss": ISSUER, "jti": token.jti}
    at = int(office.clinic.clock.now().timestamp())
    assert changed["claims"] == {"exp": at, "authorization_details": []}
    assert changed["event_timestamp"] == ended["event_timestamp"] == at
    assert changed["set"]["txn"] == ended["set"]["txn"]
    assert changed["initiating_entity"] == "admin"


def test_a_token_that_was_over_before_is_not_told(office: Office, receiver: ReceiverServer) -> None:
    """Access that runs out is told as one session; its tokens ended before it by themselves."""
    office.add(receiver.url)
    grant = office.grant()
    office.token(grant, minutes=5)
    office.clinic.clock.advance(minutes=16)
    sweep(office.clinic.equipment)
    office.ring()
    (event,) = receiver.events(Event.SESSION_REVOKED.uri)
    assert event["initiating_entity"] == "policy"
    assert receiver.events(Event.TOKEN_CLAIMS_CHANGE.uri) == []


def test_who_asked_for_one_audience_hears_of_that_one(office: Office, receiver: ReceiverServer) -> None:
    """Neither the token for another audience nor access that gave no token for this one."""
    office.add(receiver.url, concerned_with=RECORDS)
    first, second = office.grant(), office.grant()
    office.token(first)
    office.token(first, audience="https://shop.example/orders")
    office.token(second, audience="https://else.example/records")
    for grant in (first, second):
        revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    office.ring()
    assert [
        each["set"]["sub_id"]["session"]["id"] for each in receiver.events(Event.SESSION_REVOKED.uri)
    ] == [first]
    assert len(receiver.events(Event.TOKEN_CLAIMS_CHANGE.uri)) == 1


def test_what_is_sent_holds_nothing_of_the_patient(office: Office, receiver: ReceiverServer) -> None:
    """Not the clinic's id, not the note, not our own id of the patient."""
    office.add(receiver.url)
    grant = office.grant()
    office.token(grant)
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    office.ring()
    whole = json.dumps(receiver.taken)
    assert len(receiver.taken) == 2
    for never in ("P-1001", office.clinic.patient.id, "collapsed", "unresponsive", "clinic.example/P"):
        assert never not in whole


def test_an_event_is_no_token_and_never_ends(office: Office, receiver: ReceiverServer) -> None:
    """Typed secevent+jwt, without sub, exp or scope: nobody can take it for an access token."""
    office.add(receiver.url)
    grant = office.grant()
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    office.ring()
    (claims,) = receiver.taken
    assert set(claims) == {"iss", "aud", "jti", "iat", "txn", "sub_id", "events"}
    assert len(claims["events"]) == 1
    assert receiver.headers[0]["Content-Type"] == "application/secevent+jwt"


def test_each_signature_names_its_key(office: Office, receiver: ReceiverServer) -> None:
    """So that a receiver finds the key after a rotation; what waited is signed by the new one."""
    office.add(receiver.url)
    receiver.answer = 503
    grant = office.grant()
    revoke(office.clinic.equipment, office.clinic.admin.person, grant)
    office.ring()
    office.keys.rotate()
    office.keys.withdraw_oldest()
    receiver.answer = 202
    office.clinic.clock.advance(minutes=1)
    office.ring()
    assert len(receiver.taken) == 1
