"""Proof that a block works: its runs, what they showed, what has moved on since."""

from sponde_server.core.record import record
from sponde_server.library.records import CodeBlock, Use


@record
class UseOutput:
    """What a run of a block showed last, small enough to keep."""

    use_id: str
    """The run."""
    block_id: str
    """The block."""
    data: dict[str, str]
    """By MIME type: text/plain, a table as text/html, image/png in base64, image/svg+xml."""


@record
class MovedPackage:
    """A package that has another version now."""

    name: str
    """The package."""
    was: str
    """The version that the block last ran with."""
    now: str
    """The version that is installed; empty where it is not."""


@record
class Proof:
    """The runs of a block, latest first, and whether they still say something."""

    block_id: str
    """The block."""
    code_hash: str
    """Of its present code: runs with another one ran an earlier text."""
    runs: tuple[Use, ...] = ()
    """Its runs, also of earlier texts."""
    total: int = 0
    """How many runs there are in all."""
    moved: tuple[MovedPackage, ...] = ()
    """Packages that have another version now than in its last run without an error."""


@record
class StaleBlock:
    """A proven block whose packages have moved on."""

    block: CodeBlock
    """The block."""
    moved: tuple[MovedPackage, ...]
    """What moved."""
