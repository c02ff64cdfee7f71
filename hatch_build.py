"""Build hook: carries the SDL and the built cockpit into the wheel, under the package `gateway`."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {"graphql": "gateway/_graphql", "web/dist": "gateway/_web"}


class CarryAssets(BuildHookInterface[Any]):
    """Includes each folder of `CARRIED` that exists; an editable install reads them in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        for source, target in CARRIED.items():
            folder = Path(self.root) / source
            if folder.is_dir():
                build_data["force_include"][str(folder)] = target
