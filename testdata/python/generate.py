"""Generate sequences of calls of the legacy loop, with what they return, in this folder.

    python3 testdata/python/generate.py REFERENCE

REFERENCE is the folder with the legacy loop. Each NAME.jsonl is one sequence. Its first line
is {"playbook": the playbook.json that it starts from, or null}. Each further line is a call:

    {"call": name, "arguments": by name, "returns": value}   a method or attribute of the loop
    {"call": "resume"}   a new object goes on; the legacy loop has nothing like it
    {"call": "fresh"}    a new object starts afresh; the legacy loop is reset

"saved" is playbook.json after a call that wrote it. The clock of the reference stands still,
and the sequences are seeded, so that the same reference always generates the same files.
"""
import json
import random
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import generate  # the generator of the replays  # noqa: E402

IDS = [f"{prefix}-{n:05d}" for prefix in ("mis", "tool", "str") for n in range(1, 6)] + ["nope", ""]
MESSAGES = ["did not converge at step %d", "Mesh %d distorted", "no license", "OUT of memory", "", "w\u00e9ird \U0001f529 thing %d",
            "it's \"quoted\" \\ and\nbroken\t"]


def sequence(r):
    """Return random calls, each with its arguments."""
    def message():
        return r.choice(MESSAGES).replace("%d", str(r.randrange(100)))

    def items():
        return r.choice([None, [], [r.choice(IDS) for _ in range(r.randrange(6))]])

    def trial():
        arguments = {"trial_number": r.randrange(-3, 60), "success": r.random() < 0.55, "objective_value": r.choice([1.5, 0, -2e-7, None, 1e300]),
                     "design_variables": r.choice([{}, {"thickness": r.random(), "n": 3}])}
        if r.random() < 0.9:
            arguments["context_items_used"] = items()
        if r.random() < 0.5:
            arguments.update(errors=[message() for _ in range(r.randrange(3))], extractor_used=r.choice(["", "stress", "mass"]),
                             duration_seconds=round(r.uniform(0, 60), 3))
        return arguments

    def finalize():
        stats = {"name": r.choice(["beam", "Beam", "plate 7"]), "total_trials": r.randrange(80), "best_value": r.uniform(-10, 1e7),
                 "convergence_rate": round(r.random(), 3), "method": r.choice(["", "TPE"]), "unknown to the loop": [1]}
        for name in list(stats):
            if r.random() < 0.2:
                del stats[name]
        return {"study_stats": stats, "save_playbook": r.random() < 0.6}

    def rank():
        return r.choice([{}, {"n": 3}, {"n": 0}, {"n": 1000}, {"n": -1}, {"n": None}])

    calls = [
        (40, "process_trial_result", trial),
        (12, "record_error", lambda: {"trial_number": r.randrange(60), "error_type": r.choice(["solver", "io", ""]),
                                      "error_message": message() * r.choice([1, 30]), "context_items_used": items()}),
        (4, "finalize_study", finalize), (4, "get_item_performance", dict), (4, "get_top_performers", rank), (4, "get_worst_performers", rank),
        (5, "get_statistics", dict), (2, "export_learning_report", dict), (1, "reset", dict), (4, "reflector.get_pending_count", dict),
        (3, "reflector.commit_insights", dict), (3, "playbook.items", dict), (3, "playbook.version", dict), (3, "playbook.get_stats", dict),
        (3, "resume", dict), (1, "fresh", dict),
    ]
    for _, name, arguments in [calls[n] for n in (6, 9, 3, 4, 11, 12)] + r.choices(calls, [weight for weight, *_ in calls], k=r.randrange(60, 140)) + [calls[n] for n in (3, 6, 7, 11)]:
        yield name, arguments()
    yield "finalize_study", {"study_stats": {}}


def call(loop, name, arguments, folder):
    """Make a call of the reference, and return what it returns as JSON has it."""
    if name == "resume":
        return None
    if name == "fresh":
        return loop.reset()
    if name == "export_learning_report":
        loop.export_learning_report(folder / "deep" / "report.json")
        report = json.loads((folder / "deep" / "report.json").read_text(encoding="utf-8"))
        del report["generated_at"]
        return report
    owner = loop
    for part in name.split("."):
        owner = getattr(owner, part)
    if name == "playbook.items":
        return [item.to_dict() for item in owner.values()]
    return owner(**arguments) if callable(owner) else owner


def run(name, start, calls, reference):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "3_results" / "playbook.json"
        lines = [{"playbook": start}]
        if start is not None:
            path.parent.mkdir()
            path.write_text(json.dumps(start), encoding="utf-8")
        loop = reference.FeedbackLoop(path)
        for method, arguments in calls:
            line = {"call": method, "arguments": arguments, "returns": call(loop, method, dict(arguments), folder)}
            if method == "finalize_study" and arguments.get("save_playbook", True):
                line["saved"] = json.loads(path.read_text(encoding="utf-8"))
            lines.append(json.loads(json.dumps(line)))  # as it is now
    (HERE / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, sys.argv[1])
    generate.stop_clock()
    import feedback_loop
    for file in HERE.glob("*.jsonl"):
        file.unlink()
    for seed in range(12):
        r = random.Random(seed)
        start = None
        if seed % 3 == 0:
            keys = r.sample(IDS, 8)
            start = generate.book({k: generate.item(r.choice(["mis", "tool", "str", "dom"]), f"advice {n}", r.randrange(6), r.randrange(8))
                                   for n, k in enumerate(keys)})
        run(f"random_{seed:02d}", start, sequence(r), feedback_loop)


if __name__ == "__main__":
    main()
