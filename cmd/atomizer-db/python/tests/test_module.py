"""What the module adds to the legacy loop: values, errors, threads, forks and failures."""
import gc
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Dict
from unittest import mock

import atomizer_db
from atomizer_db import (AtomizerError, Conflict, FeedbackLoop, FeedbackLoopFactory, InsightCategory, InvalidEvent, NotFound,
                         Study)


class Scalar:
    """A number as numpy has it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def item(self) -> Any:
        return self.value


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name) / "bracket"

    def loop(self, **options: Any) -> FeedbackLoop:
        loop = FeedbackLoop(self.folder / "3_results" / "playbook.json", **options)
        self.addCleanup(loop.close)
        return loop

    def study(self, *arguments: Any, **options: Any) -> Study:
        study = Study(*(arguments or (self.folder,)), **options)
        self.addCleanup(study.close)
        return study

    @staticmethod
    def kill(owner: Any) -> None:
        process = owner._session._process
        process.kill()
        process.wait()


class Paths(InFolder):
    def test_a_path_in_3_results_is_a_study(self) -> None:
        loop = self.loop()
        self.assertEqual(loop._session.hello()["study"], "bracket")
        self.assertEqual(loop.playbook_path, self.folder / "3_results" / "playbook.json")
        loop.process_trial_result(1, True, 1.0, {})
        self.assertTrue((self.folder / "3_results" / "playbook.db").exists())
        self.assertEqual(self.study().ask("statistics")["successful_trials"], 1)
        self.assertEqual(self.study(loop.playbook_path).name, "bracket")

    def test_another_path_is_the_database_beside_it(self) -> None:
        loop = FeedbackLoop(self.folder / "book.json")
        self.addCleanup(loop.close)
        loop.process_trial_result(1, True, 1.0, {})
        loop.finalize_study({})
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if p.suffix in (".db", ".json")), ["book.db", "book.json"])

    def test_a_file_of_another_name_is_no_folder(self) -> None:
        loop = FeedbackLoop(self.folder / "learned.txt")
        self.addCleanup(loop.close)
        loop.process_trial_result(1, True, 1.0, {})
        self.assertTrue((self.folder / "learned.db").is_file())

    def test_a_study_speaks_of_itself_alone(self) -> None:
        with self.study() as study:
            study.trial(1, False, errors=["mine"])
        renamed = self.folder.rename(self.folder.with_name("renamed"))
        for another in (self.study(renamed), self.study(renamed, "new")):
            self.assertEqual(another.query("select :study as study")[0]["study"], another.name)
            self.assertEqual(another.ask("statistics")["total_trials_processed"], 0)
            self.assertEqual(another.finalize()["total_trials_processed"], 0)

    def test_a_relative_path_stays_where_it_was(self) -> None:
        self.folder.mkdir()
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder)
        loop = FeedbackLoop("3_results/playbook.json")  # type: ignore[arg-type]
        self.addCleanup(loop.close)
        os.chdir(before)
        loop.process_trial_result(1, True, 1.0, {})
        self.kill(loop)
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 1)
        self.assertEqual(loop._session.hello()["study"], "bracket")

    def test_a_database_on_a_server(self) -> None:
        address = "postgres://user:secret@127.0.0.1:1/atomizer?sslmode=disable"
        for arguments, database, playbook, name in (
            ((), "postgres://user@127.0.0.1:1/atomizer", None, "default"),
            ((self.folder,), "postgres://user@127.0.0.1:1/atomizer", str(self.folder / "3_results" / "playbook.json"), "bracket"),
        ):
            with Study(*arguments, db=address) as study:
                self.assertEqual((study.database, study.name), (database, name))
                self.assertEqual(study._session.hello()["playbook"], playbook)
                self.assertNotIn("secret", " ".join(study._session._process.args))  # type: ignore[union-attr,arg-type]
                with self.assertRaisesRegex(AtomizerError, "^postgres://user@127.0.0.1:1/atomizer cannot be reached"):
                    study.trial(1, True)
        with mock.patch.dict(os.environ, ATOMIZER_DB=address):
            self.assertEqual(self.loop()._session.hello()["database"], "postgres://user@127.0.0.1:1/atomizer")
        for wrong in ({"db": "playbook.db"}, {"path": address}, {"path": self.folder / "book.json", "db": address}):
            with self.assertRaisesRegex(AtomizerError, "folder of a study"):
                Study(**wrong)  # type: ignore[arg-type]

    def test_the_global_playbook(self) -> None:
        with mock.patch.dict(os.environ, ATOMIZER_HOME=str(self.folder)):
            loop = FeedbackLoopFactory.create_global()
            self.addCleanup(loop.close)
            self.assertEqual(loop.playbook_path, self.folder / "knowledge_base" / "playbook.json")
            loop.process_trial_result(1, True, 1.0, {})
            with Study() as study:
                self.assertEqual(study.ask("statistics")["successful_trials"], 1)

    def test_a_factory_for_a_study(self) -> None:
        with FeedbackLoopFactory.create_for_study(self.folder) as loop:
            self.assertEqual(loop.playbook_path, self.folder / "3_results" / "playbook.json")

    def test_a_loop_speaks_of_its_own_study_alone(self) -> None:
        self.study(self.folder, "other").trial(1, True)
        loop = self.loop()
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 0)
        loop.process_trial_result(1, False, 0, {})
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 1)


class Resuming(InFolder):
    def test_a_new_object_resumes_and_a_fresh_one_does_not(self) -> None:
        self.loop().process_trial_result(1, False, 0, {}, errors=["mesh"])
        self.assertEqual(self.loop().get_statistics()["pending_insights"], 1)
        statistics = self.loop(fresh=True).get_statistics()
        self.assertEqual((statistics["pending_insights"], statistics["total_trials_processed"]), (0, 0))

    def test_a_fresh_loop_makes_no_database(self) -> None:
        self.loop(fresh=True).get_statistics()
        self.assertFalse(self.folder.exists())

    def test_the_playbook_reads_through(self) -> None:
        loop, other = self.loop(), self.loop()
        other.process_trial_result(7, False, 0, {}, errors=["mesh"])
        self.assertEqual((loop.reflector.get_pending_count(), loop.playbook.version), (1, 1))
        self.assertEqual(loop.reflector.commit_insights(), 1)
        item = other.playbook.items["mis-00001"]
        self.assertEqual((item.category, item.source_trials, item.net_score, item.confidence), (InsightCategory.MISTAKE, [7], 0, 0.5))
        self.assertEqual(other.playbook.version, 2)


class Values(InFolder):
    def row(self, study: Study, number: int = 1) -> Dict[str, Any]:
        row = study.query("select * from trials where trial_number = :number", number=number)[0]
        return {**row, **{name: row[name] and json.loads(row[name]) for name in ("design_variables", "details")}}

    def test_numbers_that_json_does_not_have(self) -> None:
        study = self.study()
        study.trial(1, True, math.nan, {"a": math.inf, "b": -math.inf, "c": 1}, details={"x": [math.nan, 2]}, duration_seconds=math.nan)
        row = self.row(study)
        self.assertEqual((row["objective"], row["design_variables"]), (None, {"a": None, "b": None, "c": 1}))
        self.assertEqual(row["details"], {"x": ["NaN", 2], "not_finite": {
            "objective_value": "NaN", "design_variables.a": "Infinity", "design_variables.b": "-Infinity", "duration_seconds": "NaN"}})

    def test_the_loop_takes_them_too(self) -> None:
        loop = self.loop()
        answer = loop.process_trial_result(Scalar(3), Scalar(True), Scalar(math.inf), {"t": Scalar(1.5)})  # type: ignore[arg-type]
        self.assertEqual(answer, {"trial_number": 3, "success": True, "items_updated": 0, "insights_extracted": 0})
        loop.finalize_study({"best_value": math.inf, "convergence_rate": math.nan})
        loop.process_trial_result(4, True, 2.5, {})
        loop.finalize_study({"name": "b", "total_trials": Scalar(2), "best_value": math.nan, "convergence_rate": 1.0})
        self.assertIn("best value 2.5", [item.content for item in loop.playbook.items.values()][0])

    def test_paths_and_times(self) -> None:
        study = self.study()
        local, zoned = datetime(2026, 1, 31, 12), datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))
        study.trial(1, True, time=local, details={"mesh": Path("a/b.inp"), "at": zoned, "on": local.date(), "who": InsightCategory.TOOL})
        study.trial(2, True, time=zoned, design_variables={"file": Path("a/b.inp")})
        self.assertEqual(self.row(study)["recorded_at"], local.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual(self.row(study)["details"], {"mesh": "a/b.inp", "at": "2026-01-31T12:00:00+02:00", "on": "2026-01-31", "who": "tool"})
        self.assertEqual(self.row(study, 2)["recorded_at"], "2026-01-31 10:00:00")
        self.assertEqual(self.row(study, 2)["design_variables"], {"file": "a/b.inp"})

    def test_times_of_pandas(self) -> None:
        """Stand-ins: both are datetimes, without the methods of one."""
        class Timestamp(datetime):
            def astimezone(self) -> None:  # type: ignore[override]
                raise TypeError

        class NaT(datetime):
            def __eq__(self, other: object) -> bool:
                return False

            __ne__ = object.__ne__
            __hash__ = datetime.__hash__

        study = self.study()
        study.trial(1, True, time=Timestamp(2026, 1, 31, 12), details={"at": NaT(2026, 1, 31)})
        local = datetime(2026, 1, 31, 12).astimezone(timezone.utc)
        self.assertEqual(self.row(study)["recorded_at"], local.strftime("%Y-%m-%d %H:%M:%S"))
        self.assertEqual(self.row(study)["details"], {"at": None})

    def test_sequences_and_exceptions(self) -> None:
        study = self.study()
        study.trial(1, False, context_items_used=("a", "b"), errors=[ValueError("mesh"), KeyError()])  # type: ignore[arg-type]
        self.assertEqual(self.row(study)["errors"], "mesh; KeyError")

    def test_characters_of_solvers(self) -> None:
        loop = self.loop()
        loop.process_trial_result(1, False, None, {}, errors=["a\0b", "c\udcff"])
        loop.record_error(2, "mesh", "\0", [])
        self.assertEqual(self.row(self.study())["errors"], "a b; c?")

    def test_what_json_does_not_have(self) -> None:
        study = self.study()
        with self.assertRaises(InvalidEvent) as raised:
            study.trial(1, True, design_variables={"x": object()})
        self.assertEqual(raised.exception.field, "design_variables.x")
        study.trial(1, True, details={"x": complex(1, 2)})
        self.assertEqual(self.row(study)["details"], {"x": "(1+2j)"})


class Errors(InFolder):
    def test_kinds(self) -> None:
        study = self.study()
        with self.assertRaises(InvalidEvent) as raised:
            study.trial("one", True)  # type: ignore[arg-type]
        self.assertEqual(raised.exception.field, "trial_number")
        self.assertNotIn("\n", str(raised.exception))
        study.trial(1, True, key="k")
        self.assertTrue(study.trial(1, True, key="k")["duplicate"])
        with self.assertRaises(Conflict):
            study.trial(1, False, key="k")
        with self.assertRaises(NotFound):
            study.ask("item", id="str-00009")
        with self.assertRaises(InvalidEvent):
            study.query("select nonsense")
        with self.assertRaises(InvalidEvent):
            study.ask("no question")
        self.assertEqual(study.ask("statistics")["total_trials_processed"], 1)

    def test_no_program(self) -> None:
        with mock.patch.dict(os.environ, ATOMIZER_DB_BIN=str(self.folder / "none")):
            with self.assertRaisesRegex(AtomizerError, "ATOMIZER_DB_BIN is .*none, which is no program"):
                FeedbackLoop(self.folder / "playbook.json")
        with mock.patch.dict(os.environ, ATOMIZER_DB_BIN="", PATH=""):
            with self.assertRaisesRegex(AtomizerError, "was not found"):
                FeedbackLoop(self.folder / "playbook.json")

    @unittest.skipIf(os.name == "nt", "a shell script")
    def test_another_program(self) -> None:
        self.folder.mkdir()
        program = self.folder / "other"
        for text, wrong in (("echo hello", "is not the program atomizer-db"), ("exit 7", "exit code 7"),
                            ("echo 'atomizer-db: no such thing' >&2; exit 3", "^no such thing$"), ("kill -9 $$", "was killed")):
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
            with self.subTest(text), mock.patch.dict(os.environ, ATOMIZER_DB_BIN=str(program)), self.assertRaisesRegex(AtomizerError, wrong):
                self.study()

    @unittest.skipIf(os.name == "nt", "a file without a format")
    def test_a_file_that_is_no_program(self) -> None:
        self.folder.mkdir()
        program = self.folder / "other"
        program.write_bytes(b"\x7fELF nothing")
        program.chmod(0o755)
        with mock.patch.dict(os.environ, ATOMIZER_DB_BIN=str(program)), self.assertRaisesRegex(AtomizerError, "cannot be run"):
            self.study()

    def test_an_event_that_is_too_large(self) -> None:
        with self.assertRaisesRegex(AtomizerError, "line 1 is longer than 64 MiB"):
            self.study().trial(1, True, details={"text": "y" * (65 << 20)})

    @unittest.skipIf(os.name == "nt", "a shell script")
    def test_a_program_that_ends_by_itself(self) -> None:
        self.folder.mkdir()
        program = self.folder / "other"
        hello = json.dumps({"session": 1, "version": "v1.0.0", "database": "/x", "study": "x"})
        program.write_text(f"#!/bin/sh\necho '{hello}'; read line; echo 'atomizer-db: the disk is full' >&2; exit 1\n")
        program.chmod(0o755)
        with mock.patch.dict(os.environ, ATOMIZER_DB_BIN=str(program)), self.assertRaisesRegex(AtomizerError, "^the disk is full$"):
            self.study().trial(1, True)

    def test_a_program_that_cannot_start(self) -> None:
        with self.assertRaisesRegex(AtomizerError, "--study is empty"):
            self.study(self.folder, "")

    def test_versions(self) -> None:
        for module, program, fits in (("v1.2.3", "v1.2.3", True), ("v1.2.3", "v1.3.0", True), ("v1.2.3", "v1.2.2", False), ("v1.2.3", "v2.0.0", False),
                                      ("v1.2.3", "(devel)", True), ("0", "v1.0.0", True), ("v1.2.3-4-g0123456", "v1.2.3", True)):
            with self.subTest((module, program)), mock.patch.object(atomizer_db, "__version__", module):
                try:
                    atomizer_db._check_version("atomizer-db", {"session": 1, "version": program})
                    self.assertTrue(fits)
                except AtomizerError:
                    self.assertFalse(fits)
        with self.assertRaises(AtomizerError):
            atomizer_db._check_version("atomizer-db", {"session": 2, "version": "v1.0.0"})


class Many(InFolder):
    def test_more_than_the_pipes_hold(self) -> None:
        loop = self.loop()
        trials = [{"trial_number": n, "success": True, "objective_value": n, "design_variables": {"x": 0.5},
                   "errors": ["e" * 300], "context_items_used": ["str-00001"]} for n in range(3000)]
        answers = loop.process_many(trials)
        self.assertEqual([answer["trial_number"] for answer in answers], list(range(3000)))
        self.assertEqual(answers[0], {"trial_number": 0, "success": True, "items_updated": 0, "insights_extracted": 1})
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 3000)
        self.assertEqual(loop.process_many([]), [])

    def test_wrong_trials_do_not_stop_the_others(self) -> None:
        loop = self.loop()
        with self.assertRaises(InvalidEvent) as raised:
            loop.process_many([{"trial_number": 1, "success": True}, {"trial_number": 2, "success": True, "objective": 1},
                               {"trial_number": 3, "success": True, "design_variables": {"x": object()}}, {"trial_number": 4, "success": False}])
        self.assertEqual(raised.exception.index, 1)
        self.assertEqual([answer and answer["trial_number"] for answer in raised.exception.answers], [1, None, None, 4])
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 2)

    def test_a_program_that_dies_in_between(self) -> None:
        loop = self.loop()
        killer = threading.Timer(0.05, loop._session._process.kill)  # type: ignore[union-attr]
        killer.start()
        answers = loop.process_many({"trial_number": n, "success": True} for n in range(5000))
        killer.join()
        self.assertEqual(len(answers), 5000)
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 5000)


class Modern(InFolder):
    def test_a_study(self) -> None:
        with self.study() as s:
            s.add_item("str", "Thicken the web")
            s.add_item(InsightCategory.MISTAKE, "Mesh too\ncoarse")
            context = s.context(max_items=5, explore=True, seed=17)
            self.assertEqual(context.items, ["str-00001", "mis-00001"])
            self.assertEqual(context.seed, 17)
            printed = subprocess.run([os.environ["ATOMIZER_DB_BIN"], "context", "--study-dir", str(self.folder)], stdout=subprocess.PIPE, check=True)
            self.assertEqual(context.markdown, printed.stdout.decode())
            with s.run(1, items=context.items) as t:
                t.objective = 3.5
                t.design_variables["web"] = 2.0
            self.assertEqual(t.answer and t.answer["items_updated"], 2)
            with self.assertRaisesRegex(ValueError, "did not converge"):
                with s.run(2, items=context.items):
                    raise ValueError("did not converge")
            s.error(3, "license", "none left")
            self.assertEqual(s.commit()["insights_added"], 2)
            rows = s.query("select trial_number, objective, success from trials where objective > :least and study = :study", least=1)
            self.assertEqual(rows, [{"trial_number": 1, "objective": 3.5, "success": 1}])
            self.assertEqual(s.attribution()["trials"], 2)
            answer = s.finalize(method="TPE")
            self.assertEqual((answer["total_trials_processed"], answer["success_rate"]), (2, 0.5))
            self.assertIn("TPE struggles on bracket: 50% of 2 trials", s.ask("items")[-1]["content"])

    def test_what_a_run_records(self) -> None:
        s = self.study()
        with s.run(1) as t:
            t.objective = math.nan
        with s.run(2, constraint_violations=["mass"]) as t:
            t.objective = 2
        with self.assertRaises(KeyboardInterrupt):
            with s.run(3):
                raise KeyboardInterrupt
        with s.run(4) as t:
            t.success = False
        with self.assertRaises(RuntimeError):
            with s.run(5, key="once"):
                raise RuntimeError("bad \udc80 text \0")
        rows = {row["trial_number"]: row for row in s.query("select trial_number, success, errors, duration_seconds from trials")}
        self.assertEqual({number: row["success"] for number, row in rows.items()}, {1: 0, 2: 0, 4: 0, 5: 0})
        self.assertIn("not a number", rows[1]["errors"])
        self.assertIn("bad ? text", rows[5]["errors"])
        self.assertGreater(rows[5]["duration_seconds"], 0)

    def test_a_failure_that_cannot_be_recorded_hides_nothing(self) -> None:
        s = self.study()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with self.assertRaisesRegex(ValueError, "mine"):
                with s.run(1, nonsense=1):
                    raise ValueError("mine")
        self.assertEqual([w.category for w in caught], [RuntimeWarning])

    def test_a_run_that_cannot_be_recorded_hides_nothing(self) -> None:
        class Speechless(ValueError):
            def __str__(self) -> str:
                raise RuntimeError

        for raised, spoil in ((ValueError, {"details": None}), (ValueError, {"errors": None}), (Speechless, {})):
            with self.subTest(spoil), self.assertWarns(RuntimeWarning), self.assertRaises(raised):
                with self.study().run(1) as t:
                    for name, value in spoil.items():
                        setattr(t, name, value)
                    raise raised
        with self.assertRaises(InvalidEvent):
            self.study().run(1, success=True)

    @unittest.skipIf(os.name == "nt", "a shell script")
    def test_an_event_that_is_asked_is_recorded_once(self) -> None:
        self.folder.mkdir()
        program = self.folder / "dies-after-its-answer"
        store = f"{os.environ['ATOMIZER_DB_BIN']} \"$@\""
        program.write_text(f"#!/bin/sh\ncd {self.folder}; if [ -e died ]; then exec {store}; fi\ntouch died\n"
                           f"{store} </dev/null; read -r line; echo \"$line\" | {store} >/dev/null\n")
        program.chmod(0o755)
        with mock.patch.dict(os.environ, ATOMIZER_DB_BIN=str(program)):
            study = self.study()
            study.ask("error", trial_number=1, error_type="mesh", error_message="distorted")
            self.assertEqual(study.query("select count(*) as events from ledger"), [{"events": 1}])

    def test_a_frame_without_pandas(self) -> None:
        with mock.patch.dict(sys.modules, pandas=None):
            with self.assertRaises(ImportError):
                self.study().query("select 1 as one").frame()
        pandas = mock.Mock()
        with mock.patch.dict(sys.modules, pandas=pandas):
            self.study().query("select 1 as one").frame()
        pandas.DataFrame.assert_called_with([{"one": 1}])

    def test_options(self) -> None:
        with self.assertRaises(AtomizerError):
            self.study(strict=True).trial(1, True, context_items_used=["nope"])
        s = self.study(commit_every=1)
        s.trial(1, False, errors=["mesh"])
        self.assertEqual(len(s.ask("items")), 1)


class Processes(InFolder):
    def test_a_dead_program_is_started_again(self) -> None:
        loop = self.loop()
        for number in range(3):
            loop.process_trial_result(number, True, 1, {})
            self.kill(loop)
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 3)

    def test_threads_share_an_object(self) -> None:
        loop = self.loop()

        def record(first: int) -> None:
            for n in range(first, first + 50):
                self.assertEqual(loop.process_trial_result(n, True, n, {})["trial_number"], n)

        threads = [threading.Thread(target=record, args=(100 * t,)) for t in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 300)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_a_child_has_a_program_of_its_own(self) -> None:
        loop = self.loop()
        loop.process_trial_result(0, True, 1, {})
        busy = threading.Event()
        self.addCleanup(busy.set)

        def keep_busy() -> None:  # so that a fork meets a lock that is held
            n = 1000
            while not busy.is_set():
                loop.process_trial_result(n, True, 1, {})
                n += 1

        thread = threading.Thread(target=keep_busy)
        thread.start()
        children = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a fork with threads
            for child in range(1, 6):
                pid = os.fork()
                if pid == 0:
                    code = 1
                    try:
                        signal.alarm(30)
                        for n in range(10):
                            loop.process_trial_result(100 * child + n, True, 1, {})
                        code = 0
                    finally:
                        os._exit(code)
                children.append(pid)
        self.assertEqual([os.waitpid(pid, 0)[1] for pid in children], [0] * 5)
        busy.set()
        thread.join()
        with Study(self.folder) as s:
            self.assertEqual(s.query("select count(*) as n, count(distinct trial_number) as d from trials where trial_number between 100 and 599")[0], {"n": 50, "d": 50})

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_a_child_does_not_keep_the_program_alive(self) -> None:
        loop = self.loop()
        process = loop._session._process
        pid = os.fork()
        if pid == 0:
            time.sleep(60)  # noqa: it is killed
            os._exit(0)
        try:
            loop.close()
            self.assertEqual(process and process.poll(), 0)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def test_a_copy_for_another_process_opens_its_own(self) -> None:
        loop = self.loop()
        loop.process_trial_result(1, True, 1, {})
        copy = pickle.loads(pickle.dumps(loop))
        self.addCleanup(copy.close)
        self.assertEqual(copy.get_statistics(), loop.get_statistics())
        self.assertIs(copy.playbook._session, copy._session)
        self.assertIsNot(copy._session._process, loop._session._process)
        study = pickle.loads(pickle.dumps(self.study()))
        self.addCleanup(study.close)
        self.assertEqual(study.name, "bracket")

    def test_forgetting_an_object_does_not_wait(self) -> None:
        loop = FeedbackLoop(self.folder / "playbook.json")
        process = loop._session._process
        assert process
        os.kill(process.pid, signal.SIGSTOP)
        began = time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a process that still runs
            del loop
            gc.collect()
        self.assertLess(time.monotonic() - began, 1)
        os.kill(process.pid, signal.SIGCONT)
        self.assertEqual(process.wait(10), 0)

    def script(self, text: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", text, str(self.folder)], bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def test_the_end_of_python_does_not_wait(self) -> None:
        text = "import os, signal, sys\nfrom atomizer_db import Study\ns = Study(sys.argv[1])\nos.kill(s._session._process.pid, signal.SIGSTOP)\nprint(s._session._process.pid)"
        process = self.script(text)
        out, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0)
        os.kill(int(out), signal.SIGCONT)

    def test_ctrl_c_ends_no_event(self) -> None:
        text = """
import sys
from atomizer_db import FeedbackLoop
loop = FeedbackLoop(sys.argv[1] + "/3_results/playbook.json")
n = 0
try:
    while True:
        loop.process_trial_result(n, True, n, {})
        n += 1
        print(n, flush=True)
except KeyboardInterrupt:
    print("interrupted", loop._session._process is None or loop._session._process.poll(), flush=True)
    print(loop.get_statistics()["total_trials_processed"], flush=True)
"""
        for delay in (0.0, 0.01, 0.037):
            with self.subTest(delay):
                process = self.script(text)
                assert process.stdout and process.stderr
                process.stdout.readline()
                time.sleep(delay)
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does
                out, err = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 0, err)
                lines = out.decode().split("\n")
                self.assertNotIn("-2", lines[-3])  # SIGINT ended no program
                returned = int(lines[-4]) if len(lines) > 3 else 1
                self.assertIn(int(lines[-2]) - returned, (0, 1))
                self.folder = self.folder / "next"

    def test_a_signal_handler_within_a_call_is_refused(self) -> None:
        loop = self.loop()
        errors = []

        def handler(*_: Any) -> None:
            try:
                loop.get_statistics()
            except AtomizerError as error:
                errors.append(error)

        before = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.01)
            for n in range(200):
                loop.process_trial_result(n, True, 1, {})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertEqual(loop.get_statistics()["total_trials_processed"], 200)


if __name__ == "__main__":
    unittest.main()
