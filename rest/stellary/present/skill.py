"""Skills."""

from typing_extensions import TypedDict

import models
from models.records import SkillRecord
from rest.present import presents, shown


@presents(models.Skill)
class Skill(TypedDict):
    """Instructions for a kind of work, which agents load when they need them."""


def skill(record: SkillRecord) -> Skill:
    return shown(Skill, record)
