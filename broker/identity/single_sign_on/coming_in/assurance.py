"""How strongly the provider signed somebody in, held against what was asked for.

A provider may answer with less than it was asked for, and the client library takes
that: the judgement is ours.
"""

from __future__ import annotations

from datetime import datetime

from broker.identity.single_sign_on.coming_in.id_token import SKEW, Vouched
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.rules import Rules


def check_assurance(vouched: Vouched, rules: Rules, now: datetime) -> None:
    """SignOnRefused (WEAK) for another way of signing in than policy names, or one too long ago."""
    if rules.acr_values and vouched.acr not in rules.acr_values:
        raise SignOnRefused(Why.WEAK, "acr")
    if rules.amr_values and not set(rules.amr_values) & set(vouched.amr):
        raise SignOnRefused(Why.WEAK, "amr")
    if rules.max_age is None:
        return
    if vouched.auth_time is None or now - vouched.auth_time > rules.max_age + SKEW:
        raise SignOnRefused(Why.WEAK, "auth_time")


def proves_factor(vouched: Vouched, rules: Rules) -> bool:
    """Whether this sign-in stands for both factors: policy says so, and names what proves it."""
    named = vouched.acr in rules.acr_values or bool(set(rules.amr_values) & set(vouched.amr))
    return rules.counts_as_factor and named
