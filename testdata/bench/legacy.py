"""What the legacy loop in Python pays, with its growth exponents.

usage: python3 legacy.py REFERENCE   the folder with feedback_loop.py

The time of get_item_performance grows with items x trials, that of a save with
the items; an exponent of 1 is linear, of 0 no growth.
"""
import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from feedback_loop import FeedbackLoop  # noqa: E402


def study(items, trials):
    path = Path(tempfile.mkdtemp()) / "playbook.json"
    ids = [f"str-{i:05d}" for i in range(1, items + 1)]
    path.write_text(json.dumps({"items": {id: {"category": "str", "content": f"advice {id}"} for id in ids}}))
    loop = FeedbackLoop(path)
    for n in range(trials):
        loop.process_trial_result(n, True, 1.0, {}, [ids[(n * 7 + k * 211) % items] for k in range(5)])
    return loop


def milliseconds(call, times):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)


def table(what, sizes, measure):
    took = [measure(size) for size in sizes]
    exponent = math.log(took[-1] / took[0]) / math.log(sizes[-1] / sizes[0])
    print(f"| {what} | " + ", ".join(f"{size:,}: {ms:.1f} ms" for size, ms in zip(sizes, took)) + f" | {exponent:.2f} |")


print("| the legacy loop | by size | exponent |\n|---|---|---|")
table("get_item_performance, 1,000 items, by trials", [1000, 2000, 4000],
      lambda trials: milliseconds(study(1000, trials).get_item_performance, 3))


def save(items):
    loop = study(items, 0)
    return milliseconds(lambda: loop.playbook.save(loop.playbook_path), 5)


table("saving the playbook, by items", [1000, 4000, 16000], save)
