"""What operations work with in tests of everything there is: nothing is left out that a setting would leave out."""

from datetime import timedelta
from typing import Any

from auth.jwt import JwtSigner
from realtime.guard import Guard
from realtime.hub import Hub
from resolvers.kit.context import Services
from tests.machine import automations_root, base, project_roots
from tests.resolvers.lab import MODELS, VAULT


def whole_services(hub: Hub, **more: Any) -> Services:
    """Services with a vault, folders and models, that let scripts run."""
    return Services(
        hub,
        Guard(),
        JwtSigner("every-test" * 5),
        timedelta(days=7),
        "http://testserver",
        vault=VAULT,
        project_roots=project_roots(),
        automations_root=automations_root(),
        worktrees=base() / "worktrees",
        models=MODELS,
        runs_scripts=True,
        **more,
    )
