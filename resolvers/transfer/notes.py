"""What an import tells of the odd places of a file that it mended, by their places in that file."""

from dataclasses import dataclass, field

from models.base import Record
from models.enums import ImportNoteCode

MAX_NOTES = 500
MAX_PLACE, MAX_MESSAGE = 100, 200
"""Characters of a note."""


@dataclass(slots=True)
class Notes:
    """The first 500 notes, each `place`, `code` and `message`, and how many more there would be.

    `numbers` are the places in the file, in order, of those entries of a list that were kept, for lists some of whose
    entries were not.
    """

    kept: list[Record] = field(default_factory=list)
    omitted: int = 0
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def tell(self, place: str, code: ImportNoteCode, message: str) -> None:
        """Keep a note, or count it. What cannot be stored of a name that a file has for a place is replaced."""
        if len(self.kept) >= MAX_NOTES:
            self.omitted += 1
            return
        place, message = (
            text[:limit].encode(errors="replace").decode()
            for text, limit in ((place, MAX_PLACE), (message, MAX_MESSAGE))
        )
        self.kept.append({"place": place, "code": code.value, "message": message})

    def number(self, name: str, index: int) -> int:
        """The place in the file of what is `index` in a list by now."""
        numbers = self.numbers.get(name)
        return index if numbers is None else numbers[index]


def told_notes(notes: Notes | None) -> Record:
    """The notes as they stand in a record; of an import that mended nothing there are none."""
    return {"notes": [], "notes_omitted": 0} if notes is None else {"notes": notes.kept, "notes_omitted": notes.omitted}
