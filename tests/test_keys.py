import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.errors import ConfigurationError
from broker.keys import IRREPLACEABLE, WRAPPING_FOLDER, open_keys
from broker.settings import Settings


@pytest.fixture
def used(tmp_path: Path) -> Settings:
    """An installation that has its keys."""
    settings = Settings(state_dir=tmp_path / "var")
    open_keys(settings, used_before=False)
    return settings


def test_keys_are_made_once(used: Settings) -> None:
    """The second start finds the keys of the first."""
    first, second = (open_keys(used, used_before=True) for _ in range(2))
    assert first.identity == second.identity
    assert first.ledger.public == second.ledger.public


@pytest.mark.parametrize("name", list(IRREPLACEABLE))
def test_a_lost_key_is_not_silently_made_anew(used: Settings, name: str) -> None:
    """A broker that was in use refuses to start, names the key, and says what to do."""
    lost = used.keys_dir / name
    if lost.is_dir():
        shutil.rmtree(lost)
    else:
        lost.unlink()
    with pytest.raises(ConfigurationError, match=name) as refused:
        open_keys(used, used_before=True)
    assert "backup" in refused.value.help
    assert not lost.exists()


def test_a_key_service_takes_the_folders_place(used: Settings) -> None:
    """Where another service wraps keys, the folder may be gone; where it is there, it opens what it wrapped."""
    elsewhere = used.model_copy(
        update={
            "key_encryption": "transit",
            "transit_url": "https://vault.clinic.example",
            "transit_token": SecretStr("x"),
        }
    )
    assert open_keys(elsewhere, used_before=True).wrapping.knows("kek-0001")
    shutil.rmtree(used.keys_dir / WRAPPING_FOLDER)
    assert not open_keys(elsewhere, used_before=True).wrapping.knows("kek-0001")
    assert not (used.keys_dir / WRAPPING_FOLDER).exists()
    with pytest.raises(ConfigurationError, match=WRAPPING_FOLDER):
        open_keys(used, used_before=True)


def test_a_new_ledger_key_has_a_name_nobody_knows_yet(used: Settings) -> None:
    """Witnesses know the former name by the key that was lost; under the same name they would vouch for nothing."""
    former = open_keys(used, used_before=True).ledger
    (used.keys_dir / "ledger.key").unlink()
    accepting = used.model_copy(update={"accept_new_keys": True})
    new = open_keys(accepting, used_before=True).ledger
    assert new.name != former.name
    assert new.name.startswith(f"{former.name}-2.")
    assert open_keys(used, used_before=True).ledger.public == new.public


def test_new_keys_are_made_when_that_is_wanted(used: Settings) -> None:
    """Who accepts the loss goes on."""
    (used.keys_dir / "lease.key").unlink()
    accepting = used.model_copy(update={"accept_new_keys": True})
    open_keys(accepting, used_before=True)
    assert (used.keys_dir / "lease.key").exists()


def test_a_key_others_can_read_is_refused(used: Settings) -> None:
    """A key is for the broker's own user alone."""
    (used.keys_dir / "identity.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match=r"identity\.key"):
        open_keys(used, used_before=True)
