"""Waiting for you, and the start page by role."""

from __future__ import annotations

import re

from tests.fakes.front import Front


def test_an_approver_sees_what_waits_oldest_first(front: Front) -> None:
    """The start page counts what waits and leads to the decision."""
    first = front.clinic.ask()
    front.clinic.clock.advance(minutes=1)
    second = front.clinic.ask(entitlement="patient-record")
    approver = front.browser(front.clinic.approver)
    approver.get("/")
    assert 'Waiting for you <span class="count">2</span>' in approver.page
    links = re.findall(r'href="/requests/(req_\w+)/decide"', approver.page)
    assert links == [first.request.id, second.request.id]
    assert "Start emergency access" not in approver.page


def test_the_list_is_silent_until_somebody_asks(front: Front) -> None:
    """Nothing is swapped while nothing changed; a new request is read out."""
    approver = front.browser(front.clinic.approver)
    approver.get("/waiting")
    found = re.search(r'hx-get="([^"]+)"', approver.page)
    assert found
    address = found.group(1).replace("&amp;", "&")
    assert approver.get(address).status_code == 204
    front.clinic.ask()
    assert 'data-announce="1 request waits for you"' in approver.get(address).get_data(as_text=True)


def test_what_was_decided_moves_to_decided_lately(front: Front) -> None:
    """An answered request waits no more, and glass that was broken is shown as such."""
    asked = front.clinic.ask()
    front.clinic.approve(asked.request.id)
    front.clinic.break_glass(entitlement="patient-record")
    approver = front.browser(front.clinic.approver)
    approver.get("/waiting")
    assert "Nobody waits for you" in approver.page
    assert f'href="/requests/{asked.request.id}"' in approver.page
    assert "Glass broken" in approver.page


def test_a_first_of_two_approvals_leaves_ones_own_list(front: Front) -> None:
    """Whoever has agreed is not asked again; the other is."""
    asked = front.clinic.ask(patient_ref="P-2002", entitlement="restricted-record")
    front.clinic.approve(asked.request.id)
    approver, reviewer = front.browser(front.clinic.approver), front.browser(front.clinic.reviewer)
    approver.get("/waiting")
    reviewer.get("/waiting")
    assert "Nobody waits for you" in approver.page
    assert f"/requests/{asked.request.id}/decide" in reviewer.page


def test_a_clinician_has_no_such_list(front: Front) -> None:
    """What others asked for is no business of somebody who decides nothing."""
    front.clinic.ask()
    colleague = front.browser(front.clinic.clinician)
    assert colleague.get("/waiting").status_code == 403
    assert colleague.get("/waiting/now").status_code == 403
    colleague.get("/")
    assert "Waiting for you" not in colleague.page


def test_a_clinician_starts_with_the_one_big_button(front: Front) -> None:
    """Start emergency access is there once, above live access and requests."""
    asked = front.clinic.ask()
    clinician = front.browser(front.clinic.clinician)
    clinician.get("/")
    assert clinician.page.count("Start emergency access") == 1
    order = [clinician.page.index(words) for words in ("Start emergency", "Live access", "Your requests")]
    assert order == sorted(order)
    assert f'href="/requests/{asked.request.id}"' in clinician.page
