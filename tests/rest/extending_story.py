"""A part of the story of every route: skills, pipelines, drafts of projects, plugins, checkout."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import orjson

from auth.authenticate import authenticate
from models.billing import Billing, Plan, PlanLimits
from models.outbound import Outbound
from resolvers.credential.credential import create_credential
from resolvers.inputs.credential import CredentialCreate
from resolvers.kit.context import Context
from tests.patience import PATIENCE
from tests.resolvers.receiving import receiving
from tests.resolvers.stripe import signature_of, subscription_of, told_of
from tests.rest.conftest import Api, Board, made, rest_app
from tests.rest.story import changed, deleted, read


async def skills(board: Board, agent: str) -> None:
    path_of_all = f"{board.workspace}/skills"
    text = {"description": "When a card is reviewed", "instructions": "Read the card, then its comments."}
    skill = await made(board.ann, path_of_all, slug="review", tools=["read_board"], **text)
    assert await read(board.ann, path_of_all) == [skill]
    assert await read(board.ann, f"{path_of_all}/{skill['id']}") == skill
    assert (await changed(board.ann, f"{path_of_all}/{skill['id']}", slug="reviews"))["slug"] == "reviews"
    assert (await made(board.ann, f"{agent}/skills/{skill['id']}"))["slug"] == "reviewer"
    assert [each["slug"] for each in await read(board.ann, f"{agent}/skills")] == ["reviews"]
    await deleted(board.ann, f"{agent}/skills/{skill['id']}")
    await deleted(board.ann, f"{path_of_all}/{skill['id']}")


async def drafts(api: Api, board: Board) -> None:
    path_of_all = f"{board.workspace}/project-drafts"
    documents = [{"name": "Brief", "content": "Payments fail too often."}]
    brief = {"name": "Checkout stabilization", "description": "Reduce payment failure rate"}
    people = [{"name": "Alex", "role": "Engineering lead"}]
    draft = await made(board.ann, path_of_all, **brief, contextDocuments=documents, teamMembers=people)
    path = f"{path_of_all}/{draft['id']}"
    assert await read(board.ann, path_of_all) == [draft]
    hired = {"name": "Planner", "slug": "planner", "autonomyMode": "autonomous"}
    planner = api.client((await made(board.ann, f"{board.workspace}/agents", **hired))["token"])
    asked = partial(made, planner, f"{path}/questions", readiness=40, questions=[{"kind": "text", "text": "By when?"}])
    refined = await _while(board.ann.post(f"{path}/refine", json={}), path, asked, board.ann)
    assert refined.status_code == 201, refined.text
    assert [question["id"] for question in refined.json()["questions"]] == ["r1q1"]
    phases = [{"name": "Alpha", "deliverables": [{"title": "Retries"}]}]
    await made(board.ann, f"{board.workspace}/missions/{refined.json()['missionId']}/cancel")
    planned = partial(changed, planner, path, roadmap=phases)
    written = await _while(board.ann.post(f"{path}/generate-roadmap"), path, planned, board.ann)
    assert (written.json()["stage"], written.json()["roadmap"][0]["name"]) == ("roadmap", "Alpha")
    assert (await changed(board.ann, path, description="Fewer failures"))["readiness"] == 40
    executed = await made(board.ann, f"{path}/execute")
    assert (await read(board.ann, f"{board.workspace}/projects/{executed['projectId']}"))["name"] == brief["name"]
    assert await read(board.ann, path) == executed
    await deleted(board.ann, path)


async def _while(
    request: Coroutine[Any, Any, httpx.Response], draft: str, plan: Callable[[], Coroutine[Any, Any, Any]], ann: Any
) -> httpx.Response:
    """The answer to a request, during which the planner has a mission and does what it does."""
    before = (await read(ann, draft))["missionId"]
    asking = asyncio.create_task(request)
    for _ in range(int(PATIENCE / 0.02)):
        if (await read(ann, draft))["missionId"] != before:
            break
        await asyncio.sleep(0.02)
    await plan()
    return await asking


async def pipelines(board: Board) -> None:
    path_of_all = f"{board.workspace}/pipelines"
    steps = [
        {"id": "open", "type": "CONDITION", "after": ["look"], "condition": {"step": "look", "path": "value.archived"}},
        {"id": "look", "type": "TOOL", "tool": "card"},
    ]
    pipeline = await made(board.ann, path_of_all, name="Review before merge", steps=steps)
    assert [step["id"] for step in pipeline["steps"]] == ["open", "look"]
    assert await read(board.ann, path_of_all) == [pipeline]
    path = f"{path_of_all}/{pipeline['id']}"
    assert await read(board.ann, path) == pipeline
    assert (await made(board.ann, f"{path}/run"))["status"] == "queued"
    assert (await changed(board.ann, path, enabled=False))["enabled"] is False
    await deleted(board.ann, path)


async def plugins(api: Api, board: Board) -> None:
    ann, path_of_all = board.ann, f"{board.workspace}/plugins"
    assert [manifest["key"] for manifest in await read(api.client(), "/plugins")] == ["mcp", "webhook"]
    organization = (await read(ann, "/organizations/acme"))["id"]
    values = CredentialCreate.of(organization_id=organization, key="hook", value="a secret that is long enough")
    services, authorization = api.ctx.services, ann.headers["authorization"]
    owner = Context(await authenticate(services.signer, authorization=authorization, cookie=None), services)
    credential = (await create_credential(owner, values)).value["_id"]
    settings = {"url": "https://hooks.example.com/orrery", "secret": str(credential), "events": ["CardMoved"]}
    plugin = await made(ann, path_of_all, plugin="webhook", name="Chat", settings=settings)
    assert await read(ann, path_of_all) == [plugin]
    assert await read(ann, f"{path_of_all}/{plugin['id']}") == plugin
    assert (await changed(ann, f"{path_of_all}/{plugin['id']}", enabled=False))["enabled"] is False
    await deleted(ann, f"{path_of_all}/{plugin['id']}")
    await _checkout(api, authorization.removeprefix("Bearer "))


async def _checkout(api: Api, token: str) -> None:
    async with receiving(body=b'{"url": "https://checkout.stripe.com/c/pay/cs_1"}') as stripe:
        plans = {"team": Plan("team", "Team", "price_1", PlanLimits(members=50))}
        billing = Billing("sk_test_1", stripe.url, "whsec_1", plans)
        services = replace(api.ctx.services, outbound=Outbound(frozenset({stripe.host})), billing=billing)
        paying = Api(rest_app(services), api.ctx, api.called, api.recorder, api.clients).client(token)
        page = await made(paying, "/organizations/acme/billing/checkout", plan="team", successUrl="/paid")
        organization = (await read(paying, "/organizations/acme"))["id"]
        stripe.body = orjson.dumps(subscription_of(organization))
        event = told_of("customer.subscription.created", organization)
        headers = {"stripe-signature": signature_of(event, "whsec_1"), "content-type": "application/json"}
        heard = await paying.post("/billing/webhook", content=event, headers=headers)
        paid = await read(paying, "/organizations/acme/billing")
        stripe.body = b'{"url": "https://billing.stripe.com/p/session/1"}'
        portal = await made(paying, "/organizations/acme/billing/portal", returnUrl="/settings")
    assert page == {"url": "https://checkout.stripe.com/c/pay/cs_1"}
    assert heard.json() == {"ok": True}
    assert (paid["plan"], paid["limits"]["members"], paid["subscription"]["status"]) == ("team", 50, "active")
    assert portal == {"url": "https://billing.stripe.com/p/session/1"}
    services = replace(api.ctx.services, billing=Billing(plans=plans))
    choosing = Api(rest_app(services), api.ctx, api.called, api.recorder, api.clients).client(token)
    put = await choosing.put("/organizations/acme/billing/plan", json={"plan": "team"})
    assert put.json()["plans"][0]["isPaid"] is True
