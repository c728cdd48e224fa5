"""Runs the git program: never asking anybody, never running what a repository brings along.

What git says is turned into sentences with a way out. Does not know blocks.
"""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sponde_server.core.errors import Conflict, Forbidden, Invalid, Unavailable, UpstreamFailed

_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.pager=cat",
    "core.editor=false",
    "core.askPass=",
    "credential.interactive=false",
    "protocol.ext.allow=never",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "merge.conflictStyle=merge",
    "gc.auto=0",
    "maintenance.auto=false",
    "rerere.enabled=false",
    "color.ui=false",
    "advice.detachedHead=false",
)
_RUNS = re.compile(
    r"(filter\..*\.(clean|smudge|process)|diff\..*\.(command|textconv)|diff\.external"
    r"|merge\..*\.driver|core\.(sshcommand|gitproxy|worktree)|credential\.(.*\.)?helper"
    r"|include\.path|includeif\..*|remote\..*\.(uploadpack|receivepack|vcs|proxy)"
    r"|url\..*|gpg\..*|http\.(.*\.)?(proxy|sslcainfo|sslverify|extraheader)|alias\..*)",
    re.IGNORECASE,
)
_URL_USER = re.compile(r"^([a-z+]+://)([^/@]*@)", re.IGNORECASE)
_FIELDS = {"1": 7, "u": 9, "?": 0}
"""How many fields stand before the path in each kind of line of git's status."""
_SECONDS = 20.0
_FAR_SECONDS = 120.0
_MOST_BYTES = 20_000_000
_NO_LOGIN = re.compile(
    r"could not read (Username|Password)|Authentication failed|Permission denied|"
    r"terminal prompts disabled|Host key verification failed|403|401|access denied",
    re.IGNORECASE,
)
_NO_WAY = re.compile(
    r"Could not resolve host|unable to access|Could not read from remote|Connection refused|"
    r"Connection timed out|does not appear to be a git repository|not found",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """What git answered."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """Its own last words, without an address that may hold a password."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        told = next((line for line in lines if line.startswith(("fatal:", "error:"))), "")
        return without_login(told or (lines[-1] if lines else ""))[:300]


@dataclass(frozen=True)
class Look:
    """How a repository stands."""

    changed: dict[str, str]
    """What is not committed below the folder: its path from there, and git's two letters."""
    branch: str
    remote: str
    has_upstream: bool
    ahead: int
    behind: int
    is_merging: bool
    last_commit: str


class Git:
    """The git program in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def is_there() -> bool:
        """Say whether git is installed."""
        return shutil.which("git") is not None

    async def ask(self, *words: str, give: str = "", seconds: float = _SECONDS) -> Said:
        """Run git and give what it says, whatever that is."""
        if not self.is_there():
            raise Unavailable("Git is not installed here.", "Install git; the files stay in step.")
        settings = [part for one in _SAFE for part in ("-c", one)]
        process = await asyncio.create_subprocess_exec(
            "git", *settings, *words,
            cwd=self.folder,
            env=_surroundings(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        try:
            out, err = await asyncio.wait_for(process.communicate(give.encode()), seconds)
        except TimeoutError as error:
            raise Unavailable(
                f"Git did not answer within {seconds:.0f} seconds.",
                "Look at the connection, and try again.",
            ) from error
        finally:
            if process.returncode is None:
                _end(process.pid)
                await process.wait()
        return Said(
            process.returncode or 0,
            out[:_MOST_BYTES].decode("utf-8", "replace"),
            err[:_MOST_BYTES].decode("utf-8", "replace"),
        )

    async def do(self, *words: str, give: str = "", seconds: float = _SECONDS) -> str:
        """Run git; refuse in a sentence where it fails."""
        said = await self.ask(*words, give=give, seconds=seconds)
        if said.code:
            raise _refusal(said, words[0])
        return said.out

    async def top(self) -> Path | None:
        """Give the repository's folder; None where there is none."""
        said = await self.ask("rev-parse", "--show-toplevel")
        return Path(said.out.strip()) if said.code == 0 and said.out.strip() else None

    async def check(self) -> dict[str, str]:
        """Refuse a repository whose own settings would run a program; give its settings."""
        said = await self.ask("config", "--show-scope", "--includes", "--null", "--list")
        parts = said.out.split("\0")
        settings: dict[str, str] = {}
        for scope, entry in zip(parts[::2], parts[1::2], strict=False):
            key, _, value = entry.partition("\n")
            settings[key] = value
            if scope not in ("local", "worktree") or value.startswith("git-lfs "):
                continue
            if _RUNS.fullmatch(key):
                raise Forbidden(
                    f"The repository's own settings say '{key}', which may run a program.",
                    "Look at it; where it is right, move it into your own settings with "
                    "git config --global.",
                )
        return settings

    async def branch(self) -> str:
        """Name the branch; empty where none is checked out."""
        return (await self.ask("symbolic-ref", "--quiet", "--short", "HEAD")).out.strip()

    async def remote(self) -> str:
        """Name the remote that the branch goes to; empty where there is none."""
        return _remote(await self.check(), await self.branch())

    async def remote_url(self) -> str:
        """Give the address that is pushed to, without name and password."""
        settings = await self.check()
        name = _remote(settings, await self.branch())
        return without_login(settings.get(f"remote.{name}.url", ""))

    async def set_remote(self, url: str) -> None:
        """Note where the folder is pushed; git keeps it, we do not."""
        check_url(url)
        known = (await self.ask("remote")).out.split()
        deed = ("set-url", "origin") if "origin" in known else ("add", "origin")
        await self.do("remote", *deed, url)

    async def look(self) -> Look | None:
        """Say how the repository stands; None where there is none."""
        places = await self.ask("rev-parse", "--show-toplevel", "--absolute-git-dir")
        if places.code:
            return None
        top, own = (Path(line) for line in places.out.splitlines()[:2])
        settings = await self.check()
        said = await self.do(
            "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames",
            "--", ".",
        )  # fmt: skip
        head: dict[str, str] = {}
        changed: dict[str, str] = {}
        for entry in said.split("\0"):
            kind, _, rest = entry.partition(" ")
            if kind == "#":
                key, _, value = rest.partition(" ")
                head[key] = value
            elif kind in _FIELDS:
                *fields, path = rest.split(" ", _FIELDS[kind])
                changed[path] = fields[0] if fields else "??"
        branch = head.get("branch.head", "")
        branch = "" if branch == "(detached)" else branch
        ahead, _, behind = head.get("branch.ab", "+0 -0").partition(" ")
        is_new = head.get("branch.oid", "(initial)") == "(initial)"
        log = "" if is_new else (await self.ask("log", "-1", "--format=%s")).out.strip()
        name = _remote(settings, branch)
        return Look(
            changed=_below(changed, top, self.folder),
            branch=branch,
            remote=without_login(settings.get(f"remote.{name}.url", "")),
            has_upstream="branch.ab" in head,
            ahead=abs(int(ahead)),
            behind=abs(int(behind)),
            is_merging=(own / "MERGE_HEAD").exists(),
            last_commit=log,
        )

    async def last_commit(self) -> str:
        """Give the first line of the last commit; empty where there is none."""
        return (await self.ask("log", "-1", "--format=%s")).out.strip()

    async def commit(self, paths: Sequence[str], message: str) -> None:
        """Commit these files and no others; what else is staged stays as it is."""
        given = "\0".join(paths)
        from_us = ("--pathspec-from-file=-", "--pathspec-file-nul")
        await self.do("add", "--all", *from_us, give=given)
        await self.do("commit", "--quiet", f"--message={message}", *from_us, give=given)

    async def fetch(self, remote: str) -> None:
        """Bring what is on the other side."""
        await self.do(
            "fetch", "--no-tags", "--no-recurse-submodules", "--", remote, seconds=_FAR_SECONDS
        )

    async def merge(self, what: str) -> list[str]:
        """Merge; give the files that are in conflict."""
        message = f"--message=Merge {what.removeprefix('refs/remotes/')}"
        said = await self.ask("merge", "--no-edit", "--no-verify-signatures", message, "--", what)
        if said.code == 0:
            return []
        unmerged = await self.unmerged()
        if not unmerged:
            raise _refusal(said, "merge")
        return unmerged

    async def unmerged(self) -> list[str]:
        """List the files that wait for a decision, from the folder."""
        said = await self.ask("diff", "--name-only", "--diff-filter=U", "-z", "--relative")
        return [path for path in said.out.split("\0") if path]

    async def stage(self, number: int, path: str) -> str | None:
        """Give a side of a conflict: 2 ours, 3 theirs; None where it is gone there."""
        said = await self.ask("show", f":{number}:./{path}")
        return said.out if said.code == 0 else None

    async def push(self, remote: str) -> None:
        """Send the branch to the other side."""
        await self.do(
            "push", "--porcelain", "--no-verify", "--set-upstream", "--", remote, "HEAD",
            seconds=_FAR_SECONDS,
        )  # fmt: skip


def _remote(settings: dict[str, str], branch: str) -> str:
    names = [
        key[len("remote.") : -len(".url")]
        for key in settings
        if key.startswith("remote.") and key.endswith(".url")
    ]
    told = settings.get(f"branch.{branch}.remote", "")
    if told in names:
        return told
    return "origin" if "origin" in names else (names[0] if names else "")


def _below(changed: dict[str, str], top: Path, folder: Path) -> dict[str, str]:
    """Write paths from the folder that the repository's own are given from its top."""
    below = folder.resolve().relative_to(top.resolve()).as_posix()
    before = "" if below == "." else f"{below}/"
    return {path.removeprefix(before): code for path, code in changed.items()}


def check_url(url: str) -> None:
    """Refuse an address that runs something, or that holds a password."""
    if not url.strip() or url != url.strip() or url.startswith("-") or "::" in url:
        raise Invalid(f"'{url[:80]}' is no address of a repository.", "Give one as its host shows.")
    if any(ord(letter) < 32 for letter in url):
        raise Invalid("The address holds a control character.", "Give it without.")
    found = _URL_USER.match(url)
    if found and (found[1].lower() != "ssh://" or ":" in found[2]):
        raise Invalid(
            "The address holds a name or a password, which would lie in the folder to be read.",
            "Give it without, and let git's own credential helper or an SSH key log you in.",
        )


def without_login(text: str) -> str:
    """Take names and passwords out of addresses."""
    return re.sub(r"([a-z+]+://)[^/@\s]*@", r"\1", text, flags=re.IGNORECASE)


def _surroundings() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    ssh = os.environ.get("GIT_SSH_COMMAND", "ssh")
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_SSH_COMMAND": f"{ssh} -oBatchMode=yes -oConnectTimeout=20",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_EDITOR": "false",
        "GCM_INTERACTIVE": "never",
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "",
    }


def _end(pid: int) -> None:
    """End git and what it began."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _refusal(said: Said, deed: str) -> Conflict | UpstreamFailed | Unavailable:
    text = said.err + said.out
    if "Please tell me who you are" in text or "empty ident name" in text:
        return Conflict(
            "Git does not know who you are.",
            'In a terminal: git config --global user.name "Ada"; '
            "git config --global user.email ada@example.org",
        )
    if _NO_LOGIN.search(text):
        return Unavailable(
            f"Git could not log in: {said.reason}",
            "Set up an SSH key or git's credential helper in a terminal, and try again.",
        )
    if "non-fast-forward" in text or "fetch first" in text or "[rejected]" in text:
        return Conflict("The other side has commits that are not here.", "Pull first, then push.")
    if "would be overwritten" in text:
        return Conflict(
            "Files here that are not committed would be overwritten.",
            "Commit them first; files that are not of the library in a terminal.",
        )
    if "unrelated histories" in text:
        return Conflict(
            "The two sides have nothing in common.",
            "Set the library into a fresh clone of that repository instead.",
        )
    if "dubious ownership" in text:
        return Conflict(
            "The folder belongs to somebody else.", "Clone it again as yourself, and set that one."
        )
    if "index.lock" in text:
        return Conflict(
            "Another git works in this folder.", "Wait until it has ended, and try again."
        )
    if _NO_WAY.search(text):
        return Unavailable(
            f"The other side cannot be reached: {said.reason}",
            "Look at the address and the connection, and try again.",
        )
    return UpstreamFailed(
        f"Git could not {deed}: {said.reason or 'it said nothing'}",
        "Open a terminal in the folder and look with: git status",
    )
