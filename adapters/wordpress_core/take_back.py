"""Many grants taken back at once, account by account."""

from __future__ import annotations

from collections.abc import Mapping

from broker.adapters.lease import RevocationClaims
from broker.adapters.port import Answer, Outcome
from broker.adapters.wordpress_core.accounts import Accounts
from broker.adapters.wordpress_core.lend import Lending
from broker.adapters.wordpress_core.notebook import Notebook
from broker.adapters.wordpress_core.refusals import Refusal

DONE = Outcome(Answer.DONE)


def refused(reason: str) -> Outcome:
    return Outcome(Answer.REFUSED, reason)


class TakingBack:
    """One account's trouble keeps no other's roles; a site that does not answer is asked no further."""

    def __init__(self, accounts: Accounts, book: Notebook, lending: Lending) -> None:
        self._accounts = accounts
        self._book = book
        self._lending = lending

    def take_back(self, revocations: Mapping[str, RevocationClaims | str]) -> dict[str, Outcome]:
        """By id; a word in place of claims is why they could not be read. SiteError when nothing could be done."""
        ended = {id_: claims for id_, claims in revocations.items() if not isinstance(claims, str)}
        outcomes = {id_: refused(why) for id_, why in revocations.items() if isinstance(why, str)}
        failed = self._end(list(ended.values()))
        if failed and len(failed) == len(ended):
            raise next(iter(failed.values()))
        for id_, claims in ended.items():
            outcomes[id_] = refused("not_taken_back") if claims.grant in failed else DONE
        return outcomes

    def _end(self, ended: list[RevocationClaims]) -> dict[str, Refusal]:
        """What the site said no to, by grant."""
        held: dict[int, list[str]] = {}
        for claims in ended:
            self._book.keep_ended(claims.grant, claims.keep_until)
            number = self._book.holder(claims.grant)
            if number is not None:
                held.setdefault(number, []).append(claims.grant)
        if ended and not held:
            self._accounts.own()  # nothing is called done on a site that does not answer
        failed: dict[str, Refusal] = {}
        for number, grants in held.items():
            try:
                self._lending.take_back(number, grants)
            except Refusal as error:
                failed |= dict.fromkeys(grants, error)
        return failed
