from sqlalchemy import update

from broker.identity.people import Role, add_person
from broker.identity.tables import people
from tests.fakes.front import Front
from tests.fakes.past import Past


def test_everybody_is_listed_with_roles_and_factor(past: Past, archive: Front) -> None:
    """An administrator sees who has an account, as what, and who still lacks a second factor."""
    with past.store.write() as tx:
        both = [Role.REVIEWER, Role.APPROVER]
        added = add_person(
            tx, past.ledger, email="new@clinic.example", name="new", roles=both, actor="broker"
        )
        tx.execute(update(people).where(people.c.id == added.id).values(disabled_at=tx.at))
    admin = archive.browser(past.admin)
    admin.get("/people")
    row = admin.page[admin.page.index("new@clinic.example") :].split("</tr>")[0]
    for words in ("Approver, Reviewer", "<span>No</span>", "Switched off"):
        assert words in row
    assert admin.page.count("<span>Yes</span>") == 5
