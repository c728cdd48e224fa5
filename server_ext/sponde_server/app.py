"""Builds every part once and joins them. The only place where slices meet."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Unicode, default

from . import origins
from .activity.records import Level
from .activity.routes import routes as activity_routes
from .activity.service import SpondeActivity
from .benches.routes import routes as benches_routes
from .benches.service import SpondeBenches
from .chat.command_routes import routes as command_routes
from .chat.commands import Desk
from .chat.completer import SpondeCompleter
from .chat.conversations.routes import routes as conversations_routes
from .chat.conversations.service import SpondeConversations
from .chat.persona_routes import routes as persona_routes
from .chat.records import NamedBlock
from .chat.routes import routes as chat_routes
from .chat.service import SpondeChat
from .checkpoints.routes import routes as checkpoints_routes
from .checkpoints.service import SpondeCheckpoints
from .core import security
from .core.database import Database
from .core.events import Bus
from .core.http import Routes, handlers
from .core.keys import Keys
from .core.owner import Owner
from .core.streams import Feed
from .datasets.addresses.routes import routes as address_routes
from .datasets.addresses.service import SpondeAddresses
from .datasets.files.kind_routes import routes as kind_routes
from .datasets.grid.routes import routes as view_routes
from .datasets.grid.service import SpondeViews
from .datasets.labels.folders import SpondeDataFolders
from .datasets.labels.service import SpondeLabels
from .datasets.problems.routes import routes as problem_routes
from .datasets.problems.service import DatasetProblems
from .datasets.records import DatasetAdded, DatasetRemoved
from .datasets.routes import routes as datasets_routes
from .datasets.service import SpondeDatasets
from .datasets.sql.downloads import SpondeDownloads
from .datasets.sql.routes import routes as queries_routes
from .datasets.sql.service import SpondeQueries
from .datasets.uploads.routes import routes as upload_routes
from .datasets.uploads.service import SpondeUploads
from .datasets.vanished.routes import routes as vanished_routes
from .datasets.vanished.service import VanishedDatasets
from .datasets.versions.routes import routes as version_routes
from .datasets.versions.service import SpondeVersions
from .datasets.versions.watching import SpondeWatch
from .datasets.where_used.around import Around
from .datasets.where_used.around_routes import routes as around_routes
from .datasets.where_used.service import SpondeDatasetUses
from .dialogs import Dialogs
from .engines.records import EngineSource, EngineStatus, Weights
from .engines.routes import routes as engines_routes
from .engines.service import SpondeEngines
from .engines.vllm import OWN_PLACES
from .experiments.records import ExperimentDecided
from .experiments.routes import routes as experiments_routes
from .experiments.service import SpondeExperiments
from .gateway.addresses import handlers as gateway_handlers
from .gateway.routes import routes as gateway_routes
from .gateway.service import SpondeGateway
from .jobs.records import RunFinished, RunStatus
from .jobs.routes import routes as jobs_routes
from .jobs.service import SpondeJobs
from .library.bulk.routes import routes as bulk_routes
from .library.code.extract import fences
from .library.collections.routes import routes as collections_routes
from .library.collections.service import SpondeCollections
from .library.fields.routes import routes as fields_routes
from .library.finding.meant_routes import routes as meant_routes
from .library.finding.routes import routes as finding_routes
from .library.fits.renames_routes import routes as renames_routes
from .library.fits.routes import routes as fits_routes
from .library.folder.routes import routes as folder_routes
from .library.folder.service import SpondeFolder
from .library.outside import Outside
from .library.proof.routes import routes as proof_routes
from .library.records import CodeBlockSaved
from .library.routes import routes as library_routes
from .library.service import SpondeLibrary
from .library.sources.routes import routes as source_routes
from .library.transfer.beside import Beside
from .library.transfer.routes import routes as transfer_routes
from .library.transfer.service import SpondeTransfers
from .library.trials.service import SpondeTrials
from .library.where_used.routes import routes as where_used_routes
from .library.where_used.service import SpondePlaces
from .mcp.doors import handlers as mcp_handlers
from .mcp.routes import routes as mcp_routes
from .mcp.service import SpondeMcp
from .meaning.service import SpondeMeaning
from .models.local import LocalModels
from .models.records import Role
from .models.routes import routes as models_routes
from .models.service import SpondeModels
from .publish.proxy import handlers as dashboard_handlers
from .publish.records import Entry, Format, NewExport, PublicationReady, Transcript
from .publish.routes import routes as publish_routes
from .publish.service import SpondePublisher
from .registry.routes import routes as registry_routes
from .registry.service import SpondeRegistry
from .samples import DatasetSamples
from .tools.routes import routes as tools_routes
from .tools.service import SpondeTools
from .tuning.records import TrainingEnded
from .tuning.routes import routes as tuning_routes
from .tuning.service import SpondeTuning
from .usage.records import BudgetReached
from .usage.routes import routes as usage_routes
from .usage.service import SpondeUsage

if TYPE_CHECKING:
    from .mcp.catalogue import Catalogue, Prompt
    from .tools.records import Tool

MIGRATIONS = Path(__file__).parent / "migrations"
PACKED = Path(__file__).parent / "notebooks"
NOTEBOOKS = PACKED if PACKED.is_dir() else Path(__file__).parents[2] / "notebooks"
ROUTES: list[Routes] = [
    activity_routes,
    datasets_routes,
    upload_routes,
    problem_routes,
    kind_routes,
    queries_routes,
    view_routes,
    vanished_routes,
    version_routes,
    address_routes,
    around_routes,
    usage_routes,
    registry_routes,
    engines_routes,
    models_routes,
    gateway_routes,
    mcp_routes,
    benches_routes,
    tuning_routes,
    checkpoints_routes,
    tools_routes,
    chat_routes,
    persona_routes,
    command_routes,
    conversations_routes,
    jobs_routes,
    experiments_routes,
    publish_routes,
    library_routes,
    proof_routes,
    finding_routes,
    meant_routes,
    source_routes,
    bulk_routes,
    renames_routes,
    transfer_routes,
    folder_routes,
    collections_routes,
    where_used_routes,
    fields_routes,
    fits_routes,
]
LEVELS = {
    RunStatus.SUCCEEDED: Level.INFO,
    RunStatus.CANCELLED: Level.INFO,
    RunStatus.FAILED: Level.ERROR,
}


class SpondeApp(ExtensionApp):
    """The workbench as a Jupyter Server extension."""

    name = "sponde"
    extension_url = "/lab"
    load_other_extensions = True
    classes = [
        SpondeActivity,
        SpondeDatasets,
        SpondeUploads,
        SpondeQueries,
        SpondeDownloads,
        SpondeViews,
        SpondeVersions,
        SpondeWatch,
        SpondeAddresses,
        SpondeDatasetUses,
        SpondeLabels,
        SpondeDataFolders,
        SpondeUsage,
        SpondeRegistry,
        SpondeEngines,
        SpondeModels,
        SpondeGateway,
        SpondeMcp,
        SpondeBenches,
        SpondeTuning,
        SpondeCheckpoints,
        SpondeTools,
        SpondeChat,
        SpondeConversations,
        SpondeCompleter,
        SpondeJobs,
        SpondeExperiments,
        SpondePublisher,
        SpondeLibrary,
        SpondeTrials,
        SpondeCollections,
        SpondePlaces,
        SpondeTransfers,
        SpondeFolder,
        SpondeMeaning,
    ]

    data_dir = Unicode(
        help="Folder of the history, its keys and its working files (mode 0700). One person's, "
        "whatever folder JupyterLab serves. Default: 'sponde' in Jupyter's data folder."
    ).tag(config=True)

    uses_keyring = Bool(
        True,
        help="Whether keys are put into the system's keyring where there is one and the package "
        "'keyring' is installed (pip install 'sponde[keyring]'). False: always into a file of "
        "mode 0600 in data_dir.",
    ).tag(config=True)

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return str(Path(jupyter_data_dir()) / "sponde")

    def initialize_settings(self) -> None:
        """Make the parts."""
        assert self.serverapp is not None
        folder = Path(self.data_dir)
        self.root = Path(self.serverapp.root_dir)
        self.bus = Bus(self.log)
        self.feed = Feed()
        self.keys = Keys(folder / "keys.json", looks=self.uses_keyring)
        self.keys.take_all()
        self.owner = Owner(folder / "server.json")
        self.database = Database(folder / "history.duckdb", MIGRATIONS, self.log)
        kept: dict[str, Any] = {"database": self.database, "parent": self}
        self.activity = SpondeActivity(feed=self.feed, **kept)
        self.meaning = SpondeMeaning(beside=folder, parent=self)
        self.library = SpondeLibrary(bus=self.bus, feed=self.feed, meaning=self.meaning, **kept)
        self.jobs = SpondeJobs(
            bus=self.bus, feed=self.feed, root=self.root, folder=folder / "runs", **kept
        )
        self.experiments = SpondeExperiments(
            bus=self.bus, feed=self.feed, jobs=self.jobs, root=self.root, **kept
        )
        self.publisher = SpondePublisher(
            bus=self.bus,
            feed=self.feed,
            root=self.root,
            folder=folder / "published",
            base_url=self.serverapp.base_url,
            transcript=self._transcript,
            fences=fences,
            **kept,
        )
        self.datasets = SpondeDatasets(
            bus=self.bus, feed=self.feed, root=self.root, folder=folder / "datasets", **kept
        )
        self.uploads = SpondeUploads(
            datasets=self.datasets, root=self.root, folder=folder / "datasets", parent=self
        )
        self.versions = SpondeVersions(
            bus=self.bus,
            feed=self.feed,
            datasets=self.datasets,
            root=self.root,
            folder=folder / "datasets",
            **kept,
        )
        self.problems = DatasetProblems(
            datasets=self.datasets, database=self.database, folder=folder / "datasets"
        )
        self.uploads.on_replaced = self.versions.keep
        self.watch = SpondeWatch(datasets=self.datasets, root=self.root, parent=self)
        self.queries = SpondeQueries(
            datasets=self.datasets,
            root=self.root,
            folder=folder / "datasets",
            database=self.database,
            parent=self,
        )
        self.views = SpondeViews(datasets=self.datasets, folder=folder / "datasets", parent=self)
        self.downloads = SpondeDownloads(
            datasets=self.datasets, queries=self.queries, folder=folder / "datasets", parent=self
        )
        self.addresses = SpondeAddresses(
            uploads=self.uploads,
            feed=self.feed,
            root=self.root,
            folder=folder / "datasets",
            parent=self,
        )
        self.around = Around()
        self.uses = SpondeDatasetUses(
            datasets=self.datasets, around=self.around, root=self.root, parent=self
        )
        self.labels = SpondeLabels(feed=self.feed, datasets=self.datasets, **kept)
        self.data_folders = SpondeDataFolders(
            datasets=self.datasets,
            root=self.root,
            example=NOTEBOOKS / "bird_strikes.csv",
            parent=self,
        )
        self.vanished = VanishedDatasets(
            database=self.database, feed=self.feed, datasets=self.datasets, root=self.root
        )
        samples = DatasetSamples(self.datasets)
        self.library.dataset_states = samples.states
        self.library.samples = samples
        self.outside = Outside(root=self.root, samples=samples)
        self.collections = SpondeCollections(feed=self.feed, outside=self.outside, **kept)
        self.places = SpondePlaces(outside=self.outside, **kept)
        self.trials = SpondeTrials(
            feed=self.feed,
            library=self.library,
            folder=folder / "trials",
            samples=samples,
            find_python=self._kernel_python,
            **kept,
        )
        self.folder = SpondeFolder(
            bus=self.bus,
            feed=self.feed,
            library=self.library,
            root=self.root,
            private=folder,
            **kept,
        )
        self.transfers = SpondeTransfers(
            bus=self.bus,
            feed=self.feed,
            library=self.library,
            root=self.root,
            folder=folder / "carried",
            **kept,
        )
        self.transfers.beside = Beside(self.collections)
        self.usage = SpondeUsage(bus=self.bus, feed=self.feed, **kept)
        self.registry = SpondeRegistry(
            feed=self.feed, keys=self.keys, folder=folder / "models", root=self.root, **kept
        )
        self.engines = SpondeEngines(
            feed=self.feed, folder=folder / "engines", find_weights=self._find_weights, **kept
        )
        self.models = SpondeModels(
            feed=self.feed,
            keys=self.keys,
            usage=self.usage,
            local=LocalModels(self.registry, self.engines),
            **kept,
        )
        self.gateway = SpondeGateway(feed=self.feed, models=self.models, **kept)
        self.benches = SpondeBenches(
            feed=self.feed,
            models=self.models,
            engines=self.engines,
            registry=self.registry,
            **kept,
        )
        self.checkpoints = SpondeCheckpoints(
            feed=self.feed,
            root=self.root,
            folder=folder / "checkpoints",
            find_conversation=self._conversation_of,
            **kept,
        )
        self.tools = SpondeTools(feed=self.feed, keys=self.keys, root=self.root, **kept)
        self.tools.add_later(self._add_tools)
        self.chat = SpondeChat(
            bus=self.bus,
            feed=self.feed,
            models=self.models,
            datasets=self.datasets,
            tools=self.tools,
            desk=Desk(
                self.datasets,
                jobs=self.jobs,
                root=self.root,
                verdicts=self._verdicts,
                save=self._save_conversation,
                made=self.checkpoints.made,
            ),
            find_block=self._find_block,
            root=self.root,
            meaning=self.meaning,
            **kept,
        )
        self.completer = SpondeCompleter(models=self.models, datasets=self.datasets, parent=self)
        dialogs = Dialogs(self.chat)
        self.tuning = SpondeTuning(
            bus=self.bus,
            feed=self.feed,
            jobs=self.jobs,
            registry=self.registry,
            root=self.root,
            folder=folder / "tuning",
            notebooks=NOTEBOOKS,
            get_liked=dialogs.liked,
            get_branch=dialogs.of,
            engine_pythons=self._engine_pythons,
            **kept,
        )
        self.mcp = SpondeMcp(
            feed=self.feed,
            gateway=self.gateway,
            tools=self.tools,
            make_catalogue=self._offers,
            **kept,
        )
        self._join()

    def _join(self) -> None:
        """Say who listens to what."""
        origins.join(
            self.library, self.bus, chat=self.chat, datasets=self.datasets, models=self.models
        )
        origins.join_places(
            self.outside, database=self.database, jobs=self.jobs, library=self.library
        )
        origins.join_uses(
            self.around,
            database=self.database,
            jobs=self.jobs,
            library=self.library,
            publisher=self.publisher,
        )
        self.registry.guard(self._is_running)
        self.usage.heard.append(
            lambda request: self.engines.answered(request.model_id, request.first_token_ms)
        )
        self.bus.on(RunFinished, self._note_run)
        self.bus.on(DatasetRemoved, lambda event: self.views.forget(event.dataset_id))
        for told in (DatasetAdded, DatasetRemoved, CodeBlockSaved):
            self.bus.on(told, lambda event: self.mcp.changed("resources"))
        self.bus.on(
            ExperimentDecided,
            lambda event: self.activity.note(
                "ExperimentDecided", event.sentence, subject=event.experiment_id, notify=True
            ),
        )
        self.bus.on(
            BudgetReached,
            lambda event: self.activity.note(
                "BudgetReached",
                event.sentence,
                subject=event.budget_id,
                level=Level.ERROR if event.is_stopped else Level.WARNING,
                notify=True,
            ),
        )
        self.bus.on(
            TrainingEnded,
            lambda event: self.activity.note(
                "TrainingEnded",
                event.text,
                subject=event.training_id,
                level=Level.INFO if event.status == "succeeded" else Level.ERROR,
                notify=True,
            ),
        )
        self.bus.on(
            PublicationReady,
            lambda event: self.activity.note(
                "PublicationReady",
                f"'{event.name}' was published as a dashboard.",
                subject=event.publication_id,
            ),
        )

    def _add_tools(self) -> None:
        """Offer the workbench's own tools; imported when the first model is asked."""
        from .tools import workbench

        workbench.register(
            self.tools,
            datasets=self.datasets,
            library=self.library,
            root=self.root,
            private=Path(self.data_dir),
        )
        from .chat.commands.offered import offer

        offer(self.tools, lambda: self.chat.desk)

    async def _verdicts(self, notebook: str) -> list[str]:
        """Tell the commands what experiments with a notebook have found."""
        return [
            f"{one.name}: {one.verdict.sentence}"
            for one in [known.experiment for known in await self.experiments.list_all()]
            if one.verdict and notebook in {variant.notebook for variant in one.variants}
        ]

    async def _save_conversation(self, conversation_id: str, format: str) -> str:
        """Write a conversation beside the notebooks, and give its path."""
        asked = NewExport(format=Format(format))
        return (await self.publisher.save(conversation_id, asked)).path

    def _note_run(self, event: RunFinished) -> None:
        """Tell of a run's end; the many runs of an experiment are told of by the experiment."""
        self.activity.note(
            "RunFinished",
            event.text,
            subject=event.run_id,
            level=LEVELS.get(event.status, Level.WARNING),
            notify=event.origin in ("", "schedule") and event.status is not RunStatus.CANCELLED,
        )

    async def _find_weights(self, name: str, version: int) -> Weights:
        """Hand the files of a registered model to the engines."""
        return await LocalModels(self.registry, self.engines).weights(name, version)

    async def _is_running(self, name: str, number: int) -> bool:
        """Tell the registry whether an engine of ours uses a version's files."""
        return any(
            engine.source is EngineSource.OURS
            and engine.status not in (EngineStatus.STOPPED, EngineStatus.FAILED)
            and ((engine.model, engine.version) == (name, number) or name in engine.adapters)
            for engine in await self.engines.list_all()
        )

    async def _kernel_python(self) -> str:
        """Name the interpreter of the kernel that a new notebook gets."""
        assert self.serverapp is not None
        specs: Any = self.serverapp.kernel_spec_manager
        name = self.serverapp.kernel_manager.default_kernel_name
        found = specs.get_all_specs().get(name, {}).get("spec", {})
        command = found.get("argv") or [""]
        is_own = found.get("language") != "python" or command[0] in ("", "python", "python3")
        return sys.executable if is_own else str(command[0])

    def _engine_pythons(self) -> list[str]:
        """Name the interpreters that may run engines to training: the one that was set first."""
        return [self.engines.python, *(f"{place}/bin/python" for place in OWN_PLACES)]

    async def _conversation_of(self, message_id: str) -> str:
        """Tell the checkpoints which conversation a message belongs to."""
        return (await self.chat.get_message(message_id)).conversation_id

    def _offers(self, is_allowed: "Callable[[Tool], bool]") -> "Catalogue":
        """Make what the MCP server offers."""
        from .mcp.kept_prompts import prompts
        from .mcp.offers import Offers

        async def kept() -> "list[Prompt]":
            return prompts(await self.chat.templates.list_all())

        return Offers(self.tools, self.datasets, self.library, is_allowed, kept)

    async def _find_block(self, name: str) -> NamedBlock | None:
        """Hand a code block to the chat."""
        block = await self.library.find_by_name(name)
        if block is None:
            return None
        return NamedBlock(id=block.id, name=block.name, language=block.language, code=block.code)

    async def _transcript(self, conversation_id: str) -> Transcript:
        """Hand a conversation to the publisher, who knows no records of the chat."""
        conversation = await self.chat.get(conversation_id)
        messages = await self.chat.transcript(conversation_id)
        return Transcript(
            title=conversation.title,
            entries=tuple(
                Entry(
                    is_question=message.role is Role.USER,
                    text=message.text,
                    note=message.failure.message if message.failure else "",
                    outputs=tuple((output.mime, output.data) for output in message.outputs),
                )
                for message in messages
            ),
        )

    def initialize_handlers(self) -> None:
        """Hand the routes to Jupyter, and what every answer carries."""
        assert self.serverapp is not None
        parts: list[Any] = [
            self.feed,
            self.activity,
            self.datasets,
            self.uploads,
            self.problems,
            self.queries,
            self.views,
            self.downloads,
            self.versions,
            self.addresses,
            self.uses,
            self.labels,
            self.data_folders,
            self.vanished,
            self.usage,
            self.registry,
            self.engines,
            self.models,
            self.gateway,
            self.mcp,
            self.benches,
            self.tuning,
            self.checkpoints,
            self.tools,
            self.chat,
            self.completer,
            self.jobs,
            self.experiments,
            self.publisher,
            self.library,
            self.trials,
            self.transfers,
            self.folder,
            self.collections,
            self.places,
        ]
        self.handlers.extend(handlers(ROUTES, {type(part): part for part in parts}))
        self.handlers.extend(dashboard_handlers(self.publisher))
        self.handlers.extend(gateway_handlers(self.gateway))
        self.handlers.extend(mcp_handlers(self.gateway, self.mcp))
        security.headers(self.serverapp.web_app.settings)
        security.quiet_secrets(self.serverapp.log)

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Start what works in the background, once the server's loop runs."""
        self.owner.enter(serverapp.connection_url, serverapp.identity_provider.token, self.root)
        await self.usage.start()
        await self.registry.start()
        await self.engines.start()
        await self.datasets.start()
        await self.uploads.start()
        await self.watch.start()
        await self.library.sources.start()
        await self.folder.start()
        await self.publisher.start()
        await self.checkpoints.start()
        await self.tuning.start()
        await self.trials.start()
        await self.jobs.begin()
        await self.experiments.begin()

    async def stop_extension(self) -> None:
        """End what works in the background, then close the history."""
        self.owner.leave()
        await self.chat.stop()
        await self.tools.stop()
        await self.checkpoints.stop()
        await self.tuning.stop()
        await self.benches.stop()
        await self.mcp.stop()
        await self.gateway.stop()
        await self.models.stop()
        await self.engines.stop()
        await self.registry.stop()
        await self.usage.stop()
        await self.experiments.stop()
        await self.jobs.stop()
        await self.trials.stop()
        await self.transfers.stop()
        await self.folder.stop()
        await self.publisher.stop()
        await self.library.sources.stop()
        await self.library.stop()
        await self.meaning.stop()
        await self.watch.stop()
        await self.versions.stop()
        await self.addresses.stop()
        await self.views.stop()
        await self.downloads.stop()
        await self.problems.stop()
        await self.queries.stop()
        await self.uploads.stop()
        await self.datasets.stop()
        await self.activity.stop()
        await self.database.close()
