"""Plays sequences of calls of the legacy loop, and compares what they return."""
import json
import os
import re
import tempfile
import unittest
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from atomizer_db import FeedbackLoop

GOLDEN = Path(__file__).resolve().parents[4] / "testdata" / "python"
STOPPED = "2000-01-01T00:00:00.000000+00:00"  # the clock of the reference
DATABASES = os.environ.get("GOLDEN_DATABASES", "").split()  # empty ones on a server, for each sequence; none: each in its folder
BEGAN = datetime.now(timezone.utc).isoformat()


def timeless(value: Any) -> Any:
    """Return a value with the times of this run as the clock of the reference."""
    if isinstance(value, dict):
        return {name: timeless(v) for name, v in value.items()}
    if isinstance(value, list):
        return [timeless(v) for v in value]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value) and value >= BEGAN:
        return STOPPED
    return value


class Golden(unittest.TestCase):
    maxDiff = 4000

    def test_every_sequence(self) -> None:
        files = sorted(GOLDEN.glob("*.jsonl"))
        self.assertTrue(files)
        for nth, file in enumerate(files):
            os.environ["ATOMIZER_DB"] = DATABASES[nth] if DATABASES else ""
            with self.subTest(file.stem), tempfile.TemporaryDirectory() as folder:
                self.play(file, Path(folder))

    def play(self, file: Path, folder: Path) -> None:
        head, *lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        path = folder / "3_results" / "playbook.json"
        if head["playbook"] is not None:
            path.parent.mkdir()
            path.write_text(json.dumps(head["playbook"]), encoding="utf-8")
        loop = FeedbackLoop(path)
        self.addCleanup(lambda: loop.close())
        for number, line in enumerate(lines, 2):
            name, arguments = line["call"], line["arguments"]
            if name in ("resume", "fresh"):
                loop.close()
                loop = FeedbackLoop(path, fresh=name == "fresh")
                continue
            got = self.call(loop, name, arguments, folder)
            where = f"{file.name}:{number}: {name}({arguments})"
            self.assertEqual(json.dumps(timeless(got)), json.dumps(line["returns"]), where)  # with order and types
            if "saved" in line:
                saved = json.loads(path.read_text(encoding="utf-8"))
                self.assertEqual(timeless(saved), line["saved"], where)
                self.assertEqual(list(saved["items"]), list(line["saved"]["items"]), where)

    def call(self, loop: FeedbackLoop, name: str, arguments: Any, folder: Path) -> Any:
        if name == "export_learning_report":
            loop.export_learning_report(folder / "deep" / "report.json")
            report = json.loads((folder / "deep" / "report.json").read_text(encoding="utf-8"))
            datetime.fromisoformat(report.pop("generated_at"))
            return report
        owner: Any = loop
        for part in name.split("."):
            owner = getattr(owner, part)
        if name == "playbook.items":
            return [item.to_dict() for item in owner.values()]
        return owner(**arguments) if callable(owner) else owner


if __name__ == "__main__":
    unittest.main()
