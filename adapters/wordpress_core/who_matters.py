"""Which accounts of a site could do harm without any lease."""

from __future__ import annotations

from collections.abc import Iterator

from broker.adapters.wordpress_core.accounts import Account, Accounts

# Whoever holds one of them can change what others see, or read what is not public.
_TELLING = ("manage_options", "promote_users", "edit_users", "edit_others_posts", "manage_woocommerce")


def who_matters(accounts: Accounts) -> Iterator[Account]:
    """Accounts with standing rights beyond their own things, at most a thousand."""
    for account in accounts.every(capabilities=",".join(_TELLING)):
        if account.capabilities & set(_TELLING):  # WordPress before 5.9 does not know the filter
            yield account
