"""Stands in for a Python that trains: says it has torch, and copies an adapter that is there.

`-c` answers what room.py asks. Otherwise it is called as train.py is, and tells the same lines; a
rank of 13 fails as a full GPU does, and one of 17 dies without a word.
"""

import json
import shutil
import sys
from pathlib import Path

ADAPTER = Path(__file__).parents[1] / "model" / "tiny-analyst-sql"


def main() -> int:
    """Answer, or pretend to train."""
    if "-c" in sys.argv:
        packages = {"torch": "2.13.0", "transformers": "5.19.0", "peft": "0.21.2"}
        print(json.dumps({"version": "3.11", "packages": packages}))
        return 0
    work = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    steps = work["settings"]["steps"]
    lines = [{"kind": "device", "name": "CPU"}, {"kind": "doing", "text": "training"}]
    if work["settings"]["rank"] == 17:
        return 9
    if work["settings"]["rank"] == 13:
        lines += [{"kind": "failed", "message": "Memory ran out.", "hint": "Choose less."}]
    else:
        lines += [
            {"kind": "step", "step": step, "steps": steps, "loss": 4 / step, "left": steps - step}
            for step in range(1, steps + 1)
        ]
        lines += [
            {
                "kind": "ended",
                "first_loss": 4.0,
                "last_loss": 4 / steps,
                "validation_before": 4.1,
                "validation_after": 2.0,
                "weights": 100,
            }
        ]
        shutil.copytree(ADAPTER, work["adapter"])
    with Path(work["progress"]).open("a", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
    return 1 if work["settings"]["rank"] == 13 else 0


if __name__ == "__main__":
    sys.exit(main())
