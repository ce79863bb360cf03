"""Named places of the kernel and the transport at which a test may let the process die."""


def reached(point: str) -> None:
    """Does nothing: a test puts something in its place, to crash here."""
