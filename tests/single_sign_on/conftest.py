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

POLICIES = Path(__file__).parents[2] / "policies"
HERE = Path(__file__).parent


@pytest.fixture
def clinic_with(tmp_path: Path) -> Iterator[Callable[..., Clinic]]:
    """Starts both for a policy file of ``policies/`` here; ``provider`` are options of the provider."""
    running: list[Clinic] = []

    def start(
        policy: str = "groups", *, provider: dict[str, object] | None = None, **settings: object
    ) -> Clinic:
        folder = tmp_path / f"clinic{len(running)}"
        policies = folder / "policies"
        shutil.copytree(POLICIES, policies)
        shutil.copy(HERE / "policies" / f"{policy}.yaml", policies / "sign-in.yaml")
        port = free_port()
        theirs = RunningProvider(free_port(), f"http://127.0.0.1:{port}", **(provider or {}))  # type: ignore[arg-type]
        usual = {
            "state_dir": folder / "var",
            "policies_path": policies,
            "port": port,
            "oidc_issuer": theirs.issuer,
            "oidc_name": "Clinic sign-in",
            "oidc_client_id": "broker",
            "oidc_client_secret": SECRET,
            "oidc_scopes": "openid profile email groups",
            "oidc_private_network": True,
        }
        try:
            theirs.start()
        except RuntimeError as error:
            lacks(str(error))
        broker = ServedBroker(Settings(**(usual | settings)))  # type: ignore[arg-type]
        running.append(Clinic(broker, theirs))
        return running[-1]

    yield start
    for clinic in running:
        clinic.broker.stop()
        clinic.provider.stop()


@pytest.fixture
def clinic(clinic_with: Callable[..., Clinic]) -> Clinic:
    """Groups give roles, strangers get an account, and a second factor there counts here."""
    return clinic_with()
