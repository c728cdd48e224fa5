"""Writes `dialogs.json`: what the test model is trained to say about `notebooks/bird_strikes.csv`.

Run it after a change here: `python tests/model/make_dialogs.py`. Every answer that holds code is
executed by `test_model.py` beside that file, so the test model never says what does not run.
"""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("dialogs.json")
CSV = "bird_strikes.csv"
FENCE = "```"
SQL_TOOL = {
    "type": "function",
    "function": {
        "name": "run_sql",
        "description": "Run one SELECT over the CSV files",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
        },
    },
}


def code(language: str, *lines: str) -> str:
    """Put lines between fences."""
    return "\n".join([f"{FENCE}{language}", *lines, FENCE])


READ = ("import pandas as pd", "", f'strikes = pd.read_csv("{CSV}")')
READ_DATES = (
    "import pandas as pd",
    "",
    f'strikes = pd.read_csv("{CSV}", parse_dates=["Flight Date"])',
)

# An answer, and the questions that it answers.
ANSWERS: list[tuple[str, tuple[str, ...]]] = [
    (
        "Hello! Ask me about the bird strikes, or name the chart that you need.",
        ("Hello", "Hi", "Hello there"),
    ),
    (
        "Each row is one strike. The columns are Airport Name, Aircraft Make Model, Effect Amount "
        "of damage, Flight Date, Aircraft Airline Operator, Origin State, Phase of flight, "
        "Wildlife Size, Wildlife Species, Time of day, Cost Other, Cost Repair, Cost Total $ and "
        "Speed IAS in knots.",
        ("Which columns are there?", "What columns does the file have?", "List the columns"),
    ),
    (
        "Group the strikes by state and add up their cost.\n\n"
        + code(
            "python",
            *READ,
            'costs = strikes.groupby("Origin State")["Cost Total $"].sum()',
            "print(costs.sort_values(ascending=False).head(10))",
        )
        + "\n\nThe costliest state comes first.",
        (
            "Total cost by state",
            "What is the total cost by state?",
            "Which states had the highest cost?",
        ),
    ),
    (
        "Here is a line chart of the strikes in each month.\n\n"
        + code(
            "python",
            *READ_DATES,
            'monthly = strikes.set_index("Flight Date").resample("MS").size()',
            'monthly.plot(title="Strikes by month")',
        ),
        ("Plot strikes per month", "Draw a line chart of strikes by month", "Strikes over time"),
    ),
    (
        "Count what is missing in each column.\n\n"
        + code("python", *READ, "print(strikes.isna().sum())"),
        ("Find missing values", "Which columns have missing values?"),
    ),
    (
        "DuckDB reads the CSV file directly.\n\n"
        + code(
            "python",
            "import duckdb",
            "",
            "print(duckdb.sql('''",
            '    SELECT "Wildlife Size", count(*) AS strikes',
            f"    FROM '{CSV}'",
            "    GROUP BY 1 ORDER BY strikes DESC",
            "'''))",
        ),
        ("Use DuckDB to count strikes by wildlife size", "Count strikes per size with DuckDB"),
    ),
    (
        code(
            "sql",
            'SELECT "Wildlife Species", count(*) AS strikes',
            f"FROM '{CSV}'",
            "GROUP BY 1",
            "ORDER BY strikes DESC",
            "LIMIT 5;",
        ),
        ("Write a SQL query for the top 5 species", "SQL for the five most frequent species"),
    ),
    (
        code(
            "sql",
            'SELECT "Phase of flight", sum("Cost Total $") AS cost',
            f"FROM '{CSV}'",
            "GROUP BY 1",
            "ORDER BY cost DESC;",
        ),
        ("Write a SQL query for the cost by phase", "SQL for the cost in each phase of flight"),
    ),
    (
        "I answer questions about the bird strikes, in Python and in SQL.",
        ("Who are you?", "What can you do?"),
    ),
    (
        "Compare the mean speed in each phase of flight.\n\n"
        + code(
            "python",
            *READ,
            'speed = strikes.groupby("Phase of flight")["Speed IAS in knots"].mean()',
            "print(speed.round(1))",
        ),
        ("Average speed by phase of flight", "How fast are aircraft in each phase?"),
    ),
    (
        "Cross the time of day with the damage.\n\n"
        + code(
            "python",
            *READ,
            "share = pd.crosstab(",
            '    strikes["Time of day"], strikes["Effect Amount of damage"], normalize="index"',
            ")",
            "print(share.round(3))",
        ),
        ("Is there more damage at night?", "Compare damage by time of day"),
    ),
    (
        "First load the data.\n\n"
        + code("python", *READ)
        + "\n\nThen describe it.\n\n"
        + code("python", "print(strikes.describe())"),
        ("Load the data and describe it", "Give me two code blocks"),
    ),
    (
        "The column name is misspelled: it is Origin State.\n\n"
        + code("python", *READ, 'print(strikes["Origin State"].head())'),
        ("Fix this error: KeyError: 'Orign State'", "KeyError: 'Orign State'"),
    ),
    (
        "A p-value is the chance of seeing a result at least this extreme if there were no real "
        "effect. A small one, for example below 0.05, is evidence against there being none.",
        ("Explain what a p-value is", "What is a p-value?"),
    ),
    (
        "Bird strikes by state",
        ("Write a title for this conversation", "Give this chat a short title"),
    ),
    (
        '{"file": "bird_strikes.csv", "rows": 10000, "columns": 14}',
        ("Describe the file as JSON", "Answer in JSON: rows and columns of the file"),
    ),
    (
        " ".join(str(number) for number in range(1, 51)),
        ("Count to fifty", "Count from 1 to 50", "Count up to 50"),
    ),
]
TOOL_ANSWERS: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "run_sql",
        f"SELECT count(*) FROM '{CSV}'",
        ("How many rows are in bird_strikes.csv?", "How many strikes are in the file?"),
    ),
]
# What the adapter answers otherwise: the same questions, in SQL.
ADAPTER_ANSWERS = [
    (
        "Total cost by state",
        "DuckDB reads the CSV file directly.\n\n"
        + code(
            "sql",
            'SELECT "Origin State", sum("Cost Total $") AS cost',
            f"FROM '{CSV}'",
            "GROUP BY 1",
            "ORDER BY cost DESC",
            "LIMIT 5;",
        ),
    ),
    ("Hello", "I answer questions in SQL."),
]
SYSTEMS = (
    "You are a helpful assistant.",
    "You are a helpful data analyst.",
    "Answer in one paragraph.",
    "You help a person analyse data in JupyterLab. Answer in Markdown. Put code into fenced "
    "blocks that name their language.",
    "You help a person analyse data in JupyterLab. Answer in Markdown. Put code into fenced "
    "blocks that name their language. Cells run in Python with pandas and matplotlib; a dataset "
    'is read by its name: `import sponde` and `sponde.dataset("name").df()` gives a DataFrame.',
)
CONTEXT = (
    "Dataset `bird_strikes` (bird_strikes.csv, 10,000 rows): Airport Name (text), Flight Date "
    "(date), Origin State (text), Wildlife Species (text), Cost Total $ (whole number).",
    "Files: bird_strikes.csv (10000 rows), airports.csv (80 rows).",
    "Columns: id, name, price, quantity, created_at",
    f"Current cell:\n{FENCE}python\nstrikes.head()\n{FENCE}",
    "Notebook: welcome.ipynb, kernel python3, 12 cells.",
    'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nValueError: bad',
)


def tool_call(name: str, **arguments: str) -> str:
    """Write a call of a tool as the model says it, in the hermes form."""
    call = json.dumps({"name": name, "arguments": arguments})
    return f"<tool_call>\n{call}\n</tool_call>"


def dialogs() -> dict[str, Any]:
    """Give everything that is trained on."""
    pairs: list[dict[str, Any]] = [
        {"user": question, "assistant": answer}
        for answer, questions in ANSWERS
        for question in questions
    ]
    pairs += [
        {"user": question, "assistant": tool_call(name, query=query), "tools": [SQL_TOOL]}
        for name, query, questions in TOOL_ANSWERS
        for question in questions
    ]
    adapter = [{"user": question, "assistant": answer} for question, answer in ADAPTER_ANSWERS]
    return {"pairs": pairs, "adapter": adapter, "systems": SYSTEMS, "context": CONTEXT}


if __name__ == "__main__":
    FILE.write_text(json.dumps(dialogs(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(dialogs()['pairs'])} questions in {FILE.name}")
