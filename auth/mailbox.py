"""Which addresses are one mailbox."""


def mailbox(email: str) -> str:
    """The address without what follows a `+`: `ada+news@example.com` is read where `ada@example.com` is."""
    local, _, host = email.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{host}"
