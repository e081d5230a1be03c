"""What holds on Debian's WordPress 6.1 holds on 6.5.5: the very same tests, run against it."""

from __future__ import annotations

import pytest

from tests.live.test_end_of_access import (
    test_companion_switched_off_and_on,
    test_expiry_bites_before_the_sweep,
    test_expiry_needs_no_broker,
    test_old_lease_after_revocation,
    test_overlapping_grants,
    test_revoking,
    test_tombstone_before_the_lease,
    test_two_grants_for_the_same_patient,
)
from tests.live.test_holder import (
    test_a_patient_id_is_exact,
    test_a_type_with_everyday_capabilities,
    test_another_person_gains_nothing,
    test_api_key_inherits_nothing,
    test_application_password_inherits_nothing,
    test_beyond_editing,
    test_cookies_without_the_nonce_are_nobody,
    test_fixed_fields,
    test_lists_and_counts_in_rest,
    test_nothing_without_a_lease,
    test_one_patient_and_no_other,
    test_primitive_capabilities,
    test_prohibitions_stand,
    test_reading_is_not_editing,
    test_xml_rpc_inherits_nothing,
)
from tests.live.test_trust import (
    test_calls_that_are_not_the_brokers,
    test_damaged_table,
    test_edited_row,
    test_health,
    test_invented_row,
    test_lease_refused_by_name,
    test_locked_rest,
    test_logins_are_exact,
    test_paired_under_another_name,
    test_pretty_addresses_reach_the_same_routes,
    test_replayed_call,
)
from tests.live.test_wp_admin import (
    test_block_editor_offers_update,
    test_editor_form_saves,
    test_editor_opens_that_patient_only,
    test_list_cannot_be_talked_into_more,
    test_list_shows_that_patient_only,
    test_missing_pairing_is_announced,
    test_other_pages_stay_closed,
    test_own_lists_are_not_taken_away,
    test_patient_mark_stays,
    test_the_holder_is_told_until_when,
)
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live

__all__ = [
    "test_a_patient_id_is_exact",
    "test_a_type_with_everyday_capabilities",
    "test_another_person_gains_nothing",
    "test_api_key_inherits_nothing",
    "test_application_password_inherits_nothing",
    "test_beyond_editing",
    "test_block_editor_offers_update",
    "test_calls_that_are_not_the_brokers",
    "test_companion_switched_off_and_on",
    "test_cookies_without_the_nonce_are_nobody",
    "test_damaged_table",
    "test_edited_row",
    "test_editor_form_saves",
    "test_editor_opens_that_patient_only",
    "test_expiry_bites_before_the_sweep",
    "test_expiry_needs_no_broker",
    "test_fixed_fields",
    "test_health",
    "test_invented_row",
    "test_lease_refused_by_name",
    "test_list_cannot_be_talked_into_more",
    "test_list_shows_that_patient_only",
    "test_lists_and_counts_in_rest",
    "test_locked_rest",
    "test_logins_are_exact",
    "test_missing_pairing_is_announced",
    "test_nothing_without_a_lease",
    "test_old_lease_after_revocation",
    "test_one_patient_and_no_other",
    "test_other_pages_stay_closed",
    "test_overlapping_grants",
    "test_own_lists_are_not_taken_away",
    "test_paired_under_another_name",
    "test_patient_mark_stays",
    "test_pretty_addresses_reach_the_same_routes",
    "test_primitive_capabilities",
    "test_prohibitions_stand",
    "test_reading_is_not_editing",
    "test_replayed_call",
    "test_revoking",
    "test_the_holder_is_told_until_when",
    "test_tombstone_before_the_lease",
    "test_two_grants_for_the_same_patient",
    "test_xml_rpc_inherits_nothing",
]


def test_it_is_the_newer_one(wordpress: WordPressSite) -> None:
    """Or all of this would prove nothing new."""
    assert wordpress.run_php("echo get_bloginfo('version');") == "6.5.5"
