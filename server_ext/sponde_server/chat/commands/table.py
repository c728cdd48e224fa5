"""The one table of the commands: names, arguments, summaries. Completion and tools come from it."""

from sponde_server.chat.records import Argument, ArgumentKind, Command

_DATASET = Argument(
    name="dataset", kind=ArgumentKind.DATASET, summary="The dataset", is_required=True
)
_FIRST = Argument(
    name="first", kind=ArgumentKind.DATASET, summary="The first dataset", is_required=True
)
_SECOND = Argument(
    name="second", kind=ArgumentKind.DATASET, summary="The second dataset", is_required=True
)
_NOTEBOOK = Argument(
    name="notebook",
    kind=ArgumentKind.NOTEBOOK,
    summary="The notebook, by its path or its name",
    is_required=True,
)

COMMANDS = (
    Command(
        name="profile",
        usage="/profile @dataset",
        summary="What is in a dataset: its columns, gaps and ranges",
        arguments=(_DATASET,),
        examples=("/profile @sales",),
        description="Tell what a dataset holds: rows, columns, types, gaps, ranges.",
    ),
    Command(
        name="plot",
        usage="/plot @dataset [column [by column]]",
        summary="A picture of one column, or of two",
        arguments=(
            _DATASET,
            Argument(
                name="column",
                kind=ArgumentKind.COLUMN,
                summary="What is drawn; without it, what is worth a look",
                of=("dataset",),
            ),
            Argument(
                name="by",
                kind=ArgumentKind.COLUMN,
                summary="What splits it, or stands across it",
                lead="by",
                of=("dataset",),
            ),
        ),
        examples=("/plot @sales", "/plot @sales price", "/plot @sales price by city"),
        description="Draw one column of a dataset, or one by another. The person sees the picture.",
    ),
    Command(
        name="sql",
        usage="/sql @dataset SELECT …",
        summary="Rows by SQL; each dataset is a table by its name",
        arguments=(
            Argument(
                name="dataset",
                kind=ArgumentKind.DATASET,
                summary="The dataset that the SQL is about; others may be named in it too",
            ),
            Argument(
                name="query",
                kind=ArgumentKind.SQL,
                summary="One SELECT in DuckDB's SQL",
                is_required=True,
            ),
        ),
        examples=(
            "/sql @sales SELECT * FROM sales LIMIT 10",
            "/sql @sales where price > 100",
        ),
    ),
    Command(
        name="clean",
        usage="/clean @dataset [column]",
        summary="What is wrong in a dataset, and code that mends it step by step",
        arguments=(
            _DATASET,
            Argument(
                name="column",
                kind=ArgumentKind.COLUMN,
                summary="Look at this column alone",
                of=("dataset",),
            ),
        ),
        examples=("/clean @sales", "/clean @sales city"),
        description="Find what is wrong in a dataset (spaces, spellings, numbers and dates as "
        "text, words for no value, duplicates, far values) and write pandas code that mends it. "
        "Changes nothing.",
    ),
    Command(
        name="join",
        usage="/join @a @b [on column [= column]] [keeping left|inner|outer]",
        summary="Which columns join two datasets, what matches, and what is left over",
        arguments=(
            _FIRST,
            _SECOND,
            Argument(
                name="on",
                kind=ArgumentKind.COLUMN,
                summary="The key: a column of both, or one = the other; several with commas. "
                "Without it, the columns whose values fit best",
                lead="on",
                of=("first", "second"),
                repeats=True,
            ),
            Argument(
                name="keeping",
                kind=ArgumentKind.WORD,
                summary="Which rows stay: left (the default), inner or outer",
                lead="keeping",
                words=("left", "inner", "outer"),
            ),
        ),
        examples=("/join @sales @shops", "/join @sales @shops on shop = id keeping inner"),
        description="Find the key that joins two datasets, say how many rows match and which are "
        "left out, and write the merge. Changes nothing.",
    ),
    Command(
        name="compare",
        usage="/compare @a @b [on key], or /compare notebook.ipynb",
        summary="What differs between two datasets; or two variants of a notebook",
        arguments=(
            _FIRST,
            _SECOND,
            Argument(
                name="on",
                kind=ArgumentKind.COLUMN,
                summary="The key that tells which rows belong together; found where left out",
                lead="on",
                of=("first", "second"),
                repeats=True,
            ),
        ),
        examples=("/compare @sales @shops", "/compare report.ipynb"),
        description="Compare two datasets: columns, rows added, removed and changed, and how "
        "values are spread. Changes nothing.",
    ),
    Command(
        name="schedule",
        usage="/schedule notebook.ipynb when [zone] [with name=value]",
        summary="Run a notebook by itself, after you have seen when",
        arguments=(
            _NOTEBOOK,
            Argument(
                name="when",
                kind=ArgumentKind.TEXT,
                summary="When, in words or as a cron line, perhaps with a time zone",
                words=(
                    "every day at 8:00",
                    "every weekday at 9:00",
                    "every monday at 8:00",
                    "every hour",
                    "every 15 minutes",
                    "on the 1st of every month at 6:00",
                    "0 8 * * 1-5",
                ),
                is_required=True,
            ),
            Argument(
                name="with",
                kind=ArgumentKind.TEXT,
                summary="Values for its parameters, as name=value with commas between them",
                lead="with",
            ),
        ),
        examples=(
            "/schedule report.ipynb every weekday at 9",
            "/schedule report.ipynb daily 7:30 Europe/Berlin",
            "/schedule report.ipynb 0 8 * * 1-5",
        ),
        description="Make a job that runs a notebook by itself at the times that are said.",
        is_read_only=False,
    ),
    Command(
        name="export",
        usage="/export [notebook|markdown|html|json], or /export csv @dataset [SELECT …]",
        summary="This conversation as a file, or rows as CSV",
        arguments=(
            Argument(
                name="kind",
                kind=ArgumentKind.WORD,
                summary="What it becomes",
                words=("notebook", "markdown", "html", "json", "csv"),
            ),
            Argument(
                name="dataset",
                kind=ArgumentKind.DATASET,
                summary="The dataset (CSV only)",
            ),
            Argument(
                name="query",
                kind=ArgumentKind.SQL,
                summary="Which of its rows (CSV only); all where left out",
            ),
        ),
        examples=("/export notebook", "/export csv @sales where price > 100"),
        description="Write this conversation, or rows of a dataset, into a file beside the "
        "notebooks.",
        is_read_only=False,
    ),
    Command(
        name="help",
        usage="/help [command]",
        summary="What can be asked without a model",
        arguments=(
            Argument(
                name="command",
                kind=ArgumentKind.WORD,
                summary="One command, to read all of it",
                words=("profile", "plot", "sql", "clean", "join", "compare", "schedule", "export"),
            ),
        ),
        examples=("/help", "/help clean"),
    ),
)
