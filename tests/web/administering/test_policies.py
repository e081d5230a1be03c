from broker.policy.durations import in_words
from tests.fakes.front import Front
from tests.fakes.past import Past


def test_every_offer_stands_there_in_words(past: Past, archive: Front) -> None:
    """An administrator reads what policy says without opening a file, and its digest."""
    catalog, admin = past.equipment.catalog, archive.browser(past.admin)
    assert admin.get("/policies").status_code == 200
    assert catalog.digest in admin.page
    for offer in catalog.entitlements.values():
        assert offer.title in admin.page.replace("&#39;", "'")
        assert f"at most {in_words(offer.durations.maximum)}" in admin.page
    assert "2 different people of: " in admin.page
    assert "Not possible" in admin.page
