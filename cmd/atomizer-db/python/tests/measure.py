"""Measure what calls of the module take, on a new study in a temporary folder.

    ATOMIZER_DB_BIN=./atomizer-db PYTHONPATH=cmd/atomizer-db/python python3 cmd/atomizer-db/python/tests/measure.py

Prints medians of five rounds. A trial names five of the playbook's twenty items.
"""
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict

from atomizer_db import FeedbackLoop, Study


def rate(work: Callable[[], Any], n: int) -> float:
    began = time.perf_counter()
    work()
    return n / (time.perf_counter() - began)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        study = Study(Path(folder) / "study")
        started = time.perf_counter() - began
        items = [study.add_item("str", f"advice {chr(97 + n)}")["id"] for n in range(20)]
        loop = FeedbackLoop(Path(folder) / "study" / "3_results" / "playbook.json")
        count = iter(range(10**9))

        def trial() -> Dict[str, Any]:
            n = next(count)
            return {"trial_number": n, "success": n % 3 > 0, "objective_value": n / 7, "design_variables": {"x": 0.5, "y": n},
                    "context_items_used": [items[(n + k) % 20] for k in range(5)]}

        def one_by_one() -> None:
            for _ in range(500):
                loop.process_trial_result(**trial())

        def together() -> None:
            loop.process_many([trial() for _ in range(5000)])

        def contexts() -> None:
            for n in range(100):
                study.context(max_items=5, explore=True, seed=n)

        rounds: Dict[str, list] = {"trials/s, one by one": [], "trials/s, process_many": [], "contexts/s": []}
        for _ in range(5):
            for name, work, n in zip(rounds, (one_by_one, together, contexts), (500, 5000, 100)):
                rounds[name].append(rate(work, n))
        print(f"{'ms, to start':24} {1000 * started:9.1f}")
        for name, rates in rounds.items():
            print(f"{name:24} {statistics.median(rates):9.0f}   ({min(rates):.0f} to {max(rates):.0f})")
        print(f"{'ms, a context':24} {1000 / statistics.median(rounds['contexts/s']):9.2f}")
        loop.close()
        study.close()


if __name__ == "__main__":
    main()
