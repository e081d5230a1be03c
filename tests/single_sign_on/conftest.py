"""A real provider and a real broker that know each other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.settings import Settings
from tests.needs import lacks
from tests.single_sign_on.clinic import Clinic
from tests.single_sign_on.provider.running import SECRET, RunningProvider
from tests.single_sign_on.served_broker import ServedBroker, free_port

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"


@pytest.fixture(scope="session")
def usual_provider() -> Iterator[RunningProvider]:
    """The one most tests use: starting Node takes longer than they do. Each finds it as it was at first."""
    provider = RunningProvider(free_port(), free_port())
    yield provider
    provider.stop()


@pytest.fixture
def clinic_with(tmp_path: Path, usual_provider: RunningProvider) -> Iterator[Callable[..., Clinic]]:
    """Starts both for a policy file of ``policies/`` here; ``provider`` are options of one that differs."""
    running: list[Clinic] = []

    def start(
        policy: str = "groups", *, provider: dict[str, object] | None = None, **settings: object
    ) -> Clinic:
        theirs = usual_provider
        if provider or running:
            theirs = RunningProvider(free_port(), free_port(), **(provider or {}))  # type: ignore[arg-type]
        try:
            theirs.ensure()
        except RuntimeError as error:
            lacks(str(error))
        ours = _settings(tmp_path / f"clinic{len(running)}", policy, theirs, settings)
        running.append(Clinic(ServedBroker(ours), theirs))
        return running[-1]

    yield start
    for clinic in running:
        clinic.broker.stop()
        if clinic.provider is not usual_provider:
            clinic.provider.stop()


@pytest.fixture
def clinic(clinic_with: Callable[..., Clinic]) -> Clinic:
    """Groups give roles, strangers get an account, and a second factor there counts here."""
    return clinic_with()


def _settings(folder: Path, policy: str, theirs: RunningProvider, changed: dict[str, object]) -> Settings:
    policies = folder / "policies"
    shutil.copytree(POLICIES, policies)
    shutil.copy(HERE / "policies" / f"{policy}.yaml", policies / "sign-in.yaml")
    usual = {
        "state_dir": folder / "var",
        "policies_path": policies,
        "port": theirs.broker_port,
        "oidc_issuer": theirs.issuer,
        "oidc_name": "Clinic sign-in",
        "oidc_client_id": "broker",
        "oidc_client_secret": SECRET,
        "oidc_scopes": "openid profile email groups",
        "oidc_private_network": True,
    }
    return Settings(**(usual | changed))  # type: ignore[arg-type]
