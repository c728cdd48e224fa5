"""A working configuration for Sponde: `jupyter lab --config jupyter_config.py`, or `make lab`.

Sponde works without any of it. Take the '#' away from what you want to change.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

# JupyterLab asks the network for news and updates; a workbench that is local first does not.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

# A model for everybody who uses this server, at any OpenAI-compatible address:
# c.SpondeModels.base_url = "http://127.0.0.1:8000/v1"

# -- every setting, with its default (written by `make docs`) --

# Folder of the history, its keys and its working files (mode 0700). One person's, whatever
# folder JupyterLab serves. Default: 'sponde' in Jupyter's data folder.
# c.SpondeApp.data_dir = ''

# Whether keys are put into the system's keyring where there is one and the package 'keyring' is
# installed (pip install 'sponde[keyring]'). False: always into a file of mode 0600 in data_dir.
# c.SpondeApp.uses_keyring = True

# How many seconds profiling one file may take before it is stopped.
# c.SpondeDatasets.max_profile_seconds = 600

# How many megabytes of memory one query or profile may use; beyond that it works on disk where
# it can, and is stopped where it cannot.
# c.SpondeDatasets.max_query_memory = 1000

# How many seconds one SQL query may take before it is stopped.
# c.SpondeDatasets.max_query_seconds = 30

# At most so many rows are given in one answer, whatever was asked.
# c.SpondeDatasets.max_rows = 10000

# How many bytes a packed file (gzip, ZIP, a workbook …) may unpack to, on disk.
# c.SpondeDatasets.max_unpacked_bytes = 20000000000

# What a language model may read of a dataset that is new: 'schema' (columns' names and types),
# 'statistics' (also gaps, bounds, means and frequent values), 'rows' (also its first
# policy_rows rows) or 'everything' (as many rows as fit). A person may set each dataset's own.
# c.SpondeDatasets.policy = 'statistics'

# How many rows a language model may read of a new dataset whose policy is 'rows'.
# c.SpondeDatasets.policy_rows = 20

# Files (paths from the root folder) that are datasets from the start, where they exist and
# nobody has removed them.
# c.SpondeDatasets.starters = []

# How many bytes a file may have that is uploaded as a dataset; a larger one is refused before
# it is sent. Files that lie in JupyterLab's folder already may be larger.
# c.SpondeUploads.max_upload_bytes = 5000000000

# How many days a file is kept that an upload has replaced, so that it can be put back.
# c.SpondeUploads.replaced_days = 30

# How many queries of each person are remembered; the oldest go first.
# c.SpondeQueries.max_history = 1000

# How many megabytes one query's result may take on disk.
# c.SpondeQueries.max_result_megabytes = 2000

# How many rows of a query's result are kept to be paged through; a download gives all of them,
# however many there are.
# c.SpondeQueries.max_result_rows = 1000000

# How many megabytes all kept results together may take on disk; the oldest ones go first, and
# their queries can be run again.
# c.SpondeQueries.max_results_megabytes = 10000

# How many megabytes one file to download may have.
# c.SpondeDownloads.max_download_megabytes = 20000

# How many seconds making one file to download may take.
# c.SpondeDownloads.max_download_seconds = 600

# From how many megabytes on a file that is looked at gets working copies, a table for the grid
# and Parquet, which are read much quicker. 0: never; rows then always come from the file
# itself.
# c.SpondeViews.copy_from_megabytes = 5

# How many megabytes all working copies may have together. Those used longest ago are removed
# first; they are made again when they are needed.
# c.SpondeViews.max_copies_megabytes = 20000

# How many seconds making one working copy may take before it is stopped.
# c.SpondeViews.max_copy_seconds = 600

# How many bytes all kept files of earlier versions may take together; the oldest go first.
# c.SpondeVersions.kept_versions_bytes = 5000000000

# How many of a dataset's latest versions can be compared with each other: their profiles stay
# in the history. 1: each only with the one before, when it is noticed.
# c.SpondeVersions.max_compared_versions = 20

# How many bytes a file may have that is kept as an earlier version when an upload replaces it.
# 0: none is kept; an upload's own undo still works.
# c.SpondeVersions.max_version_bytes = 500000000

# How many versions of a dataset are listed; of older ones only those stay whose file is kept.
# c.SpondeVersions.max_versions = 100

# How many seconds pass between two looks at the files of the datasets, for changes made on the
# disk. 0: none; they are then noticed when a dataset is opened or used.
# c.SpondeWatch.seconds = 5.0

# Whether files are also fetched over http, which is not encrypted. False: https only.
# c.SpondeAddresses.allows_http = False

# Whether files are also fetched from this machine and its own network. False: a person who may
# use this server reaches nothing there through it.
# c.SpondeAddresses.allows_private_addresses = False

# How often a broken connection is tried again without a byte more, before the fetch is given
# up; each time it waits longer, up to half a minute.
# c.SpondeAddresses.retries = 6

# Most notebooks below the folder that JupyterLab serves that are looked through for cells that
# read a dataset. Each is read once, and again when it has changed. 0: none.
# c.SpondeDatasetUses.max_notebooks = 5000

# How many tags a dataset may have.
# c.SpondeLabels.max_tags = 20

# How many data files of a folder are listed at once, to be added.
# c.SpondeDataFolders.max_files = 2000

# What prices and costs are counted in: a code of three letters, such as EUR. Changing it
# converts nothing.
# c.SpondeUsage.currency = 'USD'

# Days that single requests are kept; older ones become daily sums, which stay for ever. 0:
# single requests are kept for ever.
# c.SpondeUsage.keep_days = 365

# Time zone whose midnights part days and months, such as Europe/Zurich. Empty: the server's
# own.
# c.SpondeUsage.time_zone = ''

# How many files of one model are downloaded at the same time. At least 1.
# c.SpondeRegistry.connections = 4

# Address of a Hugging Face-compatible hub that models are downloaded from, such as a mirror
# inside a company. Default: HF_ENDPOINT from the environment, else https://huggingface.co.
# Nothing is asked of it until a person looks a model up.
# c.SpondeRegistry.hub_url = ''

# Folder of downloaded and copied models, best on a large disk. Empty: 'models' in
# SpondeApp.data_dir.
# c.SpondeRegistry.models_folder = ''

# How often a connection that broke is tried again before a download pauses itself; counted anew
# whenever something came. The waits grow from 0.5 to 30 seconds.
# c.SpondeRegistry.retries = 6

# Seconds that deleted files are kept, so that deleting can be undone; they are gone earlier
# where the room is needed, and when the server starts again.
# c.SpondeRegistry.undo_seconds = 600

# Addresses of engines that everyone here may use, up to and with /v1, such as one vLLM for all
# people of a JupyterHub host. They are listed under Models, to connect with one click. One that
# is to be connected for everybody at once: SpondeModels.base_url.
# c.SpondeEngines.addresses = []

# Seconds before an engine is started again after a crash; doubled each time.
# c.SpondeEngines.back_off_seconds = 1.0

# Words that start vLLM in place of an interpreter, before 'serve', such as ['uvx', 'vllm']. It
# must answer to --version, see this machine's files, and run as one process group. Empty:
# SpondeEngines.python.
# c.SpondeEngines.command = []

# Minutes without a question after which an engine is put to sleep, or stopped where it cannot
# sleep; one that sleeps is stopped after as long again. Pinned ones stay. 0: never.
# c.SpondeEngines.idle_minutes = 30.0

# Whether engines go on when this server is stopped; the next server uses them again. After a
# crash of the server they are found again in any case.
# c.SpondeEngines.keep_running = False

# Megabytes that are kept of what an engine writes.
# c.SpondeEngines.log_megabytes = 10.0

# Whether the ports at which vLLM, Ollama, LM Studio, llama.cpp and SGLang usually listen are
# asked on this machine, when the Models page is opened.
# c.SpondeEngines.looks_around = True

# Engines that may be awake at once; the one idle for longest makes room. 0: as many as fit in
# the memory.
# c.SpondeEngines.most_engines = 0

# Interpreter of the environment where vLLM is installed, such as /opt/vllm/bin/python. Empty:
# this environment, the one of the vllm command, then ~/.cache/sponde/engine and
# ~/.cache/sponde/engine-cpu. vLLM pins much: give it an environment of its own.
# c.SpondeEngines.python = ''

# How often within 15 minutes an engine is started again after a crash. 0: never.
# c.SpondeEngines.restarts = 3

# How deep idle engines sleep: 1 keeps the weights in main memory and wakes in about a second, 2
# drops them and reads the files again.
# c.SpondeEngines.sleep_level = 1

# Seconds that a starting engine may say nothing before its start counts as failed.
# c.SpondeEngines.start_seconds = 600.0

# Whether engines listen on unix sockets that only this person can reach. Off: on a free port of
# 127.0.0.1, which other people of this machine reach too (with a key).
# c.SpondeEngines.uses_sockets = True

# Key for base_url. Empty: none is sent. env:NAME: what that environment variable holds; it is
# taken out of what kernels inherit.
# c.SpondeModels.api_key = ''

# Address of an OpenAI-compatible server that everyone here may ask, up to and with /v1, such as
# http://127.0.0.1:8000/v1. Empty: people connect their own in the panel.
# c.SpondeModels.base_url = ''

# Seconds until a connection to a server of models must stand. 0: wait for ever.
# c.SpondeModels.connect_seconds = 10.0

# Seconds from a question to the first piece of its answer before it counts as failed. 0: wait
# for ever.
# c.SpondeModels.first_token_seconds = 300.0

# Most seconds to wait before asking again. A server that wants a longer pause is not asked
# again.
# c.SpondeModels.longest_pause = 30.0

# Name of the model at base_url to ask when nobody chooses. Empty: the first that the server
# lists.
# c.SpondeModels.model = ''

# Seconds that a server of models may say nothing between two pieces of an answer before it
# counts as failed. 0: wait for ever.
# c.SpondeModels.silence_seconds = 300.0

# How often a question is asked at most while a server of models is busy (429), fails (5xx) or
# cannot be reached, and nothing of the answer has come. 1: never again.
# c.SpondeModels.tries = 3

# Seconds of silence in a streamed answer after which a sign of life is sent, so that no program
# or proxy gives up while an engine starts.
# c.SpondeGateway.heartbeat_seconds = 10.0

# Names of tools that change something and that programs may call nevertheless. Tools that only
# read may be called anyway.
# c.SpondeMcp.allowed_tools = []

# Whether programs that are logged in may use the MCP server at all.
# c.SpondeMcp.is_open = True

# How many of the last calls are kept to look at.
# c.SpondeMcp.keep_calls = 5000

# How many programs may be connected; one more ends the oldest.
# c.SpondeMcp.max_sessions = 100

# How many tools, resources or prompts one page of a list has.
# c.SpondeMcp.page_size = 100

# Whether people may let programs call tools that change something (Models, Access for
# programs). False: only allowed_tools says so.
# c.SpondeMcp.people_may_allow = True

# Minutes after which a program that asked nothing has to connect again.
# c.SpondeMcp.session_minutes = 120

# Requests that one benchmark may make altogether; they cost what questions cost.
# c.SpondeBenches.most_requests = 2000

# Folder of the notebooks that train and compare, from the root that JupyterLab serves. They are
# put there when they are first needed, and may be changed.
# c.SpondeTuning.notebooks_folder = 'sponde-training'

# The Python that trains: the path of an interpreter with torch, transformers and peft (the
# extra 'finetune'). Empty: the one that runs engines, else this environment, whichever has
# them.
# c.SpondeTuning.python = ''

# How many days one can go back to before a turn. 0: without an end.
# c.SpondeCheckpoints.keep_days = 30

# How many megabytes all checkpoints together may take on the disk; the oldest go first. 0: as
# many as there is room for.
# c.SpondeCheckpoints.keep_megabytes = 500

# Megabytes of the largest file that is kept. A larger notebook is kept without its largest
# outputs; a larger file is not kept, and its turn says so.
# c.SpondeCheckpoints.largest_megabytes = 50

# How many seconds a call waits for a browser tab that can carry it out.
# c.SpondeTools.claim_seconds = 20

# Whether models are told of any tools. False: they only write text, and nothing waits for a
# permission.
# c.SpondeTools.is_offered = True

# How many characters of a tool's result a model reads at most; the rest is cut, and the cut is
# noted.
# c.SpondeTools.max_result_characters = 20000

# How many seconds a tool of the server may run before it is stopped.
# c.SpondeTools.max_seconds = 120

# How many seconds a tool that runs in the browser (a cell of a notebook) may take before the
# answer goes on without it.
# c.SpondeTools.max_tab_seconds = 900

# MCP servers whose tools everyone here may use, by name, in the common form: {"files":
# {"command": "a-program", "args": ["a"], "env": {"KEY": "env:KEY"}}, "far": {"url":
# "https://host/mcp", "headers": {"Authorization": "env:FAR_KEY"}}}. They are started when a
# model is asked for the first time.
# c.SpondeTools.mcp_servers = {}

# How many tokens a model reads and writes together, where neither its engine, its provider nor
# its name says so.
# c.SpondeChat.context_tokens = 32768

# Whether a model reads anything of the datasets that a question names with @: what each one's
# policy lets through (SpondeDatasets.policy). False: nothing, not even their columns' names.
# c.SpondeChat.describes_datasets = True

# How much of the conversation so far a model reads with a question, in tokens (estimated). What
# is older is shortened or left out. 0: the question alone.
# c.SpondeChat.history_tokens = 8000

# Most bytes of a file that a question may name with @.
# c.SpondeChat.longest_file = 500000

# Most characters of a file .sponde/instructions.md that are sent with a question. 0: none are.
# c.SpondeChat.longest_instructions = 8000

# Most characters that a question may have.
# c.SpondeChat.longest_question = 200000

# How many times in one answer a model may ask for tools before the answer is ended.
# c.SpondeChat.most_rounds = 12

# Most bytes that a file of conversations may have that is read in.
# c.SpondeConversations.longest_file = 200000000

# Whether the model that answers on this machine also names the conversation after its first
# answer. False: the title follows from the question by rule, until a person asks for a
# suggestion.
# c.SpondeConversations.suggests_titles = False

# Most characters of the cells above that a model reads. 0: none.
# c.SpondeCompleter.above_characters = 6000

# Most characters of the cell that a model reads, around the cursor.
# c.SpondeCompleter.cell_characters = 8000

# Most lines that are proposed at once, whatever was asked for.
# c.SpondeCompleter.longest_lines = 12

# Most tokens that a proposal may take.
# c.SpondeCompleter.most_tokens = 256

# Whether a model reads the names and columns of the datasets (never statistics or rows), so
# that it writes columns that exist. False: only the notebook's code is sent.
# c.SpondeCompleter.names_datasets = True

# Days that the log of a run is kept after its end; its result and its line in the list stay.
# Looked after at the start and once a day. 0: for ever.
# c.SpondeJobs.keep_log_days = 30

# How many logs of runs are kept at most; the oldest go first. 0: all.
# c.SpondeJobs.keep_logs = 1000

# How many runs may go on at once; the others wait in a queue. At least 1.
# c.SpondeJobs.parallel_runs = 2

# Folder of the executed notebooks, from the root that JupyterLab serves. It is made when the
# first run ends.
# c.SpondeJobs.results_folder = 'sponde-runs'

# Seconds that a run's kernel may take until it answers. At least 1.
# c.SpondeJobs.startup_limit = 60

# Seconds after which a run is ended, unless it names a limit itself. 0: never.
# c.SpondeJobs.time_limit = 0

# How many runs of one experiment wait or go on at once, so that other runs get their turn. At
# least 1; with 1 the runs cannot slow each other down.
# c.SpondeExperiments.at_once = 2

# How often a variant may run at most in one experiment. At least 1.
# c.SpondeExperiments.most_repeats = 100

# Seconds after which the kernel of a page that nobody looks at ends, and after which Voilà
# itself ends when no page is open. Both start again when they are needed.
# c.SpondePublisher.idle_seconds = 600

# How many pages of dashboards may be open at once; each has a kernel of its own.
# c.SpondePublisher.most_pages = 8

# Seconds that Voilà may take to start before that counts as a failure.
# c.SpondePublisher.start_seconds = 60

# How many days a deleted block can be brought back; after that it is deleted for good, with its
# revisions. 0 means for ever.
# c.SpondeLibrary.deleted_days = 30

# Longest code that a block may hold, in bytes of UTF-8. 0 means no limit. A block is shown,
# searched and put into a cell as a whole, so keep it small.
# c.SpondeLibrary.max_code_bytes = 200000

# Most blocks that one search gives. A reader asks for the rest by offset.
# c.SpondeLibrary.max_results = 200

# How many trials run at once; the others wait in a queue. Read at the start.
# c.SpondeTrials.at_once = 2

# How many rows from a dataset's beginning a trial's sample has.
# c.SpondeTrials.first_rows = 1000

# How many seconds of processor time a tried block may use on all cores together.
# c.SpondeTrials.max_cpu_seconds = 120.0

# How many bytes a file may have that a tried block writes.
# c.SpondeTrials.max_file_bytes = 1000000000

# How many bytes of resident memory a tried block, with all processes that it starts, may hold
# before it is ended.
# c.SpondeTrials.max_memory = 2000000000

# How many letters of printed text are shown of a trial; the rest is counted.
# c.SpondeTrials.max_output = 200000

# How many processes a tried block may have at once before it is ended.
# c.SpondeTrials.max_processes = 64

# How many seconds a tried block may run before it is ended.
# c.SpondeTrials.max_seconds = 60.0

# How many trials may wait; more are refused.
# c.SpondeTrials.max_waiting = 100

# How many random rows from the rest of a dataset a trial's sample has.
# c.SpondeTrials.random_rows = 1000

# Most blocks that a collection may have. 0 means no limit. All of them are read when it is
# opened.
# c.SpondeCollections.max_blocks = 500

# Most notebooks below the folder that JupyterLab serves that are looked through for cells that
# hold a block. Each is read once, and again when it has changed. 0: none.
# c.SpondePlaces.max_notebooks = 5000

# Most blocks that one import may hold. 0 means no limit. A line of each is held in memory until
# it is kept or left.
# c.SpondeTransfers.max_import_blocks = 100000

# Largest file that is imported, in bytes, and most that a zip may unpack to. 0 means no limit.
# Files are held in memory while they are read.
# c.SpondeTransfers.max_import_bytes = 200000000

# How often the folder that holds the library as files is looked at for changes, in seconds; it
# takes one look at the times of its files. 0: only when a person looks.
# c.SpondeFolder.look_seconds = 5.0

# Folder of the sentence encoder that searches by meaning (config.json, tokenizer.json,
# model.safetensors, such as all-MiniLM-L6-v2). Default: 'meaning' beside the history. Without
# those files there is no search by meaning.
# c.SpondeMeaning.folder = ''

# Interpreter with numpy: it computes the search by meaning, in a process of its own. Empty: the
# server's own.
# c.SpondeMeaning.python = ''
