"""What the doctor says of the provider."""

from __future__ import annotations

from broker.identity.signing_in.local_accounts import IN_USE, LocalAccounts
from broker.identity.single_sign_on.provider.examine import examine_provider
from tests.identity.single_sign_on.conftest import ISSUER, Published


def test_a_provider_that_answers_is_well(published: Published) -> None:
    """With how many keys, and what it lacks."""
    found = examine_provider(published.provider, IN_USE)
    assert all(each.good for each in found)
    assert f"{ISSUER} answers, and publishes 3 keys it signs with." in [each.words for each in found]
    assert any("no address to sign out at" in each.words for each in found)


def test_one_that_does_not_is_not(published: Published) -> None:
    """Down, or somebody else than it was."""
    published.down = True
    assert [each.good for each in examine_provider(published.provider, IN_USE)] == [False]
    published.down = False
    published.documents[f"{ISSUER}/.well-known/openid-configuration"]["issuer"] = "https://evil.example"
    (said,) = examine_provider(published.provider, IN_USE)
    assert "another issuer" in said.words


def test_somebody_has_to_get_in_while_it_is_down(published: Published) -> None:
    """An emergency does not wait for a provider."""
    closed = examine_provider(published.provider, LocalAccounts(on=False))
    assert [each.good for each in closed][-1] is False
    kept = examine_provider(
        published.provider, LocalAccounts(on=False, exceptions=frozenset({"a@b.example"}))
    )
    assert all(each.good for each in kept)
