"""Callers of every kind in front of one clinic."""

from __future__ import annotations

import pytest

from tests.fakes.front import Front
from tests.fakes.software import Caller, by_session


@pytest.fixture
def clinician(front: Front) -> Caller:
    return by_session(front, front.clinic.clinician)


@pytest.fixture
def approver(front: Front) -> Caller:
    return by_session(front, front.clinic.approver)


@pytest.fixture
def reviewer(front: Front) -> Caller:
    return by_session(front, front.clinic.reviewer)


@pytest.fixture
def admin(front: Front) -> Caller:
    return by_session(front, front.clinic.admin)
