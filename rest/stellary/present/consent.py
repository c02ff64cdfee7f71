"""What somebody has agreed to."""

from typing_extensions import TypedDict

from models import user
from models.base import AnyRecord
from rest.present import presents, shown


@presents(user.Consent, without=("id",))
class Consent(TypedDict):
    """That the caller agreed to a version of a text."""


def consent(record: AnyRecord) -> Consent:
    return shown(Consent, record)
