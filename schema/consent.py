"""What a person has agreed to."""

from models import user
from schema.fields import shows


@shows(user.Consent, "That the viewer agreed to a version of a text.")
class Consent:
    pass
