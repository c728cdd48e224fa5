"""Keeps models by name, brings their files, and hands them to engines.

A version's files lie in `<models>/<name>/<number>`, or where a person has them. What is deleted
waits in a folder of its own for a while, so that it can be brought back. Does not know engines:
who uses a version is asked through `guard`.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traitlets import Float, Int, Unicode, default, validate
from traitlets.config import LoggingConfigurable

from sponde_server.core.database import Database
from sponde_server.core.errors import Conflict, Invalid, SpondeError
from sponde_server.core.keys import Keys, last_four
from sponde_server.core.outbound import base_address
from sponde_server.core.record import now
from sponde_server.core.streams import Feed
from sponde_server.core.tasks import Tasks

from .catalogue import Catalogue, get_version, with_version
from .downloads import Downloads, Free, free_bytes
from .files import choose, clean_name, is_adapter, is_pickled, may_pickle, problem, suggest_name
from .folder import list_files, look
from .hub import Found, HubClient, HubSource, read_id, read_revision
from .records import (
    FilePlan,
    FolderQuestion,
    FolderReport,
    Hub,
    HubModel,
    HubQuestion,
    HubToken,
    ModelKind,
    ModelVersion,
    NewDownload,
    NewImport,
    NewRemoteModel,
    RegisteredModel,
    RegisteredModelChange,
    VersionSource,
    VersionStatus,
)
from .transfer import Damaged, FolderSource, Source, here_bytes
from .trash import Trash

HUB = "https://huggingface.co"
HUB_KEY = "hub"
KEPT_EARLIER = 20
Guard = Callable[[str, int], Awaitable[bool]]


class SpondeRegistry(LoggingConfigurable):
    """The models that are kept by name."""

    hub_url = Unicode(
        help="Address of a Hugging Face-compatible hub that models are downloaded from, such as a "
        "mirror inside a company. Default: HF_ENDPOINT from the environment, else "
        f"{HUB}. Nothing is asked of it until a person looks a model up."
    ).tag(config=True)
    models_folder = Unicode(
        help="Folder of downloaded and copied models, best on a large disk. Empty: 'models' in "
        "SpondeApp.data_dir."
    ).tag(config=True)
    connections = Int(
        4, min=1, help="How many files of one model are downloaded at the same time. At least 1."
    ).tag(config=True)
    retries = Int(
        6,
        min=0,
        help="How often a connection that broke is tried again before a download pauses itself; "
        "counted anew whenever something came. The waits grow from 0.5 to 30 seconds.",
    ).tag(config=True)
    undo_seconds = Float(
        600,
        min=0,
        help="Seconds that deleted files are kept, so that deleting can be undone; they are gone "
        "earlier where the room is needed, and when the server starts again.",
    ).tag(config=True)

    @default("hub_url")
    def _default_hub_url(self) -> str:
        return os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or HUB

    @validate("hub_url")
    def _check_hub_url(self, proposal: Any) -> str:
        try:
            return base_address(proposal["value"])
        except Invalid as error:
            self.log.warning("SpondeRegistry.hub_url is not used: %s %s", error, error.hint)
            return HUB

    def __init__(
        self,
        *,
        database: Database,
        feed: Feed,
        keys: Keys,
        folder: Path,
        root: Path | None = None,
        free: Free = free_bytes,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._keys = keys
        self._root = root
        self._free = free
        self._folder = Path(self.models_folder).expanduser() if self.models_folder else folder
        self._catalogue = Catalogue(database, feed, self._here)
        self._downloads = Downloads(feed, self.log, self._catalogue.note_progress, free)
        self._trash = Trash(self._folder)
        self._tasks = Tasks(self.log)
        self._guards: list[Guard] = []

    async def start(self) -> None:
        """Clear away what was deleted before, and find what a dead server left half done."""
        self._tasks.start(self._tidy())

    async def stop(self) -> None:
        """Pause the downloads."""
        await self._tasks.stop()
        await self._downloads.stop()

    def guard(self, is_used: Guard) -> None:
        """Ask this before a version is deleted: whether something uses it now."""
        self._guards.append(is_used)

    # -- what there is --------------------------------------------------------------------------

    async def list_models(self) -> list[RegisteredModel]:
        """Give every registered model with its versions, by name; cheap."""
        return await self._catalogue.list_models()

    async def get(self, name: str) -> RegisteredModel:
        """Give one registered model."""
        return await self._catalogue.get(name)

    async def change(self, name: str, change: RegisteredModelChange) -> RegisteredModel:
        """Change notes, licence or the version in use."""
        await self.get(name)
        if change.current is not None:
            await self.use(name, change.current)
        values = {
            field: value.strip()
            for field in ("notes", "licence")
            if (value := getattr(change, field)) is not None
        }
        return await self._catalogue.change(name, lambda model: replace(model, **values))

    async def use(self, name: str, number: int) -> RegisteredModel:
        """Use another version from now on."""
        version = get_version(await self.get(name), number)
        if version.status is not VersionStatus.READY:
            raise Conflict(
                f"Version {number} of '{name}' is not here whole ({version.status}).",
                "Resume its download first, or use another version.",
            )
        return await self._catalogue.change(name, lambda model: _using(model, number))

    async def roll_back(self, name: str) -> RegisteredModel:
        """Use again the version that was in use before."""
        model = await self.get(name)
        number = next((one for one in model.earlier if _is_ready(model, one)), 0)
        if not number:
            raise Conflict(
                f"No other version of '{name}' was in use before.", "Choose one of its versions."
            )
        return await self._catalogue.change(
            name,
            lambda known: replace(
                known, current=number, earlier=known.earlier[known.earlier.index(number) + 1 :]
            ),
        )

    # -- the hub --------------------------------------------------------------------------------

    async def hub(self) -> Hub:
        """Say where models are downloaded from, and whether there is a token for it."""
        return Hub(url=self.hub_url, token_hint=last_four(await self._token()))

    async def set_token(self, given: HubToken) -> Hub:
        """Keep this person's token for the hub, or forget it."""
        token = given.token.strip()
        if not token.isascii() or not token.isprintable() or " " in token:
            raise Invalid(
                "The token holds a space or a letter that no token has.",
                "Copy it again; only the token itself, without quotes or line breaks.",
            )
        await asyncio.to_thread(self._keys.keep, HUB_KEY, token)
        return await self.hub()

    async def look_up(self, question: HubQuestion) -> HubModel:
        """Say what the hub has under an id, and what of it would be brought."""
        found = await self._find(question.hub_id, question.revision)
        wanted, left_out = choose(found.files, may_pickle(question.allow_pickle))
        paths = [file.path for file in wanted]
        every = [file.path for file in found.files]
        has_pickle = _is_pickled_only(every)
        return HubModel(
            hub_id=found.hub_id,
            revision=found.commit,
            kind=ModelKind.ADAPTER if is_adapter(paths) else ModelKind.BASE,
            suggested_name=suggest_name(found.hub_id),
            licence=found.licence,
            base_reference=found.base if is_adapter(paths) else "",
            size_bytes=_total(wanted),
            files=len(wanted),
            left_out=left_out,
            problem=problem(every, has_pickle),
            free_bytes=await asyncio.to_thread(self._free, self._folder),
            is_gated=found.is_gated,
            has_pickle=has_pickle,
        )

    async def download(self, new: NewDownload) -> RegisteredModel:
        """Bring a model from the hub, as a new version of its name."""
        allow = may_pickle(new.allow_pickle)
        found = await self._find(new.hub_id, new.revision)
        wanted, _ = choose(found.files, allow)
        every = [file.path for file in found.files]
        wrong = problem(every, _is_pickled_only(every))
        if wrong:
            raise Invalid(f"'{found.hub_id}' cannot be used here.", wrong)
        if not any(file.path.endswith(".safetensors") for file in wanted) and not allow:
            raise Invalid(
                f"The weights of '{found.hub_id}' are pickled: they can run any code on this "
                "machine when they are loaded.",
                "Choose a model with safetensors, or allow it in words if you trust its makers.",
            )
        kind = ModelKind.ADAPTER if is_adapter(file.path for file in wanted) else ModelKind.BASE
        name = clean_name(new.name or suggest_name(found.hub_id))
        for version in (await self._known(name)).versions:
            if version.removed_at is None and (version.reference, version.revision) == (
                found.hub_id,
                found.commit,
            ):
                if version.status is VersionStatus.READY:
                    raise Conflict(
                        f"This very version of '{found.hub_id}' is here already, as version "
                        f"{version.number} of '{name}'.",
                        "Use that one, or give another revision.",
                    )
                return await self.resume(name, version.number)
        await self._make_room(_total(wanted), name)
        model = await self._add(
            name,
            kind,
            ModelVersion(
                model=name,
                number=0,
                source=VersionSource.HUB,
                reference=found.hub_id,
                revision=found.commit,
                size_bytes=_total(wanted),
                status=VersionStatus.DOWNLOADING,
            ),
            licence=found.licence,
            base_reference=found.base if kind is ModelKind.ADAPTER else "",
        )
        version = model.versions[0]
        await self._catalogue.put_plan(FilePlan(id=version.id, files=wanted))
        return await self._begin(version)

    # -- downloads under way --------------------------------------------------------------------

    async def pause(self, name: str, number: int) -> RegisteredModel:
        """Let a download wait; what has come is kept."""
        version = get_version(await self.get(name), number)
        if version.status is not VersionStatus.DOWNLOADING:
            raise Conflict(
                f"Version {number} of '{name}' is not being downloaded ({version.status}).",
                "Look at it again; it may have ended just now.",
            )
        await self._halt(version)
        return await self.get(name)

    async def resume(self, name: str, number: int) -> RegisteredModel:
        """Go on with a download, or fetch again what was damaged."""
        version = get_version(await self.get(name), number)
        if version.status is VersionStatus.DOWNLOADING:
            return await self.get(name)
        await self._downloads.settle(version.id)
        plan = await self._catalogue.find_plan(version.id)
        if version.status is VersionStatus.READY or plan is None:
            raise Conflict(
                f"There is nothing to fetch for version {number} of '{name}'.",
                "Register it again from where it came.",
            )
        here = await asyncio.to_thread(here_bytes, plan.files, Path(version.path))
        await self._make_room(max(0, version.size_bytes - here), name)
        return await self._begin(version)

    async def verify(self, name: str, number: int) -> RegisteredModel:
        """Read a version's files again: whether they are still what came."""
        version = get_version(await self.get(name), number)
        if version.status not in (VersionStatus.READY, VersionStatus.BROKEN):
            raise Conflict(
                f"Version {number} of '{name}' is not here whole.", "Resume its download first."
            )
        await self._downloads.settle(version.id)
        task = self._downloads.start(version, lambda: self._verify(version))
        # Shielded: who leaves the page does not end it.
        await asyncio.shield(task)
        return await self.get(name)

    # -- folders --------------------------------------------------------------------------------

    async def look_at(self, question: FolderQuestion) -> FolderReport:
        """Say what a folder holds and what is wrong with it."""
        report = await asyncio.to_thread(
            look, self._place(question.path), may_pickle(question.allow_pickle)
        )
        return replace(report, base=await self._base(report.base_reference))

    async def import_folder(self, new: NewImport) -> RegisteredModel:
        """Register a folder, where it is or copied into ours."""
        allow = may_pickle(new.allow_pickle)
        report = await self.look_at(FolderQuestion(path=new.path, allow_pickle=new.allow_pickle))
        _refuse(report)
        name = clean_name(new.name or report.suggested_name)
        folder = Path(report.path)
        if self._folder.resolve() in (folder, *folder.parents):
            raise Invalid(
                f"'{folder}' is one of our own folders.", "Choose the version that it belongs to."
            )
        version = ModelVersion(
            model=name,
            number=0,
            source=VersionSource.FOLDER,
            reference=report.path,
            path="" if new.is_copied else report.path,
            size_bytes=report.size_bytes,
            done_bytes=0 if new.is_copied else report.size_bytes,
            status=VersionStatus.DOWNLOADING if new.is_copied else VersionStatus.READY,
            is_owned=new.is_copied,
            architecture=report.architecture,
            context_length=report.context_length,
        )
        given = {
            "licence": report.licence,
            "base": new.base or report.base,
            "base_reference": report.base_reference,
            "notes": new.notes,
        }
        if not new.is_copied:
            return await self._add(name, report.kind, version, **given)
        await self._make_room(report.size_bytes, name)
        model = await self._add(name, report.kind, version, **given)
        wanted, _ = choose(await asyncio.to_thread(list_files, folder), allow)
        version = model.versions[0]
        await self._catalogue.put_plan(FilePlan(id=version.id, files=wanted))
        return await self._begin(version)

    async def register_folder(
        self,
        folder: Path,
        *,
        name: str,
        source: VersionSource = VersionSource.FOLDER,
        reference: str = "",
        base: str = "",
        notes: str = "",
    ) -> RegisteredModel:
        """Register a folder as a new version of a name (an adapter where `base` is given).

        What training made is ours: deleting the version deletes it.
        """
        report = await asyncio.to_thread(look, folder)
        _refuse(report)
        return await self._add(
            clean_name(name),
            ModelKind.ADAPTER if base else report.kind,
            ModelVersion(
                model=clean_name(name),
                number=0,
                source=source,
                reference=reference or report.path,
                path=report.path,
                size_bytes=report.size_bytes,
                done_bytes=report.size_bytes,
                status=VersionStatus.READY,
                is_owned=source is VersionSource.TRAINING,
                architecture=report.architecture,
                context_length=report.context_length,
            ),
            licence=report.licence,
            base=base or await self._base(report.base_reference),
            base_reference=report.base_reference,
            notes=notes,
        )

    async def register_remote(self, new: NewRemoteModel) -> RegisteredModel:
        """Register a provider's model under a name."""
        provider, _, model = new.model_id.partition("/")
        if not provider or not model or provider == "local":
            raise Invalid(
                f"'{new.model_id}' is not a model of a provider.",
                "Choose one of the models under Connected.",
            )
        name = clean_name(new.name or suggest_name(model))
        return await self._add(
            name,
            ModelKind.REMOTE,
            ModelVersion(
                model=name,
                number=0,
                source=VersionSource.PROVIDER,
                reference=new.model_id,
                status=VersionStatus.READY,
                is_owned=False,
            ),
            notes=new.notes,
        )

    # -- deleting -------------------------------------------------------------------------------

    async def remove(self, name: str, number: int) -> RegisteredModel | None:
        """Delete a version, or give a download up; None where the model went with it."""
        model = await self.get(name)
        await self._remove(model, [get_version(model, number)])
        left = [one for one in await self.list_models() if one.name == name]
        return left[0] if left else None

    async def remove_model(self, name: str) -> None:
        """Delete a model with every version."""
        model = await self.get(name)
        await self._remove(model, list(model.versions))

    async def restore(self, name: str, number: int = 0) -> RegisteredModel:
        """Bring a deleted version back; without a number, all that were deleted last."""
        model = await self._catalogue.find(name)
        removed = [version for version in model.versions if version.removed_at is not None]
        if number:
            removed = [version for version in removed if version.number == number]
        last = max((str(version.removed_at) for version in removed), default="")
        removed = [version for version in removed if str(version.removed_at) == last]
        for version in removed:
            if not await asyncio.to_thread(self._trash.give_back, version):
                raise Conflict(
                    f"The files of '{name}' are gone; they cannot be brought back any more.",
                    "Download or import it again.",
                )
        if not removed:
            raise Conflict(f"Nothing of '{name}' was deleted lately.", "Look at its versions.")

        def back(known: RegisteredModel) -> RegisteredModel:
            for version in removed:
                known = with_version(known, version.number, removed_at=None)
            numbers = {version.number for version in removed}
            if known.earlier and known.earlier[0] in numbers:
                return replace(known, current=known.earlier[0], earlier=known.earlier[1:])
            return known

        return await self._catalogue.change(name, back)

    async def _remove(self, model: RegisteredModel, versions: list[ModelVersion]) -> None:
        for version in versions:
            for is_used in self._guards:
                if await is_used(model.name, version.number):
                    raise Conflict(
                        f"Version {version.number} of '{model.name}' is running.",
                        "Stop its engine first, then delete it.",
                    )
        moment = now()
        for version in versions:
            await self._halt(version)
            await asyncio.to_thread(self._trash.take, version)
        numbers = [version.number for version in versions]

        def without(known: RegisteredModel) -> RegisteredModel:
            for number in numbers:
                known = with_version(known, number, removed_at=moment)
            if known.current not in numbers:
                return known
            there = [one for one in known.versions if one.removed_at is None]
            ready = [one.number for one in there if one.status is VersionStatus.READY]
            earlier = [one for one in known.earlier if one in ready]
            fallback = earlier[0] if earlier else max(ready, default=0)
            return replace(known, current=fallback, earlier=(known.current, *known.earlier))

        await self._catalogue.change(model.name, without)
        self._tasks.start(self._empty_later([version.id for version in versions]))

    # -- inside ---------------------------------------------------------------------------------

    async def _known(self, name: str) -> RegisteredModel:
        """Give what there ever was under a name, or an empty model of it."""
        every = await self._catalogue.everything()
        for known in every.values():
            if known.name.lower() == name.lower() and known.name != name:
                raise Conflict(
                    f"A model is registered as '{known.name}' already.",
                    f"Write the name as '{known.name}' for another version of it, or take another.",
                )
        return every.get(name) or RegisteredModel(name=name)

    async def _add(
        self, name: str, kind: ModelKind, version: ModelVersion, **given: str
    ) -> RegisteredModel:
        """Add a version to a name, which begins with its first."""
        known = await self._known(name)
        there = [one for one in known.versions if one.removed_at is None]
        if there and known.kind is not kind:
            raise Conflict(
                f"'{name}' is registered as {_WORDS[known.kind]}; this is {_WORDS[kind]}.",
                "Give it another name.",
            )
        number = max((one.number for one in known.versions), default=0) + 1
        path = version.path or (
            str(self._folder / name / str(number)) if kind is not ModelKind.REMOTE else ""
        )
        version = replace(version, number=number, path=path)
        model = replace(known, kind=kind, versions=(version, *known.versions))
        if not there:
            model = replace(model, notes="", licence="", base="", base_reference="", current=0)
        model = replace(
            model,
            licence=model.licence or given.get("licence", ""),
            notes=model.notes or given.get("notes", ""),
            base=given.get("base") or model.base,
            base_reference=given.get("base_reference") or model.base_reference,
        )
        if version.status is VersionStatus.READY:
            model = _using(model, number)
        put = await self._catalogue.put(model)
        await self._join_adapters()
        return put

    async def _begin(self, version: ModelVersion) -> RegisteredModel:
        changed = await self._catalogue.change_version(
            version.model, version.number, status=VersionStatus.DOWNLOADING, failure=""
        )
        self._downloads.start(version, lambda: self._bring(version))
        return changed

    async def _bring(self, version: ModelVersion) -> None:
        """Bring a version's files, and note how that ended."""
        status, failure = VersionStatus.PAUSED, ""
        seen: dict[str, Any] = {}
        try:
            plan = await self._catalogue.find_plan(version.id)
            assert plan is not None
            source = await self._source(version)
            await self._downloads.bring(
                version, plan, source, Path(version.path), self.connections, self.retries
            )
            pickles = any(is_pickled(file.path) for file in plan.files)
            report = await asyncio.to_thread(look, Path(version.path), pickles)
            status = VersionStatus.BROKEN if report.problems else VersionStatus.READY
            failure = " ".join(report.problems)
            seen = {
                "architecture": report.architecture,
                "context_length": report.context_length,
                "size_bytes": report.size_bytes,
                "done_bytes": report.size_bytes,
            }
            if report.base_reference:
                await self._catalogue.change(
                    version.model, lambda m: replace(m, base_reference=report.base_reference)
                )
        except Damaged as error:
            status, failure = VersionStatus.BROKEN, f"{error.message} {error.hint}"
        except SpondeError as error:
            failure = f"{error.message} {error.hint}"
        finally:
            await asyncio.shield(self._note(version, status, failure, seen))

    async def _halt(self, version: ModelVersion) -> None:
        """End what is being done with a version."""
        await self._downloads.halt(version.id)
        known = get_version(await self._catalogue.find(version.model), version.number)
        if known.status is VersionStatus.DOWNLOADING:
            # It was ended before it had begun.
            await self._note(version, VersionStatus.PAUSED, "", {})

    async def _note(
        self, version: ModelVersion, status: VersionStatus, failure: str, seen: dict[str, Any]
    ) -> None:
        def noted(model: RegisteredModel) -> RegisteredModel:
            model = with_version(model, version.number, status=status, failure=failure, **seen)
            is_ready = status is VersionStatus.READY
            return _using(model, version.number) if is_ready else model

        await self._catalogue.change(version.model, noted)
        if status is VersionStatus.READY:
            await self._join_adapters()

    async def _verify(self, version: ModelVersion) -> None:
        plan = await self._catalogue.find_plan(version.id)
        wrong: list[str] = []
        if plan is not None:
            source = await self._source(version)
            wrong = await self._downloads.check(version, plan, source)
        if wrong:
            some = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if wrong[3:] else "")
            failure = f"{some}: damaged or gone, and taken away. Fetch again what is missing."
        else:
            report = await asyncio.to_thread(look, Path(version.path), True)
            failure = " ".join(report.problems)
        await self._catalogue.change_version(
            version.model,
            version.number,
            status=VersionStatus.BROKEN if failure else VersionStatus.READY,
            failure=failure,
        )

    async def _find(self, given: str, revision: str) -> Found:
        hub_id, in_address = read_id(given, self.hub_url)
        revision = read_revision(revision or in_address)
        token = await self._token()

        async def ask() -> Found:
            client = HubClient(self.hub_url, token)
            try:
                return await client.find(hub_id, revision)
            finally:
                await client.close()

        return await self._downloads.on_the_worker(ask)

    async def _source(self, version: ModelVersion) -> Source:
        if version.source is VersionSource.HUB:
            token = await self._token()
            return HubSource(self.hub_url, token, version.reference, version.revision)
        return FolderSource(Path(version.reference))

    async def _token(self) -> str:
        return await asyncio.to_thread(self._keys.find, HUB_KEY) or ""

    def _place(self, path: str) -> Path:
        """Resolve a path that a person gave: absolute, from home, or from Jupyter's root."""
        given = path.strip().strip("'\"")
        if not given or "\0" in given:
            raise Invalid("No folder is given.", "Give the folder that the model's files are in.")
        full = Path(given).expanduser()
        return full if full.is_absolute() or self._root is None else self._root / full

    async def _base(self, reference: str) -> str:
        """Find the registered model that an adapter's config names as its base."""
        if not reference:
            return ""
        last = suggest_name(reference).lower()
        close = ""
        for model in await self.list_models():
            if model.kind is not ModelKind.BASE:
                continue
            known = {model.name, *(one.reference for one in model.versions)}
            if reference in known | {one.path for one in model.versions}:
                return model.name
            if model.name.lower() == last:
                close = model.name
        return close

    async def _join_adapters(self) -> None:
        """Join adapters with the bases that they name, where those are registered now."""
        for model in await self.list_models():
            if model.kind is ModelKind.ADAPTER and model.base_reference and not model.base:
                base = await self._base(model.base_reference)
                if base:
                    full = await self._catalogue.find(model.name)
                    await self._catalogue.put(replace(full, base=base))

    async def _make_room(self, needed: int, name: str) -> None:
        try:
            await self._downloads.room_for(needed, self._folder, name)
        except SpondeError:
            # What was deleted still takes room: that goes first.
            await asyncio.to_thread(self._trash.empty)
            await self._downloads.room_for(needed, self._folder, name)

    def _here(self, version: ModelVersion, plan: FilePlan) -> int:
        return here_bytes(plan.files, Path(version.path))

    # -- what was deleted -----------------------------------------------------------------------

    async def _tidy(self) -> None:
        await asyncio.to_thread(self._trash.empty)
        await self._catalogue.everything()

    async def _empty_later(self, version_ids: list[str]) -> None:
        await asyncio.sleep(self.undo_seconds)
        for version_id in version_ids:
            await asyncio.to_thread(self._trash.empty, version_id)


_WORDS = {
    ModelKind.BASE: "a whole model",
    ModelKind.ADAPTER: "an adapter",
    ModelKind.REMOTE: "a provider's model",
}


def _using(model: RegisteredModel, number: int) -> RegisteredModel:
    if model.current == number:
        return model
    before = (model.current, *model.earlier) if model.current else model.earlier
    earlier = tuple(one for one in dict.fromkeys(before) if one != number)
    return replace(model, current=number, earlier=earlier[:KEPT_EARLIER])


def _is_ready(model: RegisteredModel, number: int) -> bool:
    return any(
        version.number == number and version.status is VersionStatus.READY
        for version in model.versions
    )


def _is_pickled_only(paths: list[str]) -> bool:
    return any(map(is_pickled, paths)) and not any(p.endswith(".safetensors") for p in paths)


def _total(files: Any) -> int:
    return sum(max(0, file.size_bytes) for file in files)


def _refuse(report: FolderReport) -> None:
    if report.problems:
        raise Invalid(
            f"'{report.path}' cannot be registered: {report.problems[0]}",
            " ".join(report.problems[1:]) or "Mend that, or choose another folder.",
        )
