"""Which packages an interpreter has. Asks it; imports none of them."""

import asyncio
import json


async def installed_in(python: str) -> dict[str, str]:
    """Give the packages of an interpreter, each with its version; none where it is silent."""
    code = (
        "import json, importlib.metadata as m\n"
        "print(json.dumps({d.name: d.version for d in m.distributions() if d.name}))"
    )
    process = await asyncio.create_subprocess_exec(
        python, "-P", "-c", code,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await process.communicate()
    try:
        return dict(json.loads(out))
    except ValueError:
        return {}
