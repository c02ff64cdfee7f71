"""Budgets, and what models cost, over the graph."""

from tests.gateway.lab import Board

FIELDS = "id subjectId period limitUsd limitTokens spentUsd spentTokens reservedUsd reservedTokens"
CREATE = f"mutation ($input: BudgetCreateInput!) {{ budgetCreate(input: $input) {{ budget {{ {FIELDS} }} }} }}"
LIST = """
query ($slug: String!) { organization(slug: $slug) { budgets { totalCount nodes { limitUsd createdBy { name } } } } }
"""
USAGE = """
query ($id: ID!) {
  node(id: $id) {
    ... on Workspace {
      budgets { nodes { id } }
      usage(from: "2026-01-01", to: "2026-02-01") { calls costUsd days { day costUsd } models { model calls } }
    }
  }
}
"""


async def test_a_budget_is_set_changed_and_deleted(board: Board) -> None:
    ann = board.ann
    values = {"organizationId": board.organization, "subjectId": board.organization, "limitUsd": 12.5}

    made = (await ann.ask(CREATE, input=values))["budgetCreate"]["budget"]
    changed = await ann.ask(
        "mutation ($id: ID!) { budgetUpdate(id: $id, input: {limitTokens: 5000000000}) { budget { limitTokens } } }",
        id=made["id"],
    )
    listed = (await ann.ask(LIST, slug=board.org_slug))["organization"]["budgets"]
    await ann.ask("mutation ($id: ID!) { budgetDelete(id: $id) { deletedId } }", id=made["id"])

    assert made == {
        "id": made["id"],
        "subjectId": board.organization,
        "period": "MONTH",
        "limitUsd": 12.5,
        "limitTokens": None,
        **dict.fromkeys(("spentUsd", "spentTokens", "reservedUsd", "reservedTokens"), 0),
    }
    assert changed["budgetUpdate"]["budget"]["limitTokens"] == 5_000_000_000
    assert (listed["totalCount"], listed["nodes"][0]["limitUsd"]) == (1, 12.5)


async def test_where_no_model_was_called_nothing_was_spent(board: Board) -> None:
    found = (await board.ann.ask(USAGE, id=board.workspace))["node"]

    assert found == {"budgets": {"nodes": []}, "usage": {"calls": 0, "costUsd": 0, "days": [], "models": []}}
