"""Sealed files lie in a private folder, whole or not at all, and never where a web server looks."""

from __future__ import annotations

import stat

import pytest

from broker.errors import ConfigurationError, NotFound, Unavailable
from broker.vault.local_folder import LocalFolder

NAME = "rec_00112233445566778899"


def _put(folder: LocalFolder, content: bytes, fault: Exception | None = None) -> None:
    with folder.put(NAME) as sink:
        sink.write(content)
        if fault:
            raise fault


def test_what_was_put_can_be_read_anywhere(folder):
    """A stored file is read from any offset; behind its end there is nothing."""
    _put(folder, b"0123456789")
    stored = folder.open(NAME)
    assert stored.size == 10
    assert stored.read_at(3, 4) == b"3456"
    assert stored.read_at(8, 100) == b"89"
    stored.close()
    stored.close()


def test_a_put_that_fails_leaves_nothing(folder, tmp_path):
    """An error half way leaves neither a file nor a part of one."""
    with pytest.raises(RuntimeError):
        _put(folder, b"half", RuntimeError())
    assert list((tmp_path / "recordings").iterdir()) == []
    with pytest.raises(NotFound):
        folder.open(NAME)


def test_a_put_that_fails_keeps_what_was_there(folder):
    """The file of that id stays as it was until the new one is whole."""
    _put(folder, b"first")
    with pytest.raises(RuntimeError):
        _put(folder, b"second", RuntimeError())
    assert folder.open(NAME).read_at(0, 10) == b"first"


def test_a_full_disk_is_a_clear_refusal(folder):
    """What the disk refuses becomes a sentence for a person."""
    with pytest.raises(Unavailable):
        _put(folder, b"part", OSError(28, "No space left on device"))


@pytest.mark.parametrize(
    "traversal",
    [
        "../rec_00112233445566778899",
        "rec_../../../../etc/pass",
        "/etc/passwd",
        "rec_0011223344556677889",
        "rec_00112233445566778899\n",
        "rec_00112233445566778899/x",
        "",
        "key_00112233445566778899",
    ],
)
def test_only_ids_are_paths(folder, traversal):
    """Whatever is not an id the broker makes is simply not there."""
    for act in (folder.open, folder.delete, lambda name: folder.put(name).__enter__()):
        with pytest.raises(NotFound):
            act(traversal)


def test_a_link_in_the_folder_is_not_followed(folder, tmp_path):
    """A symbolic link put into the folder does not lead out of it."""
    (tmp_path / "outside").write_bytes(b"outside")
    (tmp_path / "recordings" / f"{NAME}.sealed").symlink_to(tmp_path / "outside")
    with pytest.raises(Unavailable):
        folder.open(NAME)


def test_files_are_private(folder, tmp_path):
    """Only the broker's user can list the folder or read a file in it."""
    _put(folder, b"x")
    (file,) = (tmp_path / "recordings").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "recordings").stat().st_mode) == 0o700


def test_deleting_twice_is_fine(folder):
    """Gone is gone, however often it is asked for."""
    _put(folder, b"x")
    folder.delete(NAME)
    folder.delete(NAME)
    with pytest.raises(NotFound):
        folder.open(NAME)


@pytest.mark.parametrize("marker", ["wp-config.php", "index.php", "index.html", ".htaccess"])
def test_a_folder_inside_a_site_is_refused(tmp_path, marker):
    """A vault anywhere beneath a site's files is refused before anything is written there."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / marker).touch()
    with pytest.raises(ConfigurationError, match="web server"):
        LocalFolder(tmp_path / "site" / "deep" / "vault")
    assert not (tmp_path / "site" / "deep").exists()


def test_a_folder_named_like_a_web_root_is_refused(tmp_path):
    """An empty web root is recognised by its name, through a symbolic link too."""
    (tmp_path / "public_html").mkdir()
    (tmp_path / "innocent").symlink_to(tmp_path / "public_html")
    with pytest.raises(ConfigurationError):
        LocalFolder(tmp_path / "innocent" / "vault")
