"""The one error of settings."""


class SettingsError(Exception):
    """A setting is unusable; the message is one sentence that names the variable."""
