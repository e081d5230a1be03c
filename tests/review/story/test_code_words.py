"""What a person let software have, as a grant's story tells it."""

from __future__ import annotations

import pytest

from broker.credentials.authorizing.refused import CodeFault
from broker.ledger.entry import Entry
from broker.review.story.timeline import read_story
from tests.fakes.past import Past


@pytest.mark.parametrize("fault", [None, *CodeFault])
def test_each_end_of_a_code_is_told(past: Past, fault: CodeFault | None) -> None:
    """By the software's name, with a reason in words; what smells of theft stands out."""
    if fault is CodeFault.UNKNOWN:
        return  # of a code nobody handed out nothing is known
    grant = past.ordinary()
    event, facts = ("code.refused", {"reason": fault.value}) if fault else ("code.allowed", {})
    named = {"code": "code_1", "client": "client_1", "software": "Ward app"}
    with past.store.write() as tx:
        past.ledger.append(tx, Entry(event, grant.person_id, None, grant.id, grant.person_id, named | facts))
    with past.store.read() as reader:
        steps = read_story(reader, past.equipment.catalog, past.notes, grant.id).steps
    step = next(each for each in steps if "Ward app" in each.title)
    assert step.title == ("A code was refused to Ward app" if fault else "clinician let Ward app use it")
    assert "Because:" not in step.text
    assert step.text
    harmless = fault in {None, CodeFault.EXPIRED, CodeFault.SIGNED_OUT, CodeFault.ENDED}
    assert (step.kind == "done") == harmless
