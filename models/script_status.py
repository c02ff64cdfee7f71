"""How far runs of scripts are."""

from models.enums import Told


class ScriptStatus(Told):
    """How far the run of a script is."""

    RUNNING = "running", "It runs, or waits for a gateway that runs it."
    SUCCESS = "success", "It ended well. Final."
    ERROR = "error", "It ended with something else than 0, or was ended for taking too much. Final."
    CANCELLED = "cancelled", "Stopped by a person. Final."
    LOST = "lost", "Whatever ran it is gone. Final."
