"""The learning store of optimization studies, from Python.

The store is the program atomizer-db: this module starts `atomizer-db session` and talks to
it through pipes. It needs nothing but the standard library of Python 3.8 or later.

    from atomizer_db import FeedbackLoop          # the legacy class, on a store that survives
    from atomizer_db import Study, OptunaCallback

The program is the one that the variable ATOMIZER_DB_BIN names, else the one beside this
file, else the one on the path. It must fit: its major version is that of this module, and it
is not older. Versions without a number, of development builds, fit all others.

An event is in the database once the call that records it has returned. Each event has a
key: if the program dies, it is started again, and the event is sent again and recorded once.
Threads may share an object. After a fork, the child opens a program of its own.

NaN and infinities are recorded as null, and details["not_finite"] has the words; within
details, the words stand in their places. Numpy scalars, Path and datetime are converted; a
datetime without a zone is local time.
"""
from __future__ import annotations

import functools
import io
import json
import math
import numbers
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time as clock
import uuid
import warnings
import weakref
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Type, TypeVar, Union

__version__ = "0"  # of the program that wrote this file
__all__ = [
    "AtomizerError", "Busy", "Conflict", "Context", "FeedbackLoop", "FeedbackLoopFactory", "InsightCategory",
    "InvalidEvent", "NotFound", "OptunaCallback", "PlaybookItem", "Rows", "Run", "Study",
]

PathLike = Union[str, "os.PathLike[str]"]
F = TypeVar("F", bound=Callable[..., Any])


class AtomizerError(Exception):
    """The store cannot do what it was asked. The message says why, and what to do.

    `field` names the wrong field of an event or question, if there is one. After
    `process_many`, `index` is the place of the wrong trial, and `answers` has the answers
    to all trials, with None for the wrong ones.
    """

    def __init__(self, message: str, field: Optional[str] = None) -> None:
        super().__init__(message)
        self.field = field
        self.index: Optional[int] = None
        self.answers: List[Optional[Dict[str, Any]]] = []


class InvalidEvent(AtomizerError):
    """A value is missing, of the wrong type, or out of its range."""


class Conflict(AtomizerError):
    """It contradicts what is stored, such as the same key with other content."""


class NotFound(AtomizerError):
    """The study, trial, item or file does not exist."""


class Busy(AtomizerError):
    """Other processes have been writing for a minute: try again."""


_KINDS: Dict[str, Type[AtomizerError]] = {
    "invalid": InvalidEvent, "not_found": NotFound, "conflict": Conflict, "busy": Busy,
}


# ---- values ----

_PROSE = ("errors", "error_message", "constraint_violations", "details")  # what solvers say, with any characters


def _word(number: float) -> str:
    """Return the word for a number that JSON does not have."""
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _plain(value: Any, place: str, words: Optional[Dict[str, str]]) -> Any:
    """Return a value as JSON has it.

    A number that JSON does not have becomes null, and its word goes into words. Without
    words, within details, it becomes the word, and an object of another type its text.
    """
    if isinstance(value, str):
        return _text(value) if place.partition(".")[0] in _PROSE else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        value = float(value)
        if math.isfinite(value):
            return value
        if words is None:
            return _word(value)
        words[place] = _word(value)
        return None
    if isinstance(value, dict):
        return {str(_plain(k, place, words)): _plain(v, f"{place}.{k}", words) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v, f"{place}.{n}", words) for n, v in enumerate(value)]
    if isinstance(value, datetime):
        if value != value:  # NaT of pandas, where there is no time
            return None
        value = datetime.combine(value.date(), value.timetz())  # of pandas' subclass, the datetime
        return (value if value.tzinfo else value.astimezone()).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return _plain(os.fsdecode(value), place, words)
    if isinstance(value, Enum):
        return _plain(value.value, place, words)
    if isinstance(value, BaseException):
        return str(value) or type(value).__name__
    if hasattr(value, "tolist"):  # numpy: a scalar has item() too, which an array of several numbers refuses
        return _plain(value.tolist(), place, words)
    if hasattr(value, "item"):
        return _plain(value.item(), place, words)
    if words is None:
        return str(value)
    raise InvalidEvent(f"{place} is of type {type(value).__name__}, which JSON does not have: give a number, text, or a list or dict of them", place)


def _line(kind: str, fields: Dict[str, Any], keyed: bool = False) -> Dict[str, Any]:
    """Return an event or a question; None leaves a field out. keyed gives it a key, so
    that it can be sent again."""
    words: Dict[str, str] = {}
    line = {name: _plain(value, name, words) for name, value in fields.items() if value is not None and name != "details"}
    details = fields.get("details")
    if details is not None:
        line["details"] = _plain(details, "details", None)
    if words and kind == "trial":
        kept = line.get("details", {})
        line["details"] = {**(kept if isinstance(kept, dict) else {"details": kept}), "not_finite": words}
    if keyed:
        line.setdefault("key", f"py-{uuid.uuid4().hex}")
    line["type"] = kind
    return line


def _text(message: str) -> str:
    """Return text that the store takes: without NUL and lone surrogates."""
    return message.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


# ---- the program ----

def _find_program() -> str:
    given = os.environ.get("ATOMIZER_DB_BIN")
    if given:
        found = shutil.which(given)
        if not found:
            raise AtomizerError(f"ATOMIZER_DB_BIN is {given}, which is no program: correct the variable")
        return found
    beside = shutil.which("atomizer-db", path=os.path.dirname(os.path.abspath(__file__)))
    found = beside or shutil.which("atomizer-db")
    if not found:
        raise AtomizerError("the program atomizer-db was not found: put it on the path, or set ATOMIZER_DB_BIN to where it is")
    return found


def _number(version: str) -> Optional[Tuple[int, ...]]:
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    return tuple(int(part) for part in found.groups()) if found else None


def _check_version(program: str, hello: Dict[str, Any]) -> None:
    """Raise AtomizerError unless the program fits: the same major version, and not older."""
    theirs, ours = _number(str(hello.get("version", ""))), _number(__version__)
    if hello.get("session") == 1 and (not theirs or not ours or (theirs[0] == ours[0] and theirs >= ours)):
        return
    remedy = "update the program" if theirs and ours and theirs < ours else f"write the module again, as `{program} python --help` says"
    raise AtomizerError(f"{program} is {hello.get('version')}, which does not fit atomizer_db.py {__version__}: {remedy}")


class _Died(AtomizerError):
    """The program has ended before its answer."""

    def __init__(self, complaint: str = "") -> None:
        super().__init__(complaint or "atomizer-db was killed before its answer: look for what ends it, such as a limit of memory")


class _Session:
    """A process of the program, which answers line by line. It is started when it is
    needed, and again when it has died."""

    def __init__(self, arguments: Sequence[str], address: Optional[str] = None) -> None:
        self.arguments = list(arguments)
        self.address = address  # of the database, if it is on a server
        self._hello: Dict[str, Any] = {}
        self._lock = threading.RLock()
        self._asking = False
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._last: Optional[subprocess.Popen[bytes]] = None  # one that was left, and may still be writing
        _sessions.add(self)

    def ask(self, line: Dict[str, Any]) -> Any:
        """Send a line and return its answer. Raises what the store answers as an error."""
        answer = self.ask_all([line])[0]
        if isinstance(answer, AtomizerError):
            raise answer
        return answer

    def ask_all(self, lines: Sequence[Dict[str, Any]]) -> List[Any]:
        """Send lines and return their answers, which can be AtomizerErrors."""
        texts = [json.dumps(line, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n" for line in lines]
        asking = not any("key" in line for line in lines)
        answers: List[Any] = []
        with self._lock:
            if self._asking:  # a lock for each thread alone does not keep out a signal handler
                raise AtomizerError("a signal handler asked the store within a call of the same thread: let the handler set a flag instead")
            self._asking = True
            try:
                while len(answers) < len(texts):
                    self._try_twice(texts, answers)
            except KeyboardInterrupt:
                if asking and self._last:  # nobody waits for the answer any more, and nothing is lost
                    self._last.kill()
                raise
            finally:
                self._asking = False
        return answers

    def _try_twice(self, texts: Sequence[bytes], answers: List[Any]) -> None:
        """Send the lines without an answer. A program that died is started again, once
        unless it has answered in between."""
        before = len(answers)
        try:
            try:
                self._start()
                self._exchange(texts[len(answers):], answers)
            except _Died:
                self._leave()
                if len(answers) == before:
                    self._start()
                    self._exchange(texts[len(answers):], answers)
        except BaseException:  # such as Ctrl-C: the next answers would be those to these lines
            self._leave()
            raise

    def _exchange(self, texts: Sequence[bytes], answers: List[Any]) -> None:
        if len(texts) == 1:
            assert self._process and self._process.stdin
            try:
                self._write(self._process.stdin, texts[0])
            except _Died:  # it has closed its input, and says why when it has ended
                self._answers.read()
                raise _Died(self._complaint()) from None
            answers.append(self._read())
            return
        # Both pipes can be full at once, so a thread writes while this one reads.
        assert self._process and self._process.stdin
        writer = threading.Thread(target=self._write_all, args=(self._process.stdin, texts), daemon=True)
        writer.start()
        try:
            for _ in texts:
                answers.append(self._read())
        except _Died:
            writer.join()  # it has died of the same
            raise
        writer.join()

    def _write_all(self, pipe: IO[bytes], texts: Sequence[bytes]) -> None:
        try:
            for start in range(0, len(texts), 64):
                self._write(pipe, b"".join(texts[start:start + 64]))
        except (_Died, ValueError):  # the reader finds it out as well
            pass

    @staticmethod
    def _write(pipe: IO[bytes], text: bytes) -> None:
        rest = memoryview(text)
        try:
            while rest:
                rest = rest[pipe.write(rest):]
        except OSError:
            raise _Died from None

    def _read(self) -> Any:
        text = self._answers.readline()
        if not text.endswith(b"\n"):
            raise _Died(self._complaint())
        answer = json.loads(text)
        error = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(error, dict) and "kind" in error:
            return _KINDS.get(error["kind"], AtomizerError)(error["message"], error.get("field"))
        return answer

    def __reduce__(self) -> Tuple[Any, ...]:  # what is pickled for another process opens its own
        return _Session, (self.arguments, self.address)

    def hello(self) -> Dict[str, Any]:
        """Return the first line of the program, which is started if it never was."""
        with self._lock:
            if not self._hello:
                try:
                    self._start()
                except _Died:
                    self._leave()
                    self._start()
            return self._hello

    def _start(self) -> None:
        if self._process:
            return
        self._reap()  # so that questions see its last event
        program = _find_program()
        self._stderr = tempfile.TemporaryFile()
        # A process group of its own: Ctrl-C at the terminal ends Python first, and then
        # the program reads the end of its input. Unbuffered: a fork copies no bytes.
        environment = None if self.address is None else {**os.environ, "ATOMIZER_DB": self.address}  # everybody can read arguments
        try:
            self._process = subprocess.Popen(
                [program, "session", *self.arguments], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, env=environment,
                start_new_session=True, creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
        except OSError as error:
            self._stderr.close()
            raise AtomizerError(f"{program} cannot be run: {error.strerror}: correct ATOMIZER_DB_BIN or the path") from None
        try:
            self._hello = self._greet(program, self._process)
        except BaseException:  # it has read nothing yet, so there is nothing to wait for
            self._process.kill()
            self._leave()
            self._reap()
            raise

    def _greet(self, program: str, process: subprocess.Popen[bytes]) -> Dict[str, Any]:
        """Return the first line of the program, or raise why it does not come or fit."""
        self._answers = io.BufferedReader(process.stdout)  # type: ignore[arg-type]
        try:
            hello: Dict[str, Any] = self._read()
        except ValueError:
            raise AtomizerError(f"{program} is not the program atomizer-db: correct ATOMIZER_DB_BIN or the path") from None
        except _Died:
            code = process.wait()  # its complaint is whole then
            complaint = self._complaint()
            if code < 0 and not complaint:  # a signal
                raise
            complaint = complaint or f"{program} session ended with exit code {code}: run it in a shell to see why"
            raise {3: NotFound, 4: Conflict}.get(code, AtomizerError)(complaint) from None
        _check_version(program, hello)
        return hello

    def _complaint(self) -> str:
        """Return the last error that the program wrote to its standard error."""
        if not self._process:
            return ""
        self._stderr.seek(0)
        prefix = "atomizer-db: "
        lines = self._stderr.read().decode("utf-8", "replace").splitlines()
        errors = [line[len(prefix):] for line in lines if line.startswith(prefix)]
        return errors[-1] if errors else ""

    def _leave(self) -> None:
        """Close the pipes; the program ends after the lines that it has read."""
        process, self._process = self._process, None
        if process:
            self._close_pipes(process)
            self._stderr.close()
            self._last = process

    @staticmethod
    def _close_pipes(process: subprocess.Popen[bytes]) -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def close(self) -> None:
        """End the program, and wait until it has ended, at most ten seconds."""
        with self._lock:
            self._leave()
            self._reap()

    def _reap(self) -> None:
        """Wait until the program that was left has ended, at most ten seconds."""
        last, self._last = self._last, None
        if last:
            try:
                last.wait(10)
            except subprocess.TimeoutExpired:
                pass

    def forked(self) -> None:
        """Forget the parent's program, in the child: its pipes are not ours."""
        self._lock, self._asking = threading.RLock(), False
        for process in (self._process, self._last):
            if process:
                self._close_pipes(process)
                process.poll()  # it is no child of this process, so it counts as ended
        self._process = self._last = None

    def __del__(self) -> None:
        process = getattr(self, "_process", None)
        if process:  # closing is all: waiting could block the garbage collection
            self._close_pipes(process)
            self._stderr.close()
            process.poll()


_sessions: "weakref.WeakSet[_Session]" = weakref.WeakSet()


def _after_fork() -> None:
    for session in list(_sessions):
        session.forked()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)


def _of_file(path: PathLike) -> List[str]:
    """Return the arguments for a playbook.json or its database: the study, and where it is."""
    absolute = Path(os.path.abspath(path))  # the current folder may change
    if absolute.parent.name == "3_results" and absolute.name in ("playbook.json", "playbook.db"):
        return _of_folder(absolute.parent.parent)
    return ["--db", str(absolute.with_suffix(".db")), "--study", "default"]


def _of_folder(path: PathLike) -> List[str]:
    """Return the arguments for the folder of a study."""
    absolute = Path(os.path.abspath(path))
    return ["--study-dir", str(absolute), "--study", absolute.name]


_OF_ALL = ["--global", "--study", "default"]


def _is_address(path: Any) -> bool:
    """Tell the address of a database on PostgreSQL from a path."""
    return isinstance(path, str) and path.startswith(("postgres://", "postgresql://"))


def _of_study(path: Optional[PathLike], address: Optional[str]) -> List[str]:
    """Return the arguments for a study, whose database may be on a server."""
    if path is None:
        return ["--study", "default"] if address else list(_OF_ALL)
    arguments = _of_file(path) if Path(path).suffix in (".json", ".db") else _of_folder(path)
    if address and "--db" in arguments:
        raise AtomizerError(f"{path} is in no folder of a study, and the database is on a server: give the folder of the study")
    return arguments


# ---- the legacy loop ----

class InsightCategory(Enum):
    """The categories of items."""

    STRATEGY = "str"
    CALCULATION = "cal"
    MISTAKE = "mis"
    TOOL = "tool"
    DOMAIN = "dom"
    WORKFLOW = "wf"


@dataclass
class PlaybookItem:
    """An item of the playbook, as it was when it was read."""

    id: str
    category: InsightCategory
    content: str
    helpful_count: int = 0
    harmful_count: int = 0
    created_at: str = ""
    last_used: Optional[str] = None
    source_trials: List[int] = field(default_factory=list)
    tags: List[str] = field(default_factory=list)

    @property
    def net_score(self) -> int:
        """Helpful minus harmful."""
        return self.helpful_count - self.harmful_count

    @property
    def confidence(self) -> float:
        """Share of outcomes that were helpful; 0.5 before the first."""
        total = self.helpful_count + self.harmful_count
        return self.helpful_count / total if total else 0.5

    def to_dict(self) -> Dict[str, Any]:
        """Return the item as playbook.json has it."""
        return {
            "id": self.id, "category": self.category.value, "content": self.content,
            "helpful_count": self.helpful_count, "harmful_count": self.harmful_count,
            "created_at": self.created_at, "last_used": self.last_used,
            "source_trials": self.source_trials, "tags": self.tags,
        }


class _Playbook:
    """The playbook of a loop. Each access reads the store."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    @property
    def items(self) -> Dict[str, PlaybookItem]:
        """The live items by id, in order of arrival."""
        items = {}
        for row in self._session.ask(_line("items", {})):
            row["category"] = InsightCategory(row["category"])
            items[row["id"]] = PlaybookItem(**{name: row[name] for name in PlaybookItem.__dataclass_fields__})
        return items

    @property
    def version(self) -> int:
        """The version, which grows with each change of the set of items."""
        version: int = self.get_stats()["version"]
        return version

    @property
    def last_updated(self) -> str:
        """When the playbook was changed last, or an item was used."""
        updated: str = self.get_stats()["last_updated"]
        return updated

    def get_stats(self) -> Dict[str, Any]:
        """Return the numbers of items, the version and the scores."""
        stats: Dict[str, Any] = _with_floats(self._session.ask(_line("report", {}))["playbook_stats"])
        return stats


class _Reflector:
    """The pending insights of a loop."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    def get_pending_count(self) -> int:
        """Return how many insights wait to be committed."""
        count: int = self._session.ask(_line("statistics", {}))["pending_insights"]
        return count

    def commit_insights(self) -> int:
        """Add the study's pending insights to the playbook; return how many were new."""
        added: int = self._session.ask(_line("commit_insights", {}, keyed=True))["insights_added"]
        return added


_STATISTICS = ("total_trials_processed", "successful_trials", "failed_trials", "success_rate",
               "playbook_items", "pending_insights", "outcomes_recorded")
_FINALIZED = ("insights_added", "items_pruned", "playbook_size", "playbook_version",
              "total_trials_processed", "successful_trials", "failed_trials", "success_rate")
_ALL = 2**31 - 1  # more items than a playbook has


class FeedbackLoop:
    """The legacy feedback loop, with its state in the store instead of in memory.

    X/3_results/playbook.json is the study X; any other playbook.json has its database
    beside it, with the same name and `.db`. If the variable ATOMIZER_DB is the address of a
    database on PostgreSQL, the study X is there. The loop goes on where the study stood;
    fresh=True starts its statistics, usage and pending insights afresh instead, as a new
    legacy loop does. What a call records is stored when it returns.

    Raises AtomizerError, here and in all calls.
    """

    def __init__(self, playbook_path: PathLike, fresh: bool = False) -> None:
        self._open(_of_file(playbook_path), fresh)
        self.playbook_path = Path(playbook_path)

    def _open(self, arguments: List[str], fresh: bool) -> None:
        self._session = _Session(arguments)
        hello = self._session.hello()
        self.playbook = _Playbook(self._session)
        self.reflector = _Reflector(self._session)
        if fresh and (_is_address(hello["database"]) or os.path.exists(hello["database"])):
            self.reset()

    def process_trial_result(
        self,
        trial_number: int,
        success: bool,
        objective_value: Optional[float],
        design_variables: Dict[str, Any],
        context_items_used: Optional[List[str]] = None,
        errors: Optional[List[str]] = None,
        extractor_used: str = "",
        duration_seconds: float = 0.0,
    ) -> Dict[str, Any]:
        """Record a trial: its items count as helpful if it succeeded, else as harmful.

        Returns trial_number, success, items_updated and insights_extracted.
        """
        answer = self._session.ask(_trial_line({
            "trial_number": trial_number, "success": success, "objective_value": objective_value,
            "design_variables": design_variables, "context_items_used": context_items_used, "errors": errors,
            "extractor_used": extractor_used, "duration_seconds": duration_seconds}))
        return _legacy_trial(answer)

    def _ask(self, line: Dict[str, Any]) -> Any:
        return _with_floats(self._session.ask(line))

    def process_many(self, trials: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """Record trials, each a dict of the parameters of process_trial_result, much faster
        than one by one. Return their answers in order.

        A wrong trial does not keep the others from being recorded. The error of the first
        one is raised at the end, with its `index` and all `answers`.
        """
        answers: List[Any] = []  # of wrong trials, the errors
        lines = []
        for trial in trials:
            try:
                lines.append(_trial_line(trial))
                answers.append(None)
            except InvalidEvent as wrong_value:
                answers.append(wrong_value)
        given = iter(self._session.ask_all(lines))
        answers = [next(given) if answer is None else answer for answer in answers]
        wrong = [n for n, answer in enumerate(answers) if isinstance(answer, AtomizerError)]
        legacy = [None if isinstance(answer, AtomizerError) else _legacy_trial(answer) for answer in answers]
        if wrong:
            error: AtomizerError = answers[wrong[0]]
            error.index, error.answers = wrong[0], legacy
            raise error
        return [answer for answer in legacy if answer is not None]

    def record_error(
        self,
        trial_number: int,
        error_type: str,
        error_message: str,
        context_items_used: Optional[List[str]] = None,
    ) -> None:
        """Record an error outside a trial: its items count as harmful."""
        self._session.ask(_line("error", {
            "trial_number": trial_number, "error_type": error_type, "error_message": error_message,
            "context_items_used": context_items_used}, keyed=True))

    def finalize_study(self, study_stats: Dict[str, Any], save_playbook: bool = True) -> Dict[str, Any]:
        """Reflect on the study, commit its pending insights, prune items with a net score of
        -3 or less, and write playbook.json.

        study_stats has name, total_trials, best_value, convergence_rate (0 to 1) and method,
        all optional. A best value that is not finite is replaced by the best one recorded.
        """
        stats = {name: study_stats.get(name) for name in ("name", "total_trials", "best_value", "convergence_rate", "method")}
        best = _plain(stats["best_value"], "best_value", {})
        if best is None and stats["best_value"] is not None:
            best = self._session.ask(_line("statistics", {}))["best_objective"]
        stats["best_value"] = best
        answer = self._ask(_line("finalize", {**stats, "save_playbook": bool(save_playbook)}, keyed=True))
        return {name: answer[name] for name in _FINALIZED}

    def get_item_performance(self) -> Dict[str, Dict[str, Any]]:
        """Return counts, scores and uses of each item, by id in order of arrival."""
        performance: Dict[str, Dict[str, Any]] = self._ask(_line("performance", {}))
        return performance

    def get_top_performers(self, n: int = 10) -> List[Dict[str, Any]]:
        """Return the n items with the highest net scores; ties keep the order of arrival."""
        return self._ranked("top", n)

    def get_worst_performers(self, n: int = 10) -> List[Dict[str, Any]]:
        """Return the n items with the lowest net scores; ties keep the order of arrival."""
        return self._ranked("worst", n)

    def _ranked(self, kind: str, n: Optional[int]) -> List[Dict[str, Any]]:
        if n is None or n < 0:  # as a slice of a list
            return self._ranked(kind, _ALL)[:n]
        items: List[Dict[str, Any]] = self._ask(_line(kind, {"n": n}))
        return items

    def get_statistics(self) -> Dict[str, Any]:
        """Return the study's statistics since its last reset."""
        answer = self._ask(_line("statistics", {}))
        return {name: answer[name] for name in _STATISTICS}

    def export_learning_report(self, path: PathLike) -> None:
        """Write the learning report as JSON, and make its folder."""
        report = self._ask(_line("report", {}))
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(report, indent=2), encoding="utf-8")

    def reset(self) -> None:
        """Start the study's statistics, usage and pending insights afresh. The playbook stays."""
        self._session.ask(_line("reset", {}, keyed=True))

    def close(self) -> None:
        """End the program. The next call starts it again."""
        self._session.close()

    def __enter__(self) -> "FeedbackLoop":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _trial_line(trial: Dict[str, Any]) -> Dict[str, Any]:
    """Return the event of a trial with the legacy parameters, or those of an event."""
    if "success" in trial:
        trial = {**trial, "success": bool(trial["success"])}
    return _line("trial", trial, keyed=True)


def _with_floats(value: Any) -> Any:
    """Return an answer with the floats of the legacy loop: the store writes 1.0 as 1."""
    if isinstance(value, list):
        return [_with_floats(v) for v in value]
    if not isinstance(value, dict):
        return value
    floats = {"confidence"}
    for name, total in (("success_rate", "total_trials_processed"), ("avg_score", "total_items")):
        if value.get(total):  # the legacy average of nothing is the integer 0
            floats.add(name)
    return {name: float(v) if name in floats else _with_floats(v) for name, v in value.items()}


def _legacy_trial(answer: Dict[str, Any]) -> Dict[str, Any]:
    return {name: answer[name] for name in ("trial_number", "success", "items_updated", "insights_extracted")}


class FeedbackLoopFactory:
    """Makes feedback loops."""

    @staticmethod
    def create_for_study(study_dir: PathLike, fresh: bool = False) -> FeedbackLoop:
        """Return the loop of a study folder."""
        return FeedbackLoop(Path(study_dir) / "3_results" / "playbook.json", fresh)

    @staticmethod
    def create_global(fresh: bool = False) -> FeedbackLoop:
        """Return the loop of the global playbook: knowledge_base/playbook.json in
        ATOMIZER_HOME, else in `atomizer` in the user's data folder."""
        loop = FeedbackLoop.__new__(FeedbackLoop)
        loop._open(_OF_ALL, fresh)
        loop.playbook_path = Path(loop._session.hello()["playbook"])
        return loop


# ---- the modern face ----

@dataclass
class Context:
    """Items to show to the driver of a trial."""

    items: List[str]  # ids, to be recorded with the trial
    advice: List[Dict[str, Any]]  # each with id, category, content and rank
    mistakes: List[Dict[str, Any]]  # to avoid
    holdout: bool = False  # it is empty to compare with: record the trial with holdout=True
    tokens: int = 0  # an estimate, one for four bytes of markdown
    seed: Optional[int] = None  # of explore and holdout
    reason: Optional[str] = None  # why it is empty

    @property
    def markdown(self) -> str:
        """The items as text for a prompt; empty without items."""
        sections = [
            heading + "".join(_markdown(item) for item in items)
            for heading, items in (("## Advice\n\n", self.advice), ("## Mistakes to avoid\n\n", self.mistakes)) if items
        ]
        return "\n".join(sections)


def _markdown(item: Dict[str, Any]) -> str:
    """Return an item as an entry of a list, as `atomizer-db context` prints it."""
    def plain(text: str) -> str:
        return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", text)
    name = plain(item["id"]).replace("\n", " ")
    content = plain(item["content"].strip()).replace("\n", "\n  ")
    return f"- [{name}] {content}\n"


class Rows(List[Dict[str, Any]]):
    """The rows of a query, each a dict by column."""

    def frame(self) -> Any:
        """Return the rows as a pandas DataFrame. Raises ImportError without pandas."""
        import pandas  # only users of frame need it
        return pandas.DataFrame(list(self))


_EVENTS = ("trial", "error", "finalize", "reset", "void", "commit_insights", "reject_insights", "edit_insight",
           "edit_item", "tag_item", "retire_item", "merge_items", "restore_item")


class Study:
    """A study in the store.

    path is the study's folder, its playbook.json or database as for FeedbackLoop, or None
    for the global playbook. db is the address of a database on PostgreSQL,
    "postgres://user@host/database", which the variable ATOMIZER_DB may also give: then the
    folder has the study's name and playbook.json alone, and without a path the study is
    "default" and finalize writes no playbook.json.

    study names another study of the same database. strict refuses
    trials that name items which the playbook does not have; commit_every=20 commits pending
    insights by itself, every 20 trials. Raises AtomizerError, here and in all calls.
    """

    def __init__(self, path: Optional[PathLike] = None, study: Optional[str] = None, *, db: Optional[str] = None,
                 strict: bool = False, commit_every: Optional[int] = None) -> None:
        if _is_address(path) or db is not None and not _is_address(db):
            raise AtomizerError("path is the folder of a study or a file, and db the address of a database on PostgreSQL, such as "
                                "postgres://user@host/database: give each its own")
        arguments = _of_study(path, db)
        if study is not None:
            arguments[-1] = study
        if strict:
            arguments.append("--strict")
        if commit_every is not None:
            arguments += ["--commit-every", str(commit_every)]
        self._session = _Session(arguments, db)
        self._session.hello()  # to learn early what is wrong

    @property
    def name(self) -> str:
        """The name of the study."""
        name: str = self._session.hello()["study"]
        return name

    @property
    def database(self) -> Union[Path, str]:
        """The path of the database, which the first event makes, or its address without a password."""
        shown: str = self._session.hello()["database"]
        return shown if _is_address(shown) else Path(shown)

    def context(self, max_items: int = 10, **options: Any) -> Context:
        """Choose items for the next trial.

        The options are those of `atomizer-db context`: max_tokens, about, by, explore,
        holdout, seed, category, tag, search. `context(explore=True, seed=trial_number)`.
        """
        for name in ("category", "tag"):  # several are a list
            if isinstance(options.get(name), str):
                options[name] = [options[name]]
        answer = self.ask("context", max_items=max_items, **options)
        return Context(**{name: answer[name] for name in Context.__dataclass_fields__ if name in answer})

    def trial(
        self,
        trial_number: int,
        success: bool,
        objective_value: Optional[float] = None,
        design_variables: Optional[Dict[str, Any]] = None,
        context_items_used: Optional[Sequence[str]] = None,
        **fields: Any,
    ) -> Dict[str, Any]:
        """Record a trial and return the store's answer.

        Further fields are those of an event: context_items_shown, holdout, errors,
        constraint_violations, extractor_used, duration_seconds, details, time, direction,
        and key, with which it is recorded once however often it is sent.
        """
        answer: Dict[str, Any] = self._session.ask(_trial_line({
            "trial_number": trial_number, "success": success, "objective_value": objective_value,
            "design_variables": design_variables, "context_items_used": context_items_used, **fields}))
        return answer

    def error(self, trial_number: int, error_type: str, error_message: str,
              context_items_used: Optional[Sequence[str]] = None, **fields: Any) -> Dict[str, Any]:
        """Record an error outside a trial; its items count as harmful. Further fields: time, key."""
        return self._event("error", {
            "trial_number": trial_number, "error_type": error_type, "error_message": error_message,
            "context_items_used": context_items_used, **fields})

    def commit(self) -> Dict[str, Any]:
        """Add the study's pending insights to the playbook; the answer counts them."""
        return self._event("commit_insights", {})

    def finalize(self, method: Optional[str] = None, **fields: Any) -> Dict[str, Any]:
        """End the study: reflect on it, commit its insights, prune, and write playbook.json.
        The answer has not_exported, with the reason, where that has no place.

        Further fields: prune_by ("net-score", "attribution" or "none"), prune_below,
        save_playbook, time, key. Name, trials, best value and success rate come from what
        was recorded, unless name, total_trials, best_value or convergence_rate tell them.
        """
        recorded = self.ask("statistics")
        known = {"name": self.name, "total_trials": recorded["total_trials_processed"],
                 "best_value": recorded["best_objective"], "convergence_rate": recorded["success_rate"]}
        return self._event("finalize", {**known, "method": method, **fields})

    def add_item(self, category: Union[str, InsightCategory], content: str) -> Dict[str, Any]:
        """Add advice of your own to the playbook, or find the item that says the same."""
        item: Dict[str, Any] = self.ask("add_item", category=category, content=content)
        return item

    def attribution(self, **options: Any) -> Dict[str, Any]:
        """Return what each item does to success, with intervals and verdicts."""
        answer: Dict[str, Any] = self.ask("attribution", **options)
        return answer

    def query(self, sql: str, /, **parameters: Any) -> Rows:
        """Return the rows of an SQL query, which can only read. `:name` in the SQL is a
        parameter; :study is the study's name. `ask("query", sql=..., timeout=5)` limits the
        seconds that it may take."""
        return Rows(self.ask("query", sql=sql, parameters=parameters or None))

    def ask(self, question: str, /, **options: Any) -> Any:
        """Send any other event or question that `atomizer-db session` takes, such as
        `ask("top", n=3, by="lift")` or `ask("void", trial_number=3)`, and return its answer."""
        keyed = question in _EVENTS and (question != "trial" or "success" in options)
        return self._session.ask(_line(question, options, keyed))

    def run(self, trial_number: int, items: Sequence[str] = (), **fields: Any) -> "Run":
        """Return a context manager that records a trial when its block ends. Further fields
        are those of `trial`."""
        return Run(self, trial_number, items, fields)

    def close(self) -> None:
        """End the program. The next call starts it again."""
        self._session.close()

    def _event(self, kind: str, fields: Dict[str, Any]) -> Dict[str, Any]:
        answer: Dict[str, Any] = self._session.ask(_line(kind, fields, keyed=True))
        return answer

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Run:
    """A trial that runs in a with block, and is recorded at its end.

    An exception is recorded as a failure with its message, and rises. One that is not an
    Exception, such as Ctrl-C, says nothing about the design: then nothing is recorded. An
    objective of NaN and constraint violations also make the trial a failure.
    """

    def __init__(self, study: Study, trial_number: int, items: Sequence[str], fields: Dict[str, Any]) -> None:
        self.trial_number = trial_number
        self.objective: Optional[float] = None
        self.success = True  # set it to False where the block ends well and the trial did not
        self.design_variables: Dict[str, Any] = {}
        self.errors: List[str] = []
        self.constraint_violations: List[str] = []
        self.details: Dict[str, Any] = {}
        self.answer: Optional[Dict[str, Any]] = None  # the store's, after the block
        self._study, self._items, self._fields = study, items, dict(fields)
        for name in ("success", "objective_value", "trial_number", "context_items_used"):
            if name in self._fields:
                raise InvalidEvent(f"{name} is not an argument of run: the block tells success and objective, and items are given as items", name)
        for name in ("design_variables", "details"):
            setattr(self, name, dict(self._fields.pop(name, None) or {}))
        for name in ("errors", "constraint_violations"):
            setattr(self, name, list(self._fields.pop(name, None) or []))

    def __enter__(self) -> "Run":
        self._began = clock.monotonic()  # the duration is recorded in seconds
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        if error is None:
            self._record()
        elif isinstance(error, Exception):
            failure = error
            _without_hiding(failure, lambda: self._record_failure(failure))

    def _record_failure(self, error: Exception) -> None:
        self.success = False
        self.errors = [*self.errors, str(error) or type(error).__name__]
        self.details = {**self.details, "exception": type(error).__name__}
        self._record()

    def _record(self) -> None:
        objective = _plain(self.objective, "objective_value", None)
        if objective == "NaN":
            self.success, self.errors = False, [*self.errors, "the objective is not a number"]
        fields = {"duration_seconds": clock.monotonic() - self._began, **self._fields}
        self.answer = self._study.trial(
            self.trial_number, self.success and not self.constraint_violations, self.objective, self.design_variables, self._items,
            errors=self.errors, constraint_violations=self.constraint_violations, details=self.details or None, **fields)


def _without_hiding(error: Exception, record: Callable[[], Any]) -> None:
    """Record a failure while its exception rises: another one would hide it."""
    try:
        record()
    except Exception as failed:
        warnings.warn(f"the failure of the trial ({type(error).__name__}) was not recorded: {failed}", RuntimeWarning, stacklevel=3)


# ---- Optuna ----

class OptunaCallback:
    """Records the trials of an Optuna study: `study.optimize(objective, callbacks=[cb])`.

    COMPLETE is a success, or a failure with its violations where a constraint is above 0;
    FAIL and PRUNED are failures. The user attribute context_attr of a trial has the id or
    ids of the items that it used; holdout_attr is true where it was held out. Decorate the
    objective with `@cb.track` to record an exception with its message: Optuna keeps none,
    and calls no callback where the exception ends the study.

    A trial is recorded once, by a key from Optuna's study name and trial number, the one
    that `atomizer-db import` uses. Trials may run in several threads.
    """

    def __init__(self, study: Study, context_attr: str = "items", holdout_attr: str = "holdout") -> None:
        self._study, self._context_attr, self._holdout_attr = study, context_attr, holdout_attr

    def __call__(self, study: Any, trial: Any) -> None:
        """Record a finished trial, as Optuna's callback."""
        state = trial.state.name
        if state in ("RUNNING", "WAITING"):
            return
        limits, system = _limits(trial.system_attrs)
        steps = trial.intermediate_values
        errors, violations = [], []
        if state == "COMPLETE":
            violations = [limit.complaint() for limit in limits if not limit.value <= 0]
        elif state == "PRUNED":
            errors = [f"Pruned by Optuna after step {max(steps)}" if steps else "Pruned by Optuna"]
        else:
            errors = ["Failed in Optuna, which keeps no error message"]
        values = trial.values or []
        finite = len(values) == 1 and math.isfinite(values[0])
        try:
            self._record(
                study, trial, state, trial.datetime_complete, values,
                {"constraints": {limit.key: limit.value for limit in limits}, "intermediate_values": steps, "system_attrs": system},
                success=state == "COMPLETE" and not violations, objective_value=values[0] if finite else None,
                errors=errors, constraint_violations=violations, time=trial.datetime_complete)
        except Conflict:  # track has recorded it, with its message
            if state != "FAIL":
                raise

    def track(self, objective: F) -> F:
        """Decorate an objective, so that its exceptions are recorded with their messages."""
        @functools.wraps(objective)
        def tracked(trial: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return objective(trial, *args, **kwargs)
            except Exception as error:
                if not any(kind.__name__ == "TrialPruned" for kind in type(error).__mro__):
                    _without_hiding(error, lambda: self._failed(trial, error))
                raise
        return tracked  # type: ignore[return-value]

    def _failed(self, trial: Any, error: Exception) -> None:
        now = datetime.now(trial.datetime_start.tzinfo) if trial.datetime_start else None
        self._record(trial.study, trial, "FAIL", now, [], {}, success=False, errors=[str(error) or type(error).__name__])

    @staticmethod
    def _key(study: Any, trial: Any) -> str:
        return f"optuna:{study.study_name}:{trial.number}"

    def _record(self, study: Any, trial: Any, state: str, ended: Optional[datetime], values: List[float],
                kept: Dict[str, Any], **fields: Any) -> None:
        """Record a trial with the details that an import of the study has."""
        attributes, began = dict(trial.user_attrs), trial.datetime_start
        items = attributes.get(self._context_attr) or []
        details: Dict[str, Any] = {"source": {"format": "callback", "study": study.study_name}, "state": state, "values": values}
        details.update({name: value for name, value in {"user_attrs": attributes, **kept}.items() if value})
        details.update({name: at.isoformat(" ", "microseconds")
                        for name, at in (("datetime_start", began), ("datetime_complete", ended)) if at})
        if len(study.directions) == 1 and study.directions[0].name in ("MINIMIZE", "MAXIMIZE"):
            fields["direction"] = study.directions[0].name.lower()
        if began and ended:
            fields["duration_seconds"] = max((ended - began).total_seconds(), 0.0)
        self._study.trial(
            trial.number, design_variables={name: _choice(value) for name, value in trial.params.items()},
            context_items_used=[items] if isinstance(items, str) else items,
            holdout=bool(attributes.get(self._holdout_attr)), details=details, key=self._key(study, trial), **fields)


def _choice(value: Any) -> Any:
    """Return a parameter's value; a list or dict becomes its JSON text."""
    plain = _plain(value, "design_variables", None)
    return json.dumps(plain) if isinstance(plain, (list, dict)) else plain


@dataclass
class _Limit:
    """A constraint of a trial in Optuna, violated above 0."""

    key: str
    name: str  # in words: with digits, mistakes about different constraints would be the same
    value: float

    def complaint(self) -> str:
        value = repr(self.value) if math.isfinite(self.value) else _word(self.value)
        return f"{self.name}: {value} is not 0 or less"


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _limits(attributes: Dict[str, Any]) -> Tuple[List[_Limit], Dict[str, Any]]:
    """Return the constraints of a trial, and its other system attributes."""
    limits: List[_Limit] = []
    rest = {}
    for attribute, value in attributes.items():
        prefix, colon, key = attribute.partition(":")
        if prefix != "constraints":
            rest[attribute] = value
        elif colon:
            limits.append(_Limit(key, f"constraint {key}", float(value)))
        else:
            names = (f"{_ORDINALS[n] if n < len(_ORDINALS) else f'no. {n + 1}'} constraint" for n in range(len(value or ())))
            limits += [_Limit(str(n), name, float(value[n])) for n, name in enumerate(names)]
    return limits, rest
