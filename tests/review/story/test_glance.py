from datetime import timedelta

from sqlalchemy import update

from broker.access.activate import activate
from broker.access.tables import grants
from broker.review.story.glance import at_a_glance
from broker.review.story.timeline import read_story
from tests.fakes.past import Past


def figures(past: Past, grant_id: str) -> dict[str, str]:
    with past.store.read() as reader:
        told = read_story(reader, past.equipment.catalog, past.notes, grant_id)
        found = at_a_glance(told, reader.at)
    return {each.label: f"{each.value}{'' if each.tone == 'plain' else ' !'}" for each in found}


def test_an_ordinary_grant_is_told_in_a_line(past: Past) -> None:
    """How long was waited, whether it was used, how it ended, how soon it was gone."""
    request = past.ask(entitlement="wordpress-notes").request
    past.clock.advance(minutes=3)
    granted = past.approve(request.id).grant
    assert granted is not None
    past.ended(activate(past.equipment, granted.id))
    told = figures(past, granted.id)
    assert told["Approved after"] == "3 min"
    assert told["Live after"] == "0.0 s"
    assert told["Ended"] == "handed back"
    assert told["Gone"] == "0.0 s after its end"
    assert "Review" not in told


def test_what_somebody_should_look_at_stands_out(past: Past) -> None:
    """A broken glass, a late end and an overdue review are marked; what is as it should be is not."""
    grant = past.ended(past.broken())
    with past.store.write() as tx:
        late = grant.revoked_at and grant.revoked_at + timedelta(minutes=4)
        tx.execute(update(grants).where(grants.c.id == grant.id).values(revoked_at=late))
    past.clock.advance(hours=30)
    told = figures(past, grant.id)
    assert told["Approved by"] == "nobody, glass broken !"
    assert told["Used"] == "never"
    assert told["Gone"] == "4 min after its end !"
    assert told["Review"] == "overdue for 6 h !"


def test_an_end_nobody_confirmed_says_for_how_long(past: Past) -> None:
    """What a site would not confirm is never called gone."""
    told = figures(past, past.unconfirmed().id)
    assert told["Gone"].startswith("not confirmed for ")
    assert told["Gone"].endswith("h !")


def test_a_live_grant_has_no_end_yet(past: Past) -> None:
    """Nothing is said of what has not happened."""
    told = figures(past, past.ordinary().id)
    assert "Ended" not in told
    assert "Gone" not in told
