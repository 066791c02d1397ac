"""OptunaCallback, with a stand-in for Optuna.

The stand-in has what the documentation of Optuna 4.9 promises of a study, a trial and
optimize(), and no more: an access to anything else fails the test.
"""
import enum
import json
import math
import os
import subprocess
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Type

from atomizer_db import Conflict, OptunaCallback, Study


class TrialState(enum.Enum):
    RUNNING, COMPLETE, PRUNED, FAIL, WAITING = range(5)


class StudyDirection(enum.Enum):
    NOT_SET, MINIMIZE, MAXIMIZE = range(3)


class TrialPruned(Exception):
    pass


@dataclass
class FrozenTrial:
    number: int
    state: TrialState = TrialState.RUNNING
    values: Optional[List[float]] = None
    params: Dict[str, Any] = field(default_factory=dict)
    user_attrs: Dict[str, Any] = field(default_factory=dict)
    system_attrs: Dict[str, Any] = field(default_factory=dict)
    intermediate_values: Dict[int, float] = field(default_factory=dict)
    datetime_start: Optional[datetime] = None
    datetime_complete: Optional[datetime] = None


class Trial:
    """A trial that runs: it has neither values nor a state."""

    def __init__(self, study: "OptunaStudy", frozen: FrozenTrial) -> None:
        self.study, self._frozen = study, frozen
        self.number, self.params, self.user_attrs, self.datetime_start = frozen.number, frozen.params, frozen.user_attrs, frozen.datetime_start

    def suggest_float(self, name: str, low: float, high: float) -> float:
        return float(self.params.setdefault(name, low + (high - low) * (self.number % 10) / 10))

    def set_user_attr(self, name: str, value: Any) -> None:
        self.user_attrs[name] = value

    def report(self, value: float, step: int) -> None:
        self._frozen.intermediate_values[step] = value


class OptunaStudy:
    def __init__(self, directions: Sequence[StudyDirection] = (StudyDirection.MINIMIZE,), name: str = "plate") -> None:
        self.study_name, self.directions = name, list(directions)
        self.trials: List[FrozenTrial] = []
        self._lock = threading.Lock()

    def optimize(self, objective: Callable[[Any], Any], n_trials: int, n_jobs: int = 1, catch: Tuple[Type[Exception], ...] = (),
                 callbacks: Sequence[Callable[[Any, Any], None]] = (), constraints: Optional[Callable[[Any], Dict[str, Any]]] = None) -> None:
        def run(_: int) -> None:
            with self._lock:
                frozen = FrozenTrial(len(self.trials), datetime_start=datetime.now())
                self.trials.append(frozen)
            raised: Optional[Exception] = None
            try:
                values = objective(Trial(self, frozen))
                frozen.values = list(values) if isinstance(values, (list, tuple)) else [values]
                frozen.state = TrialState.COMPLETE
                if any(math.isnan(value) for value in frozen.values):
                    frozen.state, frozen.values = TrialState.FAIL, None
            except TrialPruned:
                frozen.state = TrialState.PRUNED
                last = list(frozen.intermediate_values.values())[-1:]
                frozen.values = last or None
            except Exception as error:
                frozen.state, raised = TrialState.FAIL, error
            if constraints:
                frozen.system_attrs.update(constraints(frozen))
            frozen.datetime_complete = datetime.now()
            if raised and not isinstance(raised, catch):
                raise raised
            for callback in callbacks:
                callback(self, frozen)

        with ThreadPoolExecutor(n_jobs) as pool:
            list(pool.map(run, range(n_trials)))


class Optuna(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.study = Study(Path(temporary.name) / "plate")
        self.addCleanup(self.study.close)
        self.callback = OptunaCallback(self.study)

    def rows(self) -> List[Dict[str, Any]]:
        return self.study.query("select trial_number, success, objective, errors, holdout, duration_seconds, design_variables from trials order by trial_number")

    def test_states(self) -> None:
        item = self.study.add_item("str", "thicken")["id"]

        def objective(trial: Any) -> float:
            x = trial.suggest_float("x", 0, 1)
            trial.set_user_attr("items", [item] if trial.number % 2 else item)
            if trial.number == 1:
                trial.report(1.0, 3)
                raise TrialPruned
            return math.nan if trial.number == 2 else math.inf if trial.number == 3 else float(x)

        optuna = OptunaStudy([StudyDirection.MAXIMIZE])
        optuna.optimize(objective, 5, callbacks=[self.callback, self.callback])
        rows = self.rows()
        self.assertEqual([row["success"] for row in rows], [1, 0, 0, 1, 1])
        self.assertEqual([row["objective"] for row in rows][:1] + [row["objective"] for row in rows][2:], [0.0, None, None, 0.4])
        self.assertEqual([row["errors"] for row in rows][1:3], ["Pruned by Optuna after step 3", "Failed in Optuna, which keeps no error message"])
        self.assertEqual(self.study.ask("statistics")["direction"], "maximize")
        self.assertEqual(self.study.ask("items")[0]["helpful_count"], 3)
        self.assertEqual(self.study.ask("items")[0]["harmful_count"], 2)
        self.assertGreater(rows[0]["duration_seconds"], 0)

    def test_a_study_that_is_resumed_counts_nothing_twice(self) -> None:
        @self.callback.track
        def objective(trial: Any) -> float:
            if trial.number == 1:
                raise ValueError("element 7 distorted")
            return float(trial.number)

        optuna = OptunaStudy()
        optuna.optimize(objective, 3, catch=(ValueError,), callbacks=[self.callback])
        for trial in optuna.trials:
            OptunaCallback(self.study)(optuna, trial)
        self.assertEqual([row["errors"] for row in self.rows()], [None, "element 7 distorted", None])
        self.assertEqual(self.study.ask("statistics")["total_trials_processed"], 3)

    def test_an_import_of_the_study_knows_its_trials(self) -> None:
        @self.callback.track
        def objective(trial: Any) -> float:
            x = trial.suggest_float("x", 0, 1)
            trial.report(x, 0)
            trial.set_user_attr("items", "str-00001")
            if trial.number == 1:
                raise ValueError("element 7 distorted")
            if trial.number == 2:
                raise TrialPruned
            return float(x)

        optuna = OptunaStudy()
        optuna.optimize(objective, 5, catch=(ValueError,), callbacks=[self.callback], constraints=lambda t: {"constraints": [t.number - 3.5]})
        journal = self.study.database.parent / "journal.log"
        lines: List[Dict[str, Any]] = [{"op_code": 0, "study_name": "plate", "directions": [1]}]
        for trial in optuna.trials:
            assert trial.datetime_start and trial.datetime_complete
            lines.append({
                "op_code": 4, "study_id": 0, "state": trial.state.value, "value": None, "values": trial.values, "params": trial.params,
                "distributions": {"x": json.dumps({"name": "FloatDistribution", "attributes": {"step": None, "low": 0.0, "high": 1.0, "log": False}})},
                "user_attrs": trial.user_attrs, "system_attrs": trial.system_attrs, "intermediate_values": trial.intermediate_values,
                "datetime_start": trial.datetime_start.isoformat(), "datetime_complete": trial.datetime_complete.isoformat()})
        journal.write_text("".join(json.dumps({**line, "worker_id": "w"}) + "\n" for line in lines), encoding="utf-8")
        output = subprocess.run(
            [os.environ["ATOMIZER_DB_BIN"], "import", str(journal), "--db", str(self.study.database), "--context-attr", "items", "--json"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        imported = json.loads(output)["studies"][0]
        self.assertEqual((imported["known"], imported["trials"]), (5, 0))
        self.assertEqual([row["errors"] for row in self.rows()][1], "element 7 distorted")

    def test_another_study_of_the_same_name(self) -> None:
        OptunaStudy().optimize(lambda trial: 1.0, 1, callbacks=[self.callback])
        with self.assertRaises(Conflict):
            OptunaStudy().optimize(lambda trial: 2.0, 1, callbacks=[self.callback])

    def test_tracked_exceptions(self) -> None:
        @self.callback.track
        def objective(trial: Any) -> float:
            if trial.number == 1:
                raise ValueError("element 7 distorted")
            if trial.number == 2:
                raise TrialPruned
            return 1.0

        self.assertEqual(objective.__name__, "objective")
        optuna = OptunaStudy()
        optuna.optimize(objective, 3, catch=(ValueError,), callbacks=[self.callback])
        self.assertEqual([(row["success"], row["errors"]) for row in self.rows()],
                         [(1, None), (0, "element 7 distorted"), (0, "Pruned by Optuna")])

    def test_an_exception_that_ends_the_study(self) -> None:
        @self.callback.track
        def objective(trial: Any) -> float:
            raise ValueError("element 7 distorted")

        with self.assertRaisesRegex(ValueError, "element 7"):
            OptunaStudy().optimize(objective, 1, callbacks=[self.callback])
        self.assertEqual([(row["success"], row["errors"]) for row in self.rows()], [(0, "element 7 distorted")])

    def test_threads(self) -> None:
        @self.callback.track
        def objective(trial: Any) -> float:
            if trial.number % 3 == 0:
                raise ValueError("bad")
            return float(trial.number)

        OptunaStudy().optimize(objective, 60, n_jobs=6, catch=(ValueError,), callbacks=[self.callback])
        rows = self.rows()
        self.assertEqual([row["trial_number"] for row in rows], list(range(60)))
        self.assertEqual(sum(row["success"] for row in rows), 40)

    def test_constraints(self) -> None:
        for constraints in ({"constraints": (-1.0, 3.0)}, {"constraints:mass": 3, "constraints:stress": 0.0}):
            OptunaStudy(name=str(len(constraints))).optimize(lambda trial: 1.0, 1, callbacks=[self.callback], constraints=lambda _: constraints)
        insights = [insight["content"] for insight in self.study.ask("insights")]
        self.assertEqual(insights, ["Constraint violated: second constraint: 3.0 is not 0 or less", "Constraint violated: constraint mass: 3.0 is not 0 or less"])
        self.assertEqual([row["success"] for row in self.rows()], [0, 0])

    def test_several_objectives_and_odd_values(self) -> None:
        def objective(trial: Any) -> Any:
            trial.params.update(choice=("a", 1), flag=True, none=None)
            trial.set_user_attr("holdout", True)
            trial.set_user_attr("object", complex(1, 2))
            return 1.0, 2.0

        OptunaStudy([StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE]).optimize(objective, 1, callbacks=[self.callback])
        row = self.rows()[0]
        self.assertEqual((row["success"], row["objective"], row["holdout"]), (1, None, 1))
        self.assertEqual(row["design_variables"], '{"choice":"[\\"a\\", 1]","flag":true,"none":null}')


if __name__ == "__main__":
    unittest.main()
