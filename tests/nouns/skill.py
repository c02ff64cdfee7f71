"""Skills of a workspace, and which agents have them."""

from resolvers.inputs.skill import SkillCreate, SkillUpdate
from resolvers.skill import assign, skill
from tests.gateway.replay.state import JSON, State, everywhere_in, take
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import WORKSPACE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

SKILLS = WORKSPACE + "/skills"
OF_AGENT = WORKSPACE + "/agents/{agentId}/skills"


async def make(world: World) -> None:
    """One that both agents have, and one that neither has."""
    ids = world.ids
    for name in ("skill", "spare_skill"):
        text = SkillCreate.of(
            workspace_id=ids["workspace"], slug=name.replace("_", "-"), description="To read", instructions="Read"
        )
        ids[name] = (await world.made(skill.create_skill, text))["_id"]
    for name in ("agent", "other agent"):
        await world.made(assign.add_agent_skill, ids[name], ids["skill"])


def _deleted(state: State, event: JSON) -> None:
    take(state, "Skill", event["skillId"])
    everywhere_in(state, "Agent", "skills", event["skillId"])


async def story(cast: Cast) -> None:
    ann, skills, agents = cast.ann, f"{cast.workspace}/skills", f"{cast.workspace}/agents"
    agent = f"{agents}/{(await made(ann, agents, name='Reader', slug='reader'))['id']}"
    text = {"description": "When a card is reviewed", "instructions": "Read the card, then its comments."}
    skill = await made(ann, skills, slug="review", tools=["read_board"], **text)
    assert await read(ann, skills) == [skill]
    assert await read(ann, f"{skills}/{skill['id']}") == skill
    assert (await changed(ann, f"{skills}/{skill['id']}", slug="reviews"))["slug"] == "reviews"
    assert (await made(ann, f"{agent}/skills/{skill['id']}"))["slug"] == "reader"
    assert [each["slug"] for each in await read(ann, f"{agent}/skills")] == ["reviews"]
    await deleted(ann, f"{agent}/skills/{skill['id']}")
    await deleted(ann, f"{skills}/{skill['id']}")
    await deleted(ann, agent)


SAMPLE = Sample(
    after=("agent",),
    make=make,
    calls={
        "skill": lambda ids: (ids["skill"],),
        "skills": lambda ids: (ids["workspace"],),
        "skillCreate": lambda ids: (
            SkillCreate.of(workspace_id=ids["workspace"], slug="more", description="For more", instructions="Do more"),
        ),
        "skillUpdate": lambda ids: (ids["skill"], SkillUpdate.of(description="For less")),
        "skillDelete": lambda ids: (ids["skill"],),
        "agentSkills": lambda ids: (ids["agent"],),
        "agentSkillAdd": lambda ids: (ids["agent"], ids["spare_skill"]),
        "agentSkillRemove": lambda ids: (ids["other agent"], ids["skill"]),
    },
    routes={
        ("GET", SKILLS): None,
        ("POST", SKILLS): sent(slug="more", description="For more", instructions="Do more"),
        ("GET", SKILLS + "/{skillId}"): None,
        ("PATCH", SKILLS + "/{skillId}"): sent(description="For less"),
        ("DELETE", SKILLS + "/{skillId}"): None,
        ("GET", OF_AGENT): None,
        ("POST", OF_AGENT + "/{skillId}"): None,
        ("DELETE", OF_AGENT + "/{skillId}"): None,
    },
    kept={"Skill": Kept("createdBy { id }", {"Workspace": "skills { ...SkillFields }"})},
    rules={"SkillDeleted": ("skillId", _deleted)},
    story=story,
)
