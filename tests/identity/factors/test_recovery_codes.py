from __future__ import annotations

import re
import threading

from broker.identity.factors.recovery_codes import consume, how_many_left, make_codes
from broker.identity.factors.refusal import Reason
from broker.identity.tables import recovery_codes


def test_ten_codes_that_can_be_read_aloud(clinician):
    """Groups of four without letters that look alike; none twice."""
    codes = clinician.recovery_codes
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


def test_a_recovery_code_works_once(store, clinician):
    """Then it says that it was used, and the others are still good."""
    code = clinician.recovery_codes[0]
    with store.write() as tx:
        assert consume(tx, clinician.id, code) is None
        assert consume(tx, clinician.id, code).reason is Reason.SPENT
        assert how_many_left(tx, clinician.id) == 9


def test_it_may_be_typed_in_any_common_way(store, clinician):
    """Small letters, no dashes, O for 0 and l for 1."""
    code = next(code for code in clinician.recovery_codes if {"0", "1"} & set(code))
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    with store.write() as tx:
        assert consume(tx, clinician.id, typed) is None


def test_a_code_of_somebody_else_is_wrong(store, clinician, newcomer):
    """Codes belong to one person."""
    with store.write() as tx:
        make_codes(tx, newcomer)
        assert consume(tx, newcomer, clinician.recovery_codes[0]).reason is Reason.WRONG


def test_new_codes_replace_the_old_list(store, clinician):
    """The paper that was lost is worthless."""
    with store.write() as tx:
        fresh = make_codes(tx, clinician.id)
        assert consume(tx, clinician.id, clinician.recovery_codes[0]).reason is Reason.WRONG
        assert consume(tx, clinician.id, fresh[0]) is None


def test_of_two_submits_that_race_one_is_accepted(store, clinician):
    """A recovery code lets one act through, not two."""
    barrier, answers = threading.Barrier(4), []

    def submit():
        barrier.wait()
        with store.write() as tx:
            answers.append(consume(tx, clinician.id, clinician.recovery_codes[0]))

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(None) == 1
    assert len(answers) == 4


def test_only_digests_are_stored(store, clinician):
    """The list on paper is the only copy."""
    with store.read() as reader:
        stored = repr(reader.all(recovery_codes.select()))
    assert not any(code in stored or code.replace("-", "") in stored for code in clinician.recovery_codes)
