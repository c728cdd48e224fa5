"""What a person is told of the search by meaning."""

from sponde_server.core.record import record


@record
class MeaningStatus:
    """Whether something can be searched by meaning."""

    is_there: bool
    """Whether it can."""
    note: str
    """Why not, and how it could; or how far the reading has come."""
