"""Where deleted versions wait, so that deleting them can be undone; a folder beside the models.

Only files of ours are taken; what a person imported in place is never touched. Slow (a disk):
call it on a thread.
"""

import shutil
from pathlib import Path

from .records import ModelVersion, VersionStatus

NAME = ".trash"


class Trash:
    """The deleted versions of one folder of models."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / NAME

    def take(self, version: ModelVersion) -> None:
        """Take a version's files away."""
        place = Path(version.path)
        if version.is_owned and version.path and place.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(place, self._folder / version.id)

    def give_back(self, version: ModelVersion) -> bool:
        """Put a version's files back; False where they are gone."""
        if not version.is_owned:
            return not version.path or Path(version.path).is_dir()
        taken = self._folder / version.id
        if not taken.is_dir():
            return version.status is not VersionStatus.READY
        Path(version.path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.move(taken, version.path)
        return True

    def empty(self, version_id: str = "") -> None:
        """Delete the files of one version for good, or of all."""
        shutil.rmtree(self._folder / version_id, ignore_errors=True)
