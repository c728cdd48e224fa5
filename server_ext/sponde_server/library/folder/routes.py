"""Addresses of the folder that holds the library as files."""

from sponde_server.core.http import Person, Routes

from .records import (
    FolderChanged,
    FolderPlan,
    FolderState,
    GitDone,
    NewCommit,
    NewFolder,
    NewRemote,
    NewResolution,
)
from .service import SpondeFolder

routes = Routes("library", events=(FolderChanged,))


@routes("GET", "/library-folder")
async def get_folder(folder: SpondeFolder) -> FolderState:
    """Say how the library and its folder stand, and what git says."""
    return await folder.state()


@routes("PUT", "/library-folder")
async def set_folder(folder: SpondeFolder, body: NewFolder) -> FolderState:
    """Keep the library in step with a folder from now on."""
    await folder.set(body)
    return await folder.state()


@routes("DELETE", "/library-folder")
async def leave_folder(folder: SpondeFolder) -> FolderState:
    """Keep no folder in step any more; its files stay."""
    return await folder.leave()


@routes("POST", "/library-folder/plan", action="read")
async def plan_folder(folder: SpondeFolder, body: NewFolder) -> FolderPlan:
    """Say what would happen if a folder were set; nothing is changed."""
    return await folder.plan(body)


@routes("POST", "/library-folder/look")
async def look_at_folder(folder: SpondeFolder) -> FolderState:
    """Compare the folder with the library now, and bring both in step."""
    await folder.look()
    return await folder.state()


@routes("POST", "/library-folder/resolve")
async def resolve_conflict(
    folder: SpondeFolder, person: Person, body: NewResolution
) -> FolderState:
    """End a conflict: mine, theirs, or what was made of both; none of the texts is lost."""
    return await folder.resolve(body, person.name)


@routes("POST", "/library-folder/git")
async def begin_git(folder: SpondeFolder) -> GitDone:
    """Make the folder a git repository."""
    return await folder.begin_git()


@routes("PUT", "/library-folder/git/remote")
async def set_remote(folder: SpondeFolder, body: NewRemote) -> GitDone:
    """Say where the folder is pushed; the address is kept by git."""
    return await folder.set_remote(body)


@routes("POST", "/library-folder/git/commit")
async def commit_folder(folder: SpondeFolder, body: NewCommit) -> GitDone:
    """Commit the library's files that have changed, and no others."""
    return await folder.commit(body)


@routes("POST", "/library-folder/git/pull")
async def pull_folder(folder: SpondeFolder) -> GitDone:
    """Bring the other side's commits; what conflicts waits for a person."""
    return await folder.pull()


@routes("POST", "/library-folder/git/push")
async def push_folder(folder: SpondeFolder) -> GitDone:
    """Send the commits to the other side."""
    return await folder.push()


@routes("POST", "/library-folder/git/abort")
async def abort_pull(folder: SpondeFolder) -> GitDone:
    """Take a pull back that waits for conflicts."""
    return await folder.abort()
