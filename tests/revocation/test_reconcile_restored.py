"""A site whose database is older than it was revives nothing."""

from __future__ import annotations

import pytest

from broker.access.contain import Containment, contain
from broker.adapters.lease import ContainmentAction
from broker.adapters.pairing import Pairing
from broker.errors import SiteError
from broker.revocation.reconcile.one_site import reconcile_site
from broker.sites.register import newest_version
from tests.fakes.site import FakeSite
from tests.revocation.watched import Watched


def backup(site: FakeSite) -> dict[str, object]:
    return {
        "leases": dict(site.leases),
        "tombstones": dict(site.tombstones),
        "mark": site.mark,
        "frozen": dict(site.frozen),
        "rules": list(site.rules),
        "orders": list(site.orders),
    }


def restore(site: FakeSite, saved: dict[str, object], *, noticed: bool) -> None:
    """``noticed``: the site has a mark outside its database, and enforces nothing until it is told to go on."""
    vars(site).update(saved)
    site.restored = noticed


@pytest.mark.parametrize("noticed", [True, False])
def test_a_restored_site_is_told_every_end_again_before_it_goes_on(watched: Watched, noticed: bool) -> None:
    """Ends first, then resume, then what is granted now; afterwards it enforces exactly that."""
    ended = watched.granted()
    watched.look()
    saved = backup(watched.site)
    watched.ended(ended)
    later = watched.granted()
    watched.look()
    restore(watched.site, saved, noticed=noticed)
    watched.site.calls.clear()
    watched.look()
    if noticed:
        sent = [call for call in watched.site.calls if call in {"revoke", "resume", "apply"}]
        assert sent == ["revoke", "resume", "apply"]
    assert set(watched.site.leases) == {later.id}
    assert watched.site.opens(later.id)
    assert watched.kinds() == []
    assert watched.told("site.restored")[0].entry.facts["revocations"] == 1
    with watched.store.read() as reader:
        assert watched.site.mark <= newest_version(reader, "clinic")


def test_a_site_that_fails_in_the_middle_is_begun_anew(watched: Watched) -> None:
    """Until every step was answered the difference stays, and nothing revives."""
    ended = watched.granted()
    watched.look()
    saved = backup(watched.site)
    watched.ended(ended)
    watched.look()
    restore(watched.site, saved, noticed=True)
    watched.site.fault = "timeout"
    watched.look()
    assert watched.kinds() == ["rolled_back"]
    assert watched.site.restored
    watched.site.fault = ""
    watched.clock.advance(minutes=3)
    watched.look()
    assert watched.kinds() == []
    assert not watched.site.leases


def test_a_restored_site_gets_its_rule_and_its_frozen_accounts_back(watched: Watched) -> None:
    """What was ordered beside leases is as old as the backup, too."""
    watched.rules(stop_super_admins=True)
    watched.look()
    saved = backup(watched.site)
    what = Containment("clinic", "mallory", (ContainmentAction.FREEZE,))
    contain(watched.equipment, what, actor="broker")
    watched.look()
    restore(watched.site, saved, noticed=True)
    watched.site.rules.clear()
    watched.look()
    assert "mallory" in watched.site.frozen
    assert len(watched.site.rules) == 1
    assert watched.kinds() == []
    assert len(watched.told("site.contain_ordered")) == 1


def test_who_was_let_in_again_is_not_shut_out_by_a_backup(watched: Watched) -> None:
    """The last word about an account stands, whichever it was."""
    contain(watched.equipment, Containment("clinic", "mallory", (ContainmentAction.FREEZE,)), actor="broker")
    watched.look()
    saved = backup(watched.site)
    contain(watched.equipment, Containment("clinic", "mallory", (ContainmentAction.RELEASE,)), actor="broker")
    watched.look()
    restore(watched.site, saved, noticed=True)
    watched.look()
    assert watched.site.frozen == {}
    assert watched.kinds() == []


def test_a_silent_restored_site_is_not_called_settled(watched: Watched) -> None:
    """Nothing is believed of a site that does not answer."""
    watched.granted()
    watched.look()
    watched.site.mark, watched.site.restored, watched.site.fault = 0, True, "down"
    with pytest.raises(SiteError):
        reconcile_site(watched.equipment, "clinic")
    watched.site.fault = ""
    reconcile_site(watched.equipment, "clinic")
    assert not watched.site.restored


def test_a_restored_site_that_refuses_is_shown_with_its_word(watched: Watched) -> None:
    """Also where it looks right again by its mark: what it did not take stays open, with how often it was tried."""
    ended = watched.granted()
    watched.look()
    saved = backup(watched.site)
    watched.ended(ended)
    watched.look()
    watched.look()
    restore(watched.site, saved, noticed=False)
    right, watched.site.pairing = (
        watched.site.pairing,
        Pairing("clinic", "somebody else", watched.site.pairing.keys),
    )
    watched.look()
    (drift,) = [each for each in watched.drifts() if each.kind == "rolled_back"]
    assert (drift.tries, drift.fault) == (1, "The site refused what it has to be told again: wrong_issuer.")
    watched.site.pairing = right
    watched.look()
    assert watched.kinds() == []
