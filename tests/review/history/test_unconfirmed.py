from broker.review.history.unconfirmed import unconfirmed_revocations
from broker.revocation.sweep import sweep
from tests.fakes.past import Past


def test_what_would_not_go_away_is_listed_until_it_is_gone(past: Past) -> None:
    """A revocation stays on the list with its tries and last fault, and leaves it when the site confirms."""
    grant = past.unconfirmed()
    with past.store.read() as reader:
        (stuck,) = unconfirmed_revocations(reader, past.equipment.catalog)
    assert stuck.row.grant_id == grant.id
    assert stuck.tries > 1
    assert stuck.fault == "The site does not answer."
    past.site.fault = ""
    past.clock.advance(hours=2)
    sweep(past.equipment)
    with past.store.read() as reader:
        assert unconfirmed_revocations(reader, past.equipment.catalog) == ()


def test_a_revocation_under_way_is_nobodys_worry_yet(past: Past) -> None:
    """The first tries are ordinary."""
    grant = past.on_site()
    past.site.fault = "down"
    past.ended(grant)
    with past.store.read() as reader:
        assert unconfirmed_revocations(reader, past.equipment.catalog) == ()
