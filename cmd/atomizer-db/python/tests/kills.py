"""Records a study while its program is killed at random moments, and checks what is there.

    python3 kills.py FOLDER KILLS SEED ADDRESS

ADDRESS is that of a database on a server; it is empty for the database of the folder.

Every call that returned must be in the database once, and every call that raised, because
its second program was killed too, at most once.
"""
import collections
import os
import random
import sys
import threading
from pathlib import Path
from typing import Counter, List, Set

from atomizer_db import AtomizerError, FeedbackLoop, Study


class Killer(threading.Thread):
    """Kills the program of a loop, at moments that depend on nothing it does."""

    def __init__(self, loop: FeedbackLoop, kills: int, r: random.Random) -> None:
        super().__init__()
        self.loop, self.left, self.r, self.done = loop, kills, r, threading.Event()

    def run(self) -> None:
        killed = None
        while self.left and not self.done.wait(self.r.uniform(0, 0.12)):
            process = self.loop._session._process
            if process and process is not killed:
                process.kill()
                killed = process
                self.left -= 1


def main() -> None:
    os.environ["ATOMIZER_DB"] = sys.argv[4]
    folder, kills, r = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    with Study(folder) as study:
        item = study.add_item("str", "thicken")["id"]
    loop = FeedbackLoop(folder / "3_results" / "playbook.json")
    killer = Killer(loop, kills, random.Random(int(sys.argv[3]) + 1))
    killer.start()
    returned: Set[int] = set()
    doubtful: Set[int] = set()
    errors: Counter[str] = collections.Counter()
    number = errors_returned = errors_doubtful = 0

    def send(numbers: List[int], many: bool) -> None:
        try:
            if many:
                answers = loop.process_many({"trial_number": n, "success": True, "objective_value": n, "context_items_used": [item]} for n in numbers)
            else:
                answers = [loop.process_trial_result(n, True, n, {"x": 0.5}, [item]) for n in numbers]
            assert [answer["trial_number"] for answer in answers] == numbers, answers
            assert all(answer["items_updated"] == 1 for answer in answers), answers
            returned.update(numbers)
        except AtomizerError as error:
            errors[str(error)] += 1
            doubtful.update(numbers)

    while killer.is_alive():
        size = r.choice([1, 1, 1, 1, r.randrange(2, 300)])
        send(list(range(number, number + size)), size > 1)
        number += size
        try:
            loop.record_error(number, "solver", "mesh", [item])
            errors_returned += 1
        except AtomizerError as error:
            errors[str(error)] += 1
            errors_doubtful += 1
        try:
            if r.random() < 0.1:
                assert loop.reflector.commit_insights() in (0, 1)
            assert loop.get_statistics()["total_trials_processed"] >= len(returned)
        except AtomizerError as error:
            errors[str(error)] += 1
    loop.close()
    with Study(folder) as study:
        rows = study.query("select trial_number as n, count(*) as times from trials group by trial_number")
        recorded = {row["n"]: row["times"] for row in rows}
        assert set(recorded.values()) <= {1}, f"recorded twice: {[n for n, times in recorded.items() if times > 1]}"
        assert returned <= set(recorded), f"lost: {returned - set(recorded)}"
        assert set(recorded) <= returned | doubtful, set(recorded) - returned - doubtful
        items = {row["id"]: row for row in study.ask("items")}
        assert items[item]["helpful_count"] == len(recorded), (items[item], len(recorded))
        assert 0 <= items[item]["harmful_count"] - errors_returned <= errors_doubtful, (items[item], errors_returned, errors_doubtful)
        assert study.ask("check")["problems"] == [], study.ask("check")
    print(f"{kills} kills, {len(recorded)} trials and {errors_returned} errors recorded, calls that raised: {dict(errors)}")


if __name__ == "__main__":
    main()
