"""An import over the data folder, and archives read as its workers read them.

It loads every document, which a text that goes through a gateway need not wait for.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

from gateway.cli.console import Steps
from gateway.cli.transfer_remote import Told, sentences
from gateway.direct import act_as, act_as_owner, find_workspace, open_services
from gateway.settings import Settings
from resolvers.inputs.transfer import WholeImport
from resolvers.kit.input import read_input
from resolvers.transfer.archive import NO_FILES, Source, source_of
from resolvers.transfer.notes import Notes
from resolvers.transfer.settle import read_mended
from resolvers.transfer.transfer import import_in_parts


@dataclass(frozen=True, slots=True)
class Checked:
    """A project that is ready to be written, and the files that came with it; `notes` where it is mended."""

    values: WholeImport
    notes: Notes | None
    source: Source = NO_FILES

    @property
    def files(self) -> int:
        """How many files of cards there are; those that are named alone do not count."""
        given = (attachment.file for card in self.values.cards for attachment in card.attachments)
        return sum(name in self.source.members for name in given)


def check_values(values: dict[str, Any], *, mends: bool) -> Checked:
    """Raises BadUserInput."""
    if not mends:
        return Checked(read_input(WholeImport, values), None)
    notes = Notes()
    return Checked(read_mended(WholeImport, values, notes), notes)


def check_archive(file: BinaryIO, *, mends: bool) -> Checked:
    """The archive is read as long as it is written. Raises BadUserInput, also for one that is damaged."""
    notes = Notes() if mends else None
    source = source_of(file)
    return Checked(source.read(notes), notes, source)


async def import_here(settings: Settings, slugs: tuple[str, str], as_: str | None, given: Checked, bar: Steps) -> Told:
    """Write a project in parts; raises OrreryError and `DatabaseError`."""
    bar.begin("Opening the database")
    async with open_services(settings) as services:
        workspace = await find_workspace(*slugs)
        ctx = await act_as(services, as_) if as_ else await act_as_owner(services, workspace)
        values = given.values
        total = len(values.cards) + len(values.relations) + len(values.documents) + given.files
        bar.begin(f"Writing {len(values.cards)} cards", total)
        parts = import_in_parts(ctx, workspace["_id"], values, bar.advance, given.source, given.notes)
        done = (await parts).value
        return str(done["_id"]), [*sentences(done["notes"], done["notes_omitted"]), *done["warnings"]]
