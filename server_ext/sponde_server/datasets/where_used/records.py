"""Where a dataset is used."""

from datetime import datetime
from enum import StrEnum

from sponde_server.core.record import record


class DatasetUseKind(StrEnum):
    """What kind of thing uses a dataset."""

    CONVERSATION = "conversation"
    BLOCK = "block"
    NOTEBOOK = "notebook"
    JOB = "job"
    DASHBOARD = "dashboard"


@record
class DatasetUse:
    """A thing that uses a dataset."""

    kind: DatasetUseKind
    """What kind of thing."""
    label: str
    """What it is called."""
    subject_id: str = ""
    """The conversation's, block's, job's or dashboard's id."""
    message_id: str = ""
    """The message that names the dataset."""
    path: str = ""
    """The notebook, from the folder that JupyterLab serves."""
    cell_id: str = ""
    """The first cell in it that reads the dataset."""
    cell: int = 0
    """Which of its cells that is, counted from 1; 0 where it is no cell."""
    cells: int = 0
    """How many cells read it."""
    last_at: datetime | None = None
    """When it was last changed or asked."""


@record
class DatasetUses:
    """The things that use a dataset."""

    dataset_id: str
    """The dataset."""
    uses: tuple[DatasetUse, ...]
    """Notebooks, then jobs, dashboards, blocks and conversations; of each the latest first."""
    is_cut: bool = False
    """Whether there are more notebooks in the folder than were looked through."""
