"""The rule of commands for many documents: those that belong to no transaction are found."""

import pytest

from tests.rules.code import Code, product
from tests.rules.many import APART, alone


def found(command: str) -> list[str]:
    """What is found in a function that sends a command."""
    text = f"async def forget(change: Change) -> None:\n    await {command}\n"
    return [place.command for place in alone(Code.read({"resolvers/thing/thing.py": text}))]


def test_the_product_changes_many_documents_in_transactions_alone() -> None:
    assert [str(place) for place in alone(product())] == []


@pytest.mark.parametrize("command", ["delete_many({})", "update_many({}, {})"])
@pytest.mark.parametrize("stored", ["collection(Card)", "cards", "database.db[name]"])
def test_a_command_without_a_session_is_found(stored: str, command: str) -> None:
    assert found(f"{stored}.{command}") == [command.partition("(")[0]]


@pytest.mark.parametrize(
    "command", ["collection(Card).delete_many({}, session=change.session)", "collection(Card).delete_one({})"]
)
def test_one_with_a_session_and_one_for_a_single_document_are_none(command: str) -> None:
    assert found(command) == []


@pytest.mark.parametrize("model", sorted(APART))
def test_a_document_is_named_only_as_long_as_it_is_deleted_so(model: str) -> None:
    assert [str(place) for place in alone(product(), APART.keys() - {model})] != []
