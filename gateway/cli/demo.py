"""`orrery demo`."""


def demo() -> None:
    """x"""
