"""A folder that another user has filled becomes the server's, with nothing of that user left."""

from __future__ import annotations

import os
import stat
import struct
from contextlib import suppress

import pytest

from outpost_server.engines.process.handing import hand_over, measure, take_back

UID = 1_699_999_999
# Of a POSIX ACL with an entry that lets UID write: see acl(5).
ACL = struct.pack(
    "<I" + 5 * "HHI",
    *(2, 1, 7, 2**32 - 1, 2, 7, UID, 4, 5, 2**32 - 1, 16, 7, 2**32 - 1, 32, 5, 2**32 - 1),
)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be other users")


@pytest.fixture
def folder(tmp_path):
    """A folder of that user with a program and a file in it."""
    given = tmp_path / "given"
    (given / "bin").mkdir(parents=True)
    (given / "bin" / "program").touch(0o755)
    (given / "file").touch(0o600)
    hand_over(str(given), UID)
    return given


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_is_taken_back_is_only_ours_to_write(folder):
    """Everybody may read it, programs stay programs, and nothing lends a name to who runs it."""
    os.chmod(folder / "bin" / "program", 0o6777)
    os.chmod(folder / "bin", 0o3777)

    take_back(str(folder), UID)

    paths = [folder, *folder.rglob("*")]
    assert {path.lstat().st_uid for path in paths} == {os.geteuid()}
    assert {path.lstat().st_gid for path in paths} == {os.getegid()}
    assert (mode(folder / "bin" / "program"), mode(folder / "file")) == (0o755, 0o644)
    assert (mode(folder / "bin"), mode(folder)) == (0o755, 0o755)


def test_who_may_write_by_a_list_of_access_may_not_afterwards(folder):
    """Such a list outlives a change of owner."""
    try:
        os.setxattr(folder / "file", "system.posix_acl_access", ACL)
        os.setxattr(folder, "system.posix_acl_access", ACL)
        os.setxattr(folder, "system.posix_acl_default", ACL)
    except OSError:
        pytest.skip("this file system has no lists of access")

    take_back(str(folder), UID)

    assert not may_write(folder / "file")
    assert not may_write(folder)


def may_write(path):
    """Ask the kernel, in a fork that is that user."""
    folder = os.open(path.parent, os.O_RDONLY)
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            os.fchdir(folder)
            os.setresgid(UID, UID, UID)
            os.setgroups([])
        with suppress(BaseException):
            os.setresuid(UID, UID, UID)
            os._exit(int(os.access(path.name, os.W_OK)))
        os._exit(2)
    os.close(folder)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0


def test_what_a_link_leads_to_stays_as_it_was(folder, tmp_path):
    """Neither is it handed over, nor taken, nor opened to others."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    (folder / "link").symlink_to(secret)
    hand_over(str(folder), UID)

    take_back(str(folder), UID)

    assert (secret.stat().st_uid, mode(secret)) == (0, 0o600)
    assert (folder / "link").lstat().st_uid == 0


@pytest.mark.parametrize("uid", [0, UID])
def test_another_name_of_a_file_elsewhere_is_refused(folder, tmp_path, uid):
    """Who owns the file and what it is like is not for a build to say."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(0o600)
    os.chown(elsewhere, uid, uid)
    os.link(elsewhere, folder / "link")

    with pytest.raises(OSError, match=r"hard link|not of who"):
        take_back(str(folder), UID)

    assert (elsewhere.stat().st_uid, mode(elsewhere)) == (uid, 0o600)


def test_what_is_no_file_is_refused(folder):
    """A pipe is not waited for."""
    os.mkfifo(folder / "pipe")
    os.chown(folder / "pipe", UID, UID)

    with pytest.raises(OSError, match="neither a folder nor a file"):
        take_back(str(folder), UID)


def test_what_is_deeper_than_a_path_is_long_is_refused(folder, monkeypatch):
    """It is not as large as it looks."""
    monkeypatch.chdir(folder)
    for _ in range(50):
        os.mkdir("x" * 200)
        os.chdir("x" * 200)

    with pytest.raises(OSError, match="too long"):
        measure(str(folder))
