"""Which roles are an account's own, through any sequence of grants and of changes by others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.adapters.wordpress_core.record import Lent, Record, read_record, write_record

OWN = ("contributor", "subscriber")
LENT = ("editor", "author", "contributor")
BY_HAND = ("translator", "treasurer")

roles = st.lists(st.sampled_from(LENT), min_size=1, max_size=3, unique=True).map(tuple)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("lend"), st.sampled_from("abc"), roles),
        st.tuples(st.just("end"), st.sampled_from("abc"), st.just(())),
        st.tuples(st.just("by hand"), st.sampled_from(BY_HAND), st.just(())),
    ),
    max_size=12,
)


def lease(*names: str) -> Lent:
    return Lent("nurse", names, 1, 1000)


@settings(max_examples=1000)
@given(steps)
def test_after_the_last_end_the_roles_are_those_without_any_grant(
    taken: list[tuple[str, str, tuple[str, ...]]],
) -> None:
    """As others changed them meanwhile; while something is lent, exactly it is there beside them."""
    site, own, record = OWN, OWN, Record("nurse", OWN)
    for kind, about, names in taken:
        if kind == "by hand":
            own = tuple(role for role in own if role != about) if about in own else (*own, about)
            site = tuple(role for role in site if role != about) if about in site else (*site, about)
            continue
        record = record.seen(site)
        record = record.with_lease(about, lease(*names)) if kind == "lend" else record.without([about])
        site, record = record.wanted, record.settled()
        lent = {role for each in record.lent.values() for role in each.roles}
        assert set(site) == set(own) | lent
        assert set(record.active(site)) == set(record.lent)
    record = record.seen(site).without(record.lent)
    assert record.wanted == own
    assert record.settled().is_over


def test_half_a_write_loses_no_role() -> None:
    """While it is not sure what the site made of the last write, a role that is not seen is not given up."""
    record = replace(Record("nurse", OWN).with_lease("a", lease("editor")), unsure_since=1)
    assert record.seen(()).prior == OWN
    assert record.seen(("contributor", "translator")).prior == (*OWN, "translator")
    assert replace(record, unsure_since=0).seen(("contributor",)).prior == ("contributor",)


def test_a_frozen_account_wants_nothing_and_forgets_nothing() -> None:
    """Its own roles, and what is lent to it, come back on release."""
    frozen = replace(Record("nurse", OWN).with_lease("a", lease("editor")), frozen=True)
    assert frozen.wanted == ()
    assert not frozen.without(["a"]).settled().is_over
    assert replace(frozen.seen(()), frozen=False).wanted == (*OWN, "editor")


def test_what_ended_counts_as_active_until_it_was_read_back() -> None:
    """A role that is still there is said to be there."""
    ending = Record("nurse", OWN).with_lease("a", lease("editor")).without(["a"])
    assert set(ending.active((*OWN, "editor"))) == {"a"}
    assert ending.active(OWN) == {}
    assert not ending.is_over


@given(roles, st.booleans(), st.integers(0, 2**31))
def test_a_record_is_read_as_it_was_written(names: tuple[str, ...], frozen: bool, since: int) -> None:
    """With the order of everything that has one."""
    kept = Record(
        "nurse", OWN, ("manage_options",), {"a": lease(*names)}, {"b": lease("author")}, since, frozen
    )
    assert read_record(write_record(kept)) == kept
