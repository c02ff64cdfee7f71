"""Where the model of `orrery demo` is, while that runs."""

HOST = "127.0.0.1"
PORT = 3009


def address(port: int) -> str:
    """Host and port, as `ORRERY_ALLOWED_PRIVATE_HOSTS` has them."""
    return f"{HOST}:{port}"
