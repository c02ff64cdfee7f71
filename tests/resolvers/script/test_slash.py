"""Slash commands of a project."""

import os

from resolvers.inputs.script import ScriptCreate
from resolvers.inputs.skill import SkillCreate
from resolvers.script.script import create_script
from resolvers.script.slash import list_slash_commands
from resolvers.skill.skill import create_skill
from tests.machine import commit
from tests.resolvers.worktree.conftest import Bench


async def test_scripts_skills_and_commands_of_the_repository_are_called_by_a_word(bench: Bench) -> None:
    await create_script(bench.ctx, ScriptCreate.of(project_id=bench.project["_id"], name="Run Tests", command="make"))
    skill = SkillCreate.of(
        workspace_id=bench.workspace["_id"], slug="review", description="How we\nreview.", instructions="Look."
    )
    await create_skill(bench.ctx, skill)
    kept = {
        ".claude/commands/deploy.md": "---\ndescription: 'Deploy it'\n---\nDo.\n",
        ".claude/commands/plan.md": "# Make a plan\n\nOf all.\n",
        ".claude/commands/review.md": "Another review\n",
        ".claude/commands/..md": "No name\n",
        ".agents/commands/plan.md": "Another plan\n",
    }
    commit(bench.repository, kept, "Commands")
    folder = bench.folder / ".claude" / "commands"
    (folder / "link.md").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.md")

    found = await list_slash_commands(bench.ctx, bench.project["_id"])

    assert [(command.name, command.description) for command in found] == [
        ("/deploy", "Deploy it"),
        ("/plan", "Make a plan"),
        ("/review", "How we review."),
        ("/run-tests", "Run Run Tests"),
    ]
