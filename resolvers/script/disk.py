"""How much of the disk a command takes: what its folder holds, and what is left for everybody else."""

import os
from contextlib import suppress
from dataclasses import dataclass

from models.project_roots import Place
from resolvers.machine.beneath import AbsentError, is_there, open_folder
from resolvers.machine.remove import open_up

MAX_BYTES = 4 * 1024**3
MAX_ENTRIES = 300_000
"""Files and folders, however small: a disk has a bound on these too."""
MAX_DEPTH = 200
LEAST_FREE = 1024**3
LEAST_ENTRIES = 10_000
_BLOCK = 512


@dataclass(slots=True)
class Disk:
    """The disk with a command's folder. To go through that costs a second: it is done at first, and then only where
    the disk has lost as much as the folder may still gain."""

    folder: str
    _room: tuple[int, int] = (0, 0)
    _most: tuple[int, int] = (0, 0)

    def is_used_up(self) -> bool:
        """Whether the command has to end: for its folder, or because the disk is nearly full, whoever filled it."""
        with suppress(FileNotFoundError):  # somebody has removed it
            disk = os.statvfs(self.folder)
            free = disk.f_bavail * disk.f_frsize, disk.f_favail
            if free[0] < LEAST_FREE or (disk.f_files and free[1] < LEAST_ENTRIES):
                return True
            self._most = max(self._most[0], free[0]), max(self._most[1], free[1])
            if all(most - now < room for most, now, room in zip(self._most, free, self._room, strict=True)):
                return False
            held = held_in(Place(self.folder))
            if held is None:
                return True
            self._room, self._most = (MAX_BYTES - held[0] + 1, MAX_ENTRIES - held[1] + 1), free
        return False


def held_in(folder: Place) -> tuple[int, int] | None:
    """The bytes and the entries in a folder; None for more than there may be, or where they cannot be told.

    No link is followed. What is closed is opened, so that nothing is kept from being counted.
    """
    size = entries = 0
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            with open_folder(place) as descriptor, os.scandir(descriptor) as found:
                for entry in found:
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        is_folder = entry.is_dir(follow_symlinks=False)
                        size += status.st_blocks * _BLOCK // (1 if is_folder else max(status.st_nlink, 1))
                        entries += 1
                        if is_folder:
                            if status.st_mode & 0o500 != 0o500:
                                os.close(open_up(entry.name, descriptor))
                            waiting.append(place.inside(entry.name))
                    if size > MAX_BYTES or entries > MAX_ENTRIES or len(place.names) > MAX_DEPTH:
                        return None
        except AbsentError:
            if is_there(place):
                return None
        except OSError:
            return None
    return size, entries
