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

# Whether a model reads the columns, types and statistics of the datasets that a question names
# with @. Never their rows. False: only the question itself is sent.
# c.SpondeChat.describes_datasets = True

# How much of the conversation so far a model reads with a question, in tokens (estimated as a
# quarter of the characters). 0: the question alone.
# c.SpondeChat.history_tokens = 8000

# Most characters that a question may have.
# c.SpondeChat.longest_question = 200000

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
