"""Whether the accounts that people have on a site could be used now: an emergency is too late to find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from broker.adapters.port import BATCH_LIMIT, Adapter
from broker.sites.finding import Finding
from broker.sites.register import Site

_SENTENCES = {
    "unknown_account": "The site knows no account {login}. Link the right one: broker site link-account {site} EMAIL LOGIN",
    "inactive": "{login} is switched off on the site. Switch the account on there.",
    "not_a_member": "{login} belongs to the network but not to this site of it. Add the account to the site there.",
    "no_role": "{login} has no role on the site, and cannot sign in there. Give it one that opens little.",
    "locked": "{login} is locked on the site after wrong passwords. Unlock the account there.",
    "password_old": "The password of {login} is too old for the site. Let them sign in there once and change it.",
    "no_second_factor": "{login} has no second factor on the site yet. Let them sign in there once and set it up.",
    "expired": "The account {login} has expired on the site. Renew it there.",
    "frozen": "{login} is frozen on the site, and nothing can be granted to it until it is released.",
}


def account_findings(site: Site, adapter: Adapter, logins: Sequence[str]) -> Iterator[Finding]:
    """One for each problem of each account, one for all that are ready. Raises what the adapter raises."""
    if not logins:
        words = f"Nobody has an account linked there. Run: broker site link-account {site.id} EMAIL LOGIN"
        yield Finding(good=False, words=words)
        return
    problems: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(logins), BATCH_LIMIT):
        problems |= adapter.readiness(logins[start : start + BATCH_LIMIT])
    for login in logins:
        for sentence in sentences(site, login, problems.get(login, ())):
            yield Finding(good=False, words=sentence)
    ready = sum(not problems.get(login) for login in logins)
    if ready:
        who = "1 linked account is" if ready == 1 else f"{ready} linked accounts are"
        yield Finding(good=True, words=f"{who} ready to be used.")


def sentences(site: Site, login: str, words: Sequence[str]) -> list[str]:
    """What a site's words about an account mean, with what to do."""
    facts: Mapping[str, str] = {"login": login, "site": site.id}
    unknown = "The site says of {login}: {word}. Look at the account there."
    return [_SENTENCES.get(word, unknown).format(**facts, word=word) for word in words]
