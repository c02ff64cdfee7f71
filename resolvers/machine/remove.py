"""Removing a folder with all that is in it, whatever whoever worked there has made of it: however deep, and closed.

No link is followed, and it takes a few descriptors at any depth: what is deep is brought up first.
"""

import os
from contextlib import suppress
from uuid import uuid4

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(path: str) -> None:
    """Remove a folder with all that is in it, or a file. Raises OSError for what cannot be removed."""
    with suppress(FileNotFoundError):  # it was never there, or another gateway removes the same
        if os.path.islink(path) or not os.path.isdir(path):
            os.unlink(path)
            return
        root = open_up(path)
        try:
            waiting = _unlink_files(root)
            while waiting:
                name = waiting.pop()
                with suppress(FileNotFoundError):
                    waiting += _bring_up(root, name)
                    os.rmdir(name, dir_fd=root)
        finally:
            os.close(root)
        os.rmdir(path)


def open_up(name: str, folder: int | None = None) -> int:
    """A descriptor of a folder, by a path or by its name in another one, that lets everything in it be seen and
    removed, also where it was closed."""
    try:
        descriptor = os.open(name, _FOLDER, dir_fd=folder)
    except PermissionError:
        # What is held without being read can be opened up, and is never something else by then, as a path may be.
        held = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.chmod(f"/proc/self/fd/{held}", 0o700)
            descriptor = os.open(".", _FOLDER, dir_fd=held)
        finally:
            os.close(held)
    with suppress(PermissionError):
        os.fchmod(descriptor, 0o700)
    return descriptor


def _bring_up(root: int, name: str) -> list[str]:
    """Leave nothing in a folder of `root`: the folders in it are `root`'s from then on, by the names that come back."""
    descriptor = open_up(name, root)
    try:
        brought = []
        for inner in _unlink_files(descriptor):
            os.close(open_up(inner, descriptor))  # only what may be written is moved
            brought.append(uuid4().hex)
            os.rename(inner, brought[-1], src_dir_fd=descriptor, dst_dir_fd=root)
        return brought
    finally:
        os.close(descriptor)


def _unlink_files(descriptor: int) -> list[str]:
    """Remove what is no folder in a folder; the names of the others."""
    folders = []
    for name in os.listdir(descriptor):
        try:
            os.unlink(name, dir_fd=descriptor)
        except (IsADirectoryError, PermissionError):
            folders.append(name)
    return folders
