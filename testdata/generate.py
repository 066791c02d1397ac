"""Generate the golden answers in replay/ with the reference loop.

    python3 testdata/generate.py REFERENCE

REFERENCE is the folder with the legacy loop: feedback_loop.py, playbook.py,
reflector.py and replay.py. Each case becomes a folder replay/NAME with

    events.jsonl    the events, as `ingest` reads them
    playbook.json   the playbook that it starts from, if there is one
    answers.jsonl   the reference's answer to each event, one per line
    final.json      performance, top, worst (10 and 3), statistics,
                    playbook_stats, items and the learning report at the end
    saved.json      playbook.json as the reference saves it at the end

The reference's clock stands still at CLOCK, and the random cases are seeded, so
that the same reference always generates the same files.
"""
import datetime
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

CLOCK = "2000-01-01T00:00:00.000000+00:00"
HERE = Path(__file__).parent / "replay"


def trial(number, success=True, items=(), **more):
    return {"type": "trial", "trial_number": number, "success": success, "context_items_used": list(items), **more}


def error(number, kind, message, items=()):
    return {"type": "error", "trial_number": number, "error_type": kind, "error_message": message,
            "context_items_used": list(items)}


def finalize(**stats):
    return {"type": "finalize", **stats}


def reset():
    return {"type": "reset"}


def item(category, content, helpful=0, harmful=0, **more):
    return {"category": category, "content": content, "helpful_count": helpful, "harmful_count": harmful,
            "created_at": "2025-05-05T05:05:05.000005+00:00", **more}


def book(items, **more):
    return {"version": 7, "last_updated": "2025-06-06T06:06:06+00:00",
            "items": {key: {"id": key, **value} for key, value in items.items()}, **more}


THREE = book({"str-00001": item("str", "Start with thick plates"), "tool-00001": item("tool", "Use the stress extractor"),
              "mis-00001": item("mis", "Mesh failure: element 7 distorted")})
CASES = {}


def case(name, events, start=None):
    assert name not in CASES, name
    CASES[name] = (events, start)


def edges():
    case("empty", [])
    case("nothing_but_finalize", [finalize(), finalize(name="x", total_trials=3, convergence_rate=1)])
    ten = book({f"str-{n:05d}": item("str", f"advice {n}", helpful=n % 2) for n in range(1, 14)})
    case("ties_keep_arrival", [trial(1, True, ["str-00012", "str-00003"]), trial(2, False, ["str-00005", "str-00001"]), finalize()], ten)
    case("ties_after_prune_and_return", [
        trial(1, False, errors=["mesh bad"]), trial(2, False, errors=["license out"]), finalize(),
        *[trial(n, False, ["mis-00001"], errors=["x"]) for n in range(3, 6)], finalize(),
        trial(9, False, errors=["mesh bad"]), finalize()])
    case("ids_never_again", [
        trial(1, False, errors=["alpha"]), finalize(), *[trial(n, False, ["mis-00001"], errors=["beta"]) for n in range(2, 5)],
        finalize(), trial(5, False, errors=["alpha"]), trial(6, False, errors=["gamma"]), finalize()])
    odd = book({"str-00099": item("mis", "mistake under a str id"), "x": item("dom", "no number"), "a-b-0012": item("wf", "two hyphens"),
                "-5": item("cal", "no prefix"), "mis-7": item("mis", "short number"), "tool-": item("tool", "no digits"),
                "str-0003": item("str", "leading zeros"), "7": item("dom", "only a number"), "": item("wf", "the empty id"),
                "mis-\u0663": item("dom", "not an ASCII digit")})
    case("prefixes_and_odd_ids", [
        trial(1, True, ["x", "", "-5", "7", "mis-7", "nope"], extractor_used="e"), trial(2, False, errors=["new one"]),
        finalize(name="s", total_trials=3, convergence_rate=0.95, best_value=1.5, method="M")], odd)
    out_of_order = book({"mis-00009": item("mis", "nine"), "mis-00002": item("mis", "two"), "mis-00005": item("mis", "five")})
    case("start_out_of_number_order", [trial(1, False, ["mis-00005", "mis-00002"], errors=["six"]), finalize()], out_of_order)
    case("named_twice", [trial(1, True, ["str-00001", "str-00001", "str-00001"]), trial(2, False, ["str-00001", "mis-00001", "str-00001"]),
                         error(3, "t", "m", ["str-00001", "str-00001"])], THREE)
    case("unknown_then_arrives", [trial(1, True, ["mis-00001", "mis-00002"]), trial(2, False, ["mis-00001"], errors=["one"]),
                                  error(2, "a", "two", ["mis-00001"]), finalize(), trial(3, True, ["mis-00001", "mis-00002"])])
    case("recorded_again", [trial(1, True, ["str-00001", "mis-00001"]), trial(1, False, ["str-00001", "tool-00001"]),
                            trial(2, True, ["str-00001"]), trial(2, True, []), trial(3, True, ["str-00001"]), trial(3, True, ["str-00001"]),
                            finalize(), trial(1, True, ["mis-00001"])], THREE)
    case("extreme_numbers", [trial(-5, True, ["str-00001"]), trial(0, True, ["str-00001"]), trial(2**63 - 1, True, ["str-00001"]),
                             trial(-2**63, False, ["str-00001"], errors=["e"]), error(2**63 - 1, "a", "b", ["str-00001"]), finalize()], THREE)
    case("error_is_no_trial", [error(1, "convergence", "did not", ["str-00001", "nope"]), error(1, "convergence", "did not", ["str-00001"]),
                               trial(2, True, ["str-00001"]), finalize()], THREE)
    case("empty_strings", [trial(1, True, [""], extractor_used="", errors=[""]), trial(2, False, ["", ""], errors=["", ""]),
                           error(3, "", "", [""]), finalize(name="", total_trials=1, method="")])
    case("nulls_and_left_out", [
        {"type": "trial", "trial_number": 1, "success": True},
        {"type": "trial", "trial_number": 2, "success": False, "objective_value": None, "design_variables": None,
         "context_items_used": None, "errors": None, "extractor_used": None, "duration_seconds": None},
        {"type": "error", "trial_number": 3, "error_type": "t", "error_message": "m", "context_items_used": None},
        {"type": "error", "trial_number": 3, "error_type": "t", "error_message": "m"}, finalize()])
    same = book({"mis-00001": item("mis", "Element 12 failed"), "mis-00002": item("mis", "element  977 FAILED "),
                 "dom-00001": item("dom", "element 12 failed"), "mis-00003": item("mis", "other")})
    case("one_fingerprint_twice", [
        error(1, "x", "y"), trial(1, False, ["mis-00001"] * 4, errors=[]), finalize(),
        error(4, "ELEMENT 5", "failed"), finalize()],
        book({**{k: {kk: vv for kk, vv in v.items() if kk != "id"} for k, v in same["items"].items()},
              "mis-00004": item("mis", "x: Y"), "mis-00005": item("mis", "X:  y")}))
    case("merge_into_the_second_after_prune", [
        error(1, "e", "f"), finalize(), *[error(n, "other", "o", ["mis-00001"]) for n in range(3)], finalize(),
        error(7, "e", "f"), finalize()], book({"mis-00001": item("mis", "e: f"), "mis-00002": item("mis", "E: F")}))
    case("fingerprints", [error(n, "k", m) for n, m in enumerate([
        "Solver Said NO", "solver said no", "solver\tsaid\n no ", "solver\u00a0said no", "Ünder", "ünder", "12 and 13", "1 and 999",
        "١٢ and 13", "a\vb\fc", "a b c", "\rx", "x", "K", "\u212a", "4 5", "45", "4.5", "4.75"])] + [finalize()])
    case("fingerprints_of_tools", [trial(n, True, extractor_used=e) for n, e in enumerate(
        ["Mass", "mass", "mass 1", "mass 2", " mass", "MASS\t", "\u00e9", "\u00c9"])] + [finalize()])
    words = ["converge", "iteration limit", "max iterations", "diverg", "singular", "zero pivot", "pivot ratio", "ill-conditioned",
             "rigid body", "mechanism", "mesh", "jacobian", "distorted", "element quality", "negative volume", "aspect ratio", "geometry",
             "update failed", "regenerat", "expression", "sketch", "feature failed", "license", "licence", "memory", "disk", "no space",
             "allocation", "insufficient", "timeout", "timed out", "time limit", "no such file", "file not found", "cannot open",
             "does not exist", "extract", "op2", "result file", "parse", "", "all is lost"]
    case("error_classes", [trial(n, False, errors=[f"pre{w}post", w.upper(), w.title() + " mesh disk"]) for n, w in enumerate(words)] + [finalize()])
    case("error_class_precedence", [trial(n, False, errors=[f"{a} {b}"]) for n, (a, b) in enumerate(
        (words[i], words[j]) for i in range(0, 40, 5) for j in range(0, 40, 7))] + [finalize()])
    long = "\U0001f529" * 199
    case("cut_by_code_point", [
        trial(1, False, errors=[long + "ab", long + "a", "é" * 250, "e\u0301" * 120, "x" * 200 + "y"], extractor_used="op2"),
        error(2, "q" * 150, long + "abc"), error(3, "\U0001f6e0" * 99, "zz"), trial(4, True, extractor_used="p" * 300), finalize()])
    case("extractors", [trial(1, True, extractor_used="stress"), trial(2, False, extractor_used="stress"),
                        trial(3, False, extractor_used="stress", errors=["mesh", "b"]), trial(4, True, extractor_used="stress", errors=["warn"]),
                        trial(5, False), trial(6, True), finalize()])
    rates = [0, 0.5, 0.50001, 0.89999, 0.9, 1, 1.5, -0.25, 0.125, 0.005, 0.015, 0.025, 0.455, 0.995, 0.985, 0.001, 0.4949999]
    case("finalize_rates", [finalize(name=f"s{i}", total_trials=7, best_value=2, convergence_rate=r, method="TPE") for i, r in enumerate(rates)])
    values = [0, -0.0, 1e-5, 123456, 1234567, 0.00012345678, 1e16, 5e-324, 1.7e308, 100000, 999999.5, 2.5, 12345.65, 1000000, 99999.95, 0.0001,
              0.00001234565, -7.25, 3, 123456.5, 1e21, 1e22, -1e-300, 0.1, 1 / 3, 5060.9]
    case("finalize_best_values", [finalize(name=f"s{'abcdefghijklmnopqrstuvwxyz'[i]}", total_trials=1, best_value=v, convergence_rate=0.9)
                                  for i, v in enumerate(values)])
    case("finalize_totals", [finalize(name="a", total_trials=t, convergence_rate=0.1) for t in (0, -3, 1, 10**12)])
    case("finalize_twice", [trial(1, False, errors=["a"]), finalize(total_trials=2, name="n"), finalize(total_trials=2, name="n"), finalize()])
    scores = book({"str-00001": item("str", "at -3", 1, 4), "str-00002": item("str", "at -2", 1, 3), "str-00003": item("str", "at -4", 0, 4),
                   "str-00004": item("str", "at 5", 5, 0)})
    case("prune_threshold", [trial(1, False, ["str-00002"]), finalize(), trial(2, True, ["str-00001", "str-00003", "str-00004"]), finalize()], scores)
    case("pruned_then_named", [finalize(), trial(1, True, ["str-00001", "str-00004"]), error(2, "a", "b", ["str-00003"]), finalize()], scores)
    case("reset_in_the_middle", [trial(1, True, ["str-00001"]), trial(2, False, ["str-00001"], errors=["lost insight"]), error(3, "a", "lost"),
                                 reset(), trial(1, True, ["tool-00001"]), trial(2, True, ["str-00001"]), finalize(), reset(), finalize()], THREE)
    case("reset_then_same_numbers", [trial(1, True, ["str-00001", "mis-00001"]), reset(), trial(1, True, ["mis-00001"]),
                                     trial(1, True, ["str-00001"]), reset(), reset(), trial(2, True, ["str-00001"])], THREE)
    wild = ["it's \"quoted\" \\ and / too", "line\nbreak\ttab\rreturn", "\x01\x1f\x7f\x85", "\u2028\u2029", "שלום \u202eabc", "🚀 <b>&amp;</b>",
            "%s %d {} $1", "'; drop table items; --", "\ufeff bom", "null", "e\u0301", "\u00e9"]
    case("wild_text", [trial(n, n % 2 == 0, [w, "str-00001"], errors=[w], extractor_used=w) for n, w in enumerate(wild)]
         + [error(n, w, w, [w]) for n, w in enumerate(wild)]
         + [finalize(name=w, method=w, total_trials=3, convergence_rate=0.9) for w in wild], THREE)
    case("long_text", [trial(1, False, errors=["x" * 20000, "mesh " + "y" * 20000]), trial(2, True, ["z" * 5000], extractor_used="w" * 5000),
                       error(3, "t" * 3000, "m" * 3000), finalize(name="n" * 4000, total_trials=1)])
    case("source_trials", [trial(3, False, errors=["a 1"]), trial(3, False, errors=["a 2"]), trial(1, False, errors=["a 3", "a 4"]), finalize(),
                           trial(2, False, errors=["a 5"]), trial(3, False, errors=["a 6"]), finalize()],
         book({"mis-00001": item("mis", "Solver error: a 0", source_trials=[9, 3], tags=["seen"], last_used="yesterday")}))
    case("objectives", [trial(1, True, objective_value=1.5), trial(2, True, objective_value=None), trial(3, False, objective_value=9e99),
                        trial(4, True, objective_value=-3, design_variables={"a": 1, "b": 1.5, "c": -2e-7, "": 0}, duration_seconds=12.25)])
    case("start_with_defaults", [trial(1, True, ["str-00001"]), finalize()], {"items": {
        "str-00001": {"category": "str", "content": "bare"}, "wf-00002": {"category": "wf", "content": "named", "id": "wf-00002", "last_used": None}}})
    case("start_unchanged", [], book({"str-00001": item("str", "kept as it is", 3, 1, last_used="2025-01-01", tags=["a", "b"], source_trials=[4, 2])}))
    case("ten_thousand_in_context", [trial(1, True, [f"x-{n}" for n in range(10000)] + ["str-00001"])], THREE)


def random_cases():
    for seed in range(12):
        r = random.Random(seed)
        prefixes = ["mis", "tool", "str"]
        ids = [f"{p}-{n:05d}" for p in prefixes for n in range(1, 6)] + ["nope", ""]
        messages = ["did not converge at step %d", "Mesh %d distorted", "no license", "OUT of memory", "", "weird %d thing %d", "element %d failed"]

        def message():
            text = r.choice(messages)
            return text.replace("%d", str(r.randrange(100)), 1).replace("%d", str(r.randrange(9)))

        def event():
            kind = r.random()
            items = [r.choice(ids) for _ in range(r.randrange(6))]
            if kind < 0.75:
                good = r.random() < 0.55
                return trial(r.randrange(120), good, items, objective_value=round(r.uniform(0, 100), 6),
                             design_variables={"t": r.random()}, extractor_used=r.choice(["", "stress", "mass", "disp"]),
                             errors=[] if good and r.random() < 0.9 else [message() for _ in range(r.randrange(3))],
                             duration_seconds=round(r.uniform(0, 60), 3))
            if kind < 0.93:
                return error(r.randrange(120), r.choice(["solver", "Solver", "io", ""]), message(), items)
            if kind < 0.985:
                return finalize(name=r.choice(["beam", "Beam", "plate 7"]), total_trials=r.randrange(0, 80),
                                best_value=r.uniform(-10, 1e7), convergence_rate=round(r.random(), 3), method=r.choice(["", "TPE", "CMA-ES"]))
            return reset()

        start = None
        if seed % 3 == 0:
            keys = r.sample(ids, 8)
            start = book({k: item(r.choice(["mis", "tool", "str", "dom"]), message() or "advice", r.randrange(6), r.randrange(8)) for k in keys})
        case(f"random_{seed:02d}", [event() for _ in range(r.randrange(200, 900))], start)


def run(folder, events, start, reference):
    loop_path = Path(tempfile.mkdtemp()) / "playbook.json"
    folder.mkdir(parents=True)
    if start is not None:
        text = json.dumps(start, indent=2, ensure_ascii=False)
        (folder / "playbook.json").write_text(text, encoding="utf-8")
        loop_path.write_text(text, encoding="utf-8")
    raw = len(folder.name) % 2 == 0
    (folder / "events.jsonl").write_text(
        "".join(json.dumps(e, ensure_ascii=not raw) + "\n" for e in events), encoding="utf-8")
    loop = reference.FeedbackLoop(loop_path)
    answers = [reference.answer(loop, json.loads(json.dumps(e))) for e in events]
    (folder / "answers.jsonl").write_text("".join(json.dumps(a) + "\n" for a in answers), encoding="utf-8")
    report = loop_path.parent / "report.json"
    loop.export_learning_report(report)
    (folder / "final.json").write_text(json.dumps({
        "performance": loop.get_item_performance(),
        "top": loop.get_top_performers(10), "top_3": loop.get_top_performers(3),
        "worst": loop.get_worst_performers(10), "worst_3": loop.get_worst_performers(3),
        "statistics": loop.get_statistics(), "playbook_stats": loop.playbook.get_stats(),
        "items": [i.to_dict() for i in loop.playbook.items.values()],
        "report": {k: v for k, v in json.loads(report.read_text()).items() if k != "generated_at"},
    }, ensure_ascii=False), encoding="utf-8")
    loop.playbook.save(folder / "saved.json")
    shutil.rmtree(loop_path.parent)


def stop_clock():
    """Make the clock of the reference, which is on the path, stand still."""
    import playbook

    class Stopped(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            stopped = cls(2000, 1, 1, tzinfo=tz)
            stopped.__class__ = Stopped
            return stopped

        def isoformat(self, *_):
            return CLOCK

    playbook.datetime = Stopped


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.path.insert(0, sys.argv[1])
    stop_clock()
    import replay
    edges()
    random_cases()
    shutil.rmtree(HERE, ignore_errors=True)
    for name, (events, start) in CASES.items():
        run(HERE / name, events, start, replay)
    print(f"{len(CASES)} cases in {HERE}")


if __name__ == "__main__":
    main()
