from collections import Counter
from dataclasses import dataclass, field

import pytest

from broker.errors import NotFound
from broker.notify.deliver import CLAIM, LONGEST_PAUSE, MOST_TRIES, TOO_OLD, Delivered, deliver_due, pause
from broker.notify.message import Message, MessageState
from broker.notify.read import list_messages, message, messages_about
from broker.notify.send import KeepInOutbox, NotSent

pytestmark = pytest.mark.disable_socket


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the product catches it."""


@dataclass
class Hand:
    """Sends into a list; ``faults`` by address are raised instead."""

    faults: dict[str, BaseException] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    sends: bool = True

    def send(self, message: Message) -> None:
        self.tried.append(message.id)
        name = message.address.partition("@")[0]
        if name in self.faults:
            raise self.faults[name]
        self.sent.append(message.id)


def test_what_is_due_is_sent_once(clinic, store, outbox):
    """Every message leaves, is marked with the time, and is not sent again."""
    clinic.ask()
    hand = Hand()
    assert deliver_due(store, hand) == Delivered(sent=2)
    assert deliver_due(store, hand) == Delivered()
    assert Counter(hand.sent) == {m.id: 1 for m in outbox()}
    assert all(
        m.state is MessageState.SENT and m.sent_at == clinic.clock.now() and m.tries == 1 for m in outbox()
    )


@pytest.mark.parametrize("fault", [NotSent("550 no such user"), ValueError("a bug")])
def test_one_bad_message_does_not_hold_up_the_others(clinic, store, outbox, fault):
    """A refusal, or a bug in building one message, costs that message a pause and the others nothing."""
    clinic.ask()
    hand = Hand({"approver": fault})
    assert deliver_due(store, hand) == Delivered(sent=1, failed=1)
    (bad,) = [m for m in outbox() if m.state is MessageState.WAITING]
    assert bad.last_fault
    assert bad.next_try_at > clinic.clock.now()
    hand.faults.clear()
    clinic.clock.advance(minutes=1)
    assert deliver_due(store, hand) == Delivered(sent=1)
    assert message_at(store, bad.id).last_fault is None


def message_at(store, message_id):
    with store.read() as reader:
        return message(reader, message_id)


def test_a_bug_puts_its_kind_and_not_its_words_on_the_page(clinic, store, outbox):
    """An unexpected error may hold anything, so only its name is kept."""
    clinic.ask()
    deliver_due(store, Hand({"approver": ValueError("secret"), "second-approver": ValueError("secret")}))
    assert all("ValueError" in m.last_fault and "secret" not in m.last_fault for m in outbox())


def test_a_message_is_given_up_after_many_refusals_and_stays_visible(clinic, store, outbox):
    """Twenty answers of no, then it is dead, shown with its reason, and never tried again."""
    clinic.ask()
    hand = Hand({"approver": NotSent("550 no\r\nsuch user")})
    total = Delivered()
    for _ in range(MOST_TRIES + 5):
        done = deliver_due(store, hand)
        total = Delivered(total.sent + done.sent, total.failed + done.failed, total.dead + done.dead)
        clinic.clock.advance(hours=2)
    assert total == Delivered(sent=1, failed=MOST_TRIES - 1, dead=1)
    (dead,) = [m for m in outbox() if m.state is MessageState.DEAD]
    assert (dead.tries, dead.last_fault) == (MOST_TRIES, "550 no such user")


def test_a_server_that_is_away_is_knocked_at_once_a_pass_and_costs_no_tries(clinic, store, outbox):
    """An outage of a day gives nothing up, and the first pass after it sends everything."""
    clinic.ask()
    hand = Hand({name: NotSent("no route", server_away=True) for name in ("approver", "second-approver")})
    for passes in range(1, 25):
        assert deliver_due(store, hand) == Delivered(failed=1)
        assert len(hand.tried) == passes
        clinic.clock.advance(hours=1)
    assert {(m.tries, m.last_fault) for m in outbox()} == {(0, "no route")}
    hand.faults.clear()
    assert deliver_due(store, hand) == Delivered(sent=2)


def test_what_waited_for_days_is_given_up_instead_of_confusing_people(clinic, store, outbox):
    """A mail server set up a week later does not send last week's questions."""
    clinic.ask()
    clinic.clock.advance(seconds=TOO_OLD.total_seconds())
    hand = Hand()
    assert deliver_due(store, hand) == Delivered(dead=2)
    assert hand.tried == []
    assert all(m.state is MessageState.DEAD for m in outbox())


def test_killed_between_sending_and_writing_down_it_is_sent_again(clinic, store):
    """At least once: after the claim has run out the same message, with the same id, goes again."""
    clinic.ask()

    class Dies(Hand):
        def send(self, message: Message) -> None:
            super().send(message)
            raise Killed

    first = Dies()
    with pytest.raises(Killed):
        deliver_due(store, first)
    second = Hand()
    assert deliver_due(store, second).sent == 1
    assert first.sent[0] not in second.sent
    clinic.clock.advance(seconds=CLAIM.total_seconds())
    assert deliver_due(store, second).sent == 1
    assert second.sent[-1] == first.sent[0]


def test_two_processes_do_not_send_the_same_message(clinic, store):
    """While one is sending a message, another pass finds the rest and not this one."""
    clinic.ask()
    other = Hand()

    class Meanwhile(Hand):
        def send(self, message: Message) -> None:
            deliver_due(store, other)
            super().send(message)

    one = Meanwhile()
    deliver_due(store, one)
    assert len(one.sent + other.sent) == len({*one.sent, *other.sent}) == 2
    assert other.sent


def test_a_late_failure_does_not_unsend_what_another_process_sent(clinic, store, outbox):
    """A pass that was so slow that its claim ran out cannot overwrite the success of the next."""
    clinic.ask()

    class Late(Hand):
        def send(self, message: Message) -> None:
            clinic.clock.advance(seconds=CLAIM.total_seconds())
            deliver_due(store, Hand())
            raise NotSent("timed out")

    deliver_due(store, Late())
    assert all(m.state is MessageState.SENT and m.last_fault is None for m in outbox())


def test_sending_holds_no_transaction(clinic, store):
    """While a message is on its way the store can be written by anybody."""
    clinic.ask()

    class Writes(Hand):
        def send(self, message: Message) -> None:
            clinic.ask()
            super().send(message)

    assert deliver_due(store, Writes(), limit=1) == Delivered(sent=1)


def test_without_a_mail_server_everything_stays_in_the_outbox(clinic, store, outbox):
    """Nothing is claimed, tried or given up, however often it is asked for."""
    clinic.ask()
    before = outbox()
    assert deliver_due(store, KeepInOutbox()) == Delivered()
    assert outbox() == before
    with pytest.raises(NotSent):
        KeepInOutbox().send(before[0])


def test_pauses_grow_to_a_cap_and_are_spread():
    """Each pause is at least as long as the one before, never beyond the cap and its half."""
    pauses = [pause(tries, 0.0) for tries in range(1, MOST_TRIES)]
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1] == LONGEST_PAUSE
    assert pause(10_000, 0.999) < LONGEST_PAUSE * 1.5
    assert pause(3, 0.0) < pause(3, 0.5)


def test_the_outbox_can_be_looked_through(clinic, store):
    """Newest first, by page, by person, and everything about one request."""
    first, second = clinic.ask().request, clinic.ask().request
    clinic.approve(first.id)
    with store.read() as reader:
        every = list_messages(reader)
        assert [m.event for m in every] == ["request.approved"] + ["request.asked"] * 4
        assert list_messages(reader, 2) + list_messages(reader, 10, skip=2) == every
        assert len(list_messages(reader, recipient_id=clinic.approver.id)) == 2
        assert [m.event for m in messages_about(reader, first.id)] == ["request.asked"] * 2 + [
            "request.approved"
        ]
        assert len(messages_about(reader, second.id)) == 2
        with pytest.raises(NotFound):
            message(reader, "mail_absent")
