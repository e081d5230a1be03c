"""The key ring: private files, the newest wraps, all unwrap."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker.errors import ConfigurationError, Unavailable
from broker.key_encryption.key_folder import KeyFolder
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping
from broker.vault.keys import context_of, new_data_key


@pytest.fixture
def keys(tmp_path):
    return KeyFolder.open_or_create(tmp_path / "keys")


CONTEXT = context_of("rec_00112233445566778899")


def test_a_wrapped_key_comes_back(keys):
    """What was wrapped unwraps, also by a ring opened later on the same folder."""
    data_key = new_data_key()
    wrapped = keys.wrap(data_key, CONTEXT)
    assert keys.unwrap(wrapped, CONTEXT) == data_key
    assert data_key not in wrapped.blob


def test_a_key_wrapped_for_one_file_does_not_open_another(keys):
    """Moving a wrapped key to another file's row is refused."""
    wrapped = keys.wrap(new_data_key(), CONTEXT)
    with pytest.raises(WrongWrapping):
        keys.unwrap(wrapped, context_of("rec_99887766554433221100"))


def test_an_edited_blob_is_refused(keys):
    """Every byte of a wrapped key matters, and so does its length."""
    wrapped = keys.wrap(new_data_key(), CONTEXT)
    for at in range(len(wrapped.blob)):
        edited = bytearray(wrapped.blob)
        edited[at] ^= 1
        with pytest.raises(WrongWrapping):
            keys.unwrap(WrappedKey(wrapped.key_id, bytes(edited)), CONTEXT)
    for cut in (b"", wrapped.blob[:5], wrapped.blob[:-1]):
        with pytest.raises(WrongWrapping):
            keys.unwrap(WrappedKey(wrapped.key_id, cut), CONTEXT)


def test_rotation_keeps_old_keys_working(keys):
    """After a rotation new keys wrap under the new id and old ones still unwrap."""
    data_key = new_data_key()
    before = keys.wrap(data_key, CONTEXT)
    new_id = keys.rotate()
    after = keys.wrap(data_key, CONTEXT)
    assert before.key_id != after.key_id == new_id
    assert keys.unwrap(before, CONTEXT) == keys.unwrap(after, CONTEXT) == data_key


def test_another_process_notices_a_rotation(keys, tmp_path):
    """A ring opened before somebody else's rotation wraps with, and opens, the new key."""
    other = KeyFolder(tmp_path / "keys")
    new_id = other.rotate()
    wrapped = other.wrap(new_data_key(), CONTEXT)
    assert keys.unwrap(wrapped, CONTEXT)
    assert keys.wrap(new_data_key(), CONTEXT).key_id == new_id


def test_key_files_are_private(tmp_path, keys):
    """Keys are written for the broker's user alone, and a key others can read is not used."""
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    with pytest.raises(ConfigurationError) as refusal:
        KeyFolder(tmp_path / "keys")
    assert "chmod 600" in refusal.value.help


def test_a_damaged_key_file_is_named(tmp_path, keys):
    """A key of the wrong length stops the start and says which file it is."""
    (tmp_path / "keys" / "kek-0001.key").write_bytes(b"short")
    with pytest.raises(ConfigurationError, match="kek-0001"):
        KeyFolder(tmp_path / "keys")


def test_a_missing_key_says_so(keys):
    """A key that is not in the ring is a lack, told apart from a touched file."""
    with pytest.raises(Unavailable, match="kek-0009"):
        keys.unwrap(WrappedKey("kek-0009", bytes(60)), CONTEXT)


def test_an_emptied_key_folder_never_wraps(tmp_path, keys):
    """With the keys gone the ring refuses instead of making up a new one."""
    (tmp_path / "keys" / "kek-0001.key").unlink()
    with pytest.raises(ConfigurationError):
        keys.wrap(new_data_key(), CONTEXT)


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    """Eight first starts on an empty folder end with one key that all of them use."""
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(KeyFolder.open_or_create, [tmp_path / "new"] * 8))
    wrapped = rings[0].wrap(new_data_key(), CONTEXT)
    assert len({ring.unwrap(wrapped, CONTEXT) for ring in rings}) == 1
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["kek-0001.key"]
