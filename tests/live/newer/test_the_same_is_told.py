"""What Debian's WordPress 6.1 records, 6.5.5 records too: the very same tests, run against it."""

from __future__ import annotations

import pytest

from tests.live.test_events import (
    puller,
    test_lists_are_told_with_their_length,
    test_old_versions_are_the_note_itself,
    test_rights_without_a_patient,
    test_the_editor_opens,
    test_the_story_of_a_grant,
    test_who_may_open_it_anyway_is_told_too,
)
from tests.live.test_outside_changes import (
    boss,
    person,
    plugin,
    test_a_single_capability,
    test_an_account_from_beginning_to_end,
    test_an_administrator_by_database,
    test_application_passwords,
    test_plugins,
    watcher,
)

pytestmark = pytest.mark.live

__all__ = [
    "boss",
    "person",
    "plugin",
    "puller",
    "test_a_single_capability",
    "test_an_account_from_beginning_to_end",
    "test_an_administrator_by_database",
    "test_application_passwords",
    "test_lists_are_told_with_their_length",
    "test_old_versions_are_the_note_itself",
    "test_plugins",
    "test_rights_without_a_patient",
    "test_the_editor_opens",
    "test_the_story_of_a_grant",
    "test_who_may_open_it_anyway_is_told_too",
    "watcher",
]
