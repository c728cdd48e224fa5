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

# How many seconds profiling one file may take before it is stopped.
# c.SpondeDatasets.max_profile_seconds = 600

# How many megabytes of memory one query or profile may use; beyond that it works on disk where
# it can, and is stopped where it cannot.
# c.SpondeDatasets.max_query_memory = 1000

# How many seconds one SQL query may take before it is stopped.
# c.SpondeDatasets.max_query_seconds = 30

# At most so many rows are given in one answer, whatever was asked.
# c.SpondeDatasets.max_rows = 10000

# Files (paths from the root folder) that are datasets from the start, where they exist and
# nobody has removed them.
# c.SpondeDatasets.starters = []

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

# Key for base_url. Empty: none is sent.
# c.SpondeModels.api_key = ''

# Address of an OpenAI-compatible server that everyone here may ask, up to and with /v1, such as
# http://127.0.0.1:8000/v1. Empty: people connect their own in the panel.
# c.SpondeModels.base_url = ''

# Name of the model at base_url to ask when nobody chooses. Empty: the first that the server
# lists.
# c.SpondeModels.model = ''

# Seconds that a server of models may say nothing before its answer counts as failed. 0: wait
# for ever.
# c.SpondeModels.silence_seconds = 300.0

# Seconds of silence in a streamed answer after which a sign of life is sent, so that no program
# or proxy gives up while an engine starts.
# c.SpondeGateway.heartbeat_seconds = 10.0

# Requests that one benchmark may make altogether; they cost what questions cost.
# c.SpondeBenches.most_requests = 2000

# Folder of the notebooks that train and compare, from the root that JupyterLab serves. They are
# put there when they are first needed, and may be changed.
# c.SpondeTuning.notebooks_folder = 'sponde-training'

# The Python that trains: the path of an interpreter with torch, transformers and peft (the
# extra 'finetune'). Empty: the one that runs engines, else this environment, whichever has
# them.
# c.SpondeTuning.python = ''

# Whether a model reads the columns, types and statistics of the datasets that a question names
# with @. Never their rows. False: only the question itself is sent.
# c.SpondeChat.describes_datasets = True

# How much of the conversation so far a model reads with a question, in tokens (estimated as a
# quarter of the characters). 0: the question alone.
# c.SpondeChat.history_tokens = 8000

# Most characters that a question may have.
# c.SpondeChat.longest_question = 200000

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

# Longest code that a block may hold, in bytes of UTF-8. 0 means no limit. A block is shown,
# searched and put into a cell as a whole, so keep it small.
# c.SpondeLibrary.max_code_bytes = 200000

# Most blocks that one search gives. A reader asks for the rest by offset.
# c.SpondeLibrary.max_results = 200
