"""Generate small files in the formats of Optuna in the folder of this script.

    python3 testdata/history/generate.py

The schemas are Optuna's own: of 0.9, of 2.4, and of 3.2 to 4.9 (study.db), and
its journal. Their content is made up, and contains every kind of value that occurs.
"""
import json
import sqlite3
from pathlib import Path

HERE = Path(__file__).parent

ATTRIBUTES = """
create table study_user_attributes (study_user_attribute_id integer primary key, study_id integer, key varchar(512), value_json text);
create table study_system_attributes (study_system_attribute_id integer primary key, study_id integer, key varchar(512), value_json text);
create table trial_user_attributes (trial_user_attribute_id integer primary key, trial_id integer, key varchar(512), value_json text, unique (trial_id, key));
create table trial_system_attributes (trial_system_attribute_id integer primary key, trial_id integer, key varchar(512), value_json text, unique (trial_id, key));
create table trial_params (param_id integer primary key, trial_id integer, param_name varchar(512), param_value float, distribution_json text, unique (trial_id, param_name));
create table version_info (version_info_id integer primary key, schema_version integer, library_version varchar(256));
"""
SCHEMA_09 = ATTRIBUTES + """
create table studies (study_id integer primary key, study_name varchar(512) not null, direction varchar(8) not null);
create table trials (trial_id integer primary key, study_id integer, state varchar(8) not null, value float, datetime_start datetime, datetime_complete datetime);
create table trial_values (trial_value_id integer primary key, trial_id integer, step integer, value float, unique (trial_id, step));
"""
SCHEMA_24 = ATTRIBUTES + """
create table studies (study_id integer primary key, study_name varchar(512) not null);
create table study_directions (study_direction_id integer primary key, direction varchar(8) not null, study_id integer not null, objective integer not null);
create table trials (trial_id integer primary key, number integer, study_id integer, state varchar(8) not null, datetime_start datetime, datetime_complete datetime);
create table trial_values (trial_value_id integer primary key, trial_id integer not null, objective integer not null, value float not null);
create table trial_intermediate_values (trial_intermediate_value_id integer primary key, trial_id integer not null, step integer not null, intermediate_value float not null);
create table alembic_version (version_num varchar(32) not null);
"""
SCHEMA_32 = ATTRIBUTES + """
create table studies (study_id integer primary key, study_name varchar(512) not null);
create table study_directions (study_direction_id integer primary key, direction varchar(8) not null, study_id integer not null, objective integer not null);
create table trials (trial_id integer primary key, number integer, study_id integer, state varchar(8) not null, datetime_start datetime, datetime_complete datetime);
create table trial_values (trial_value_id integer primary key, trial_id integer not null, objective integer not null, value float, value_type varchar(7) not null);
create table trial_intermediate_values (trial_intermediate_value_id integer primary key, trial_id integer not null, step integer not null,
    intermediate_value float, intermediate_value_type varchar(7) not null);
create table alembic_version (version_num varchar(32) not null);
"""

FLOAT = {"name": "FloatDistribution", "attributes": {"step": None, "low": 0.0, "high": 9.0, "log": False}}
INT = {"name": "IntDistribution", "attributes": {"log": False, "step": 1, "low": 0, "high": 9}}
CHOICE = {"name": "CategoricalDistribution", "attributes": {"choices": ["steel", None, 7, 2.5, True, "CFRP ±45°"]}}


def create(name, schema):
    path = HERE / name
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript("pragma page_size = 512;" + schema)
    return db


def add(db, table, **columns):
    marks = ", ".join("?" * len(columns))
    return db.execute(f"insert into {table} ({', '.join(columns)}) values ({marks})", tuple(columns.values())).lastrowid


def clock(number):
    return f"2026-03-01 10:{number:02d}:00.000000", f"2026-03-01 10:{number:02d}:01.500000"


def trial(db, study, number, state, values=(), params=(), user=(), system=(), steps=(), times=True):
    """A trial in the schema of 3.2: values and steps as (number or None, type)."""
    start, end = clock(number or 0) if times else (None, None)
    if state in ("RUNNING", "WAITING"):
        end = None
    at = add(db, "trials", number=number, study_id=study, state=state, datetime_start=start, datetime_complete=end)
    for objective, (value, kind) in enumerate(values):
        add(db, "trial_values", trial_id=at, objective=objective, value=value, value_type=kind)
    for step, (value, kind) in enumerate(steps):
        add(db, "trial_intermediate_values", trial_id=at, step=step, intermediate_value=value, intermediate_value_type=kind)
    for name, value, distribution in params:
        add(db, "trial_params", trial_id=at, param_name=name, param_value=value, distribution_json=json.dumps(distribution))
    for table, attributes in (("trial_user_attributes", user), ("trial_system_attributes", system)):
        for key, value in attributes:
            add(db, table, trial_id=at, key=key, value_json=json.dumps(value))
    return at


def finite(*numbers):
    return [(number, "FINITE") for number in numbers]


def study_db():
    db = create("study.db", SCHEMA_32)
    add(db, "alembic_version", version_num="v3.2.0.a")
    add(db, "version_info", version_info_id=1, schema_version=12, library_version="4.9.0")
    names = [("bracket", ["MINIMIZE"]), ("stiffness", ["MAXIMIZE"]), ("pareto", ["MINIMIZE", "MAXIMIZE"]), ("empty", ["NOT_SET"])]
    for number, (name, directions) in enumerate(names, 1):
        add(db, "studies", study_id=number, study_name=name)
        for objective, direction in enumerate(directions):
            add(db, "study_directions", direction=direction, study_id=number, objective=objective)
    used = [("item0", "str-00001"), ("item1", ["dom-00001", "str-00009"]), ("solver", "nastran")]
    design = [("web", 1.25, FLOAT), ("ribs", 3.0, INT), ("material", 5.0, CHOICE)]
    trial(db, 1, 0, "COMPLETE", finite(2.5), design, used, [("constraints", [-1.0, 0.0])])
    trial(db, 1, 1, "COMPLETE", finite(1.5), [("web", 0.1, FLOAT), ("material", 1.0, CHOICE)], used,
          [("constraints", [-1.0, 3, float("nan")]), ("grid_id", 4)])
    trial(db, 1, 2, "FAIL", (), [("material", 4.0, CHOICE)], [("item0", "str-00001"), ("note", {"load": float("inf")})])
    trial(db, 1, 3, "PRUNED", finite(9.5), [], [], [], [(8.5, "FINITE"), (None, "NAN"), (9.5, "FINITE")])
    trial(db, 1, 4, "RUNNING")
    trial(db, 1, 5, "WAITING", times=False)
    trial(db, 1, 6, "COMPLETE", [(None, "INF_POS")], [("material", 2.0, CHOICE)])
    trial(db, 1, 6, "COMPLETE", finite(4.0), [("material", 3.0, CHOICE)], times=False)  # a number may occur twice
    trial(db, 1, None, "COMPLETE", finite(4.5), [], [], [("constraints:mass", 0.25), ("constraints:stress", -0.5)])
    trial(db, 2, 0, "COMPLETE", finite(10.0))
    trial(db, 3, 0, "COMPLETE", finite(1.0, 2.0))
    db.commit()
    db.close()


def old_db(name, schema, version):
    db = create(name, schema)
    add(db, "version_info", version_info_id=1, schema_version=12, library_version=version)
    new = "2.4" in version
    start, end = clock(0)
    if new:
        add(db, "alembic_version", version_num="v" + version + ".a")
        add(db, "studies", study_name="old")
        add(db, "study_directions", direction="MAXIMIZE", study_id=1, objective=0)
        for number in range(2):
            add(db, "trials", number=number, study_id=1, state="COMPLETE", datetime_start=start, datetime_complete=end)
            add(db, "trial_values", trial_id=number + 1, objective=0, value=[7.5, 3.4028234663852886e38][number])
        add(db, "trial_intermediate_values", trial_id=1, step=3, intermediate_value=6.5)
    else:
        add(db, "studies", study_name="old", direction="MAXIMIZE")
        for number in range(2):
            add(db, "trials", study_id=1, state="COMPLETE", value=[7.5, 1.7976931348623157e308][number], datetime_start=start, datetime_complete=end)
            add(db, "trial_system_attributes", trial_id=number + 1, key="_number", value_json=str(number))
        add(db, "trial_values", trial_id=1, step=3, value=6.5)
        add(db, "trials", study_id=1, state="FAIL")
        add(db, "trial_system_attributes", trial_id=3, key="fail_reason", value_json='"did not converge"')
    for place, (kind, value, attributes) in enumerate([
        ("UniformDistribution", 0.5, {"low": 0, "high": 1}), ("LogUniformDistribution", 0.01, {"low": 0.001, "high": 1}),
        ("DiscreteUniformDistribution", 0.25, {"low": 0, "high": 1, "q": 0.25}), ("IntUniformDistribution", 4.0, {"low": 0, "high": 9}),
        ("IntLogUniformDistribution", 8.0, {"low": 1, "high": 9}), ("CategoricalDistribution", 1.0, {"choices": ["a", "b"]}),
    ]):
        add(db, "trial_params", trial_id=1, param_name=f"p{place}", param_value=value,
            distribution_json=json.dumps({"name": kind, "attributes": attributes}))
    db.commit()
    db.close()


def journal():
    lines = []

    def op(code, **fields):
        lines.append(json.dumps({"op_code": code, "worker_id": "w-1", **fields}, separators=(",", ":")))

    def at(number):
        return f"2026-03-01T10:{number:02d}:00.000000"

    op(0, study_name="bracket", directions=[1])
    op(0, study_name="gone", directions=[2])
    op(4, study_id=1, datetime_start=at(0))  # trial 0, of a study that is deleted
    op(1, study_id=1)
    op(2, study_id=0, user_attr={"owner": "me"})
    op(4, study_id=0, datetime_start=at(1))  # trial 1
    op(5, trial_id=1, param_name="material", param_value_internal=0, distribution=json.dumps(CHOICE))
    op(5, trial_id=1, param_name="ribs", param_value_internal=2.0, distribution=json.dumps(INT))
    op(8, trial_id=1, user_attr={"item0": "str-00001"})
    op(8, trial_id=1, user_attr={"item0": "dom-00001"})  # set again
    op(7, trial_id=1, step=1, intermediate_value=float("nan"))
    op(7, trial_id=1, step=0, intermediate_value=3.5)
    op(9, trial_id=1, system_attr={"constraints": [0.5]})
    op(6, trial_id=1, state=1, values=[3.5], datetime_complete=at(2))
    op(6, trial_id=1, state=3, values=None, datetime_complete=at(3))  # too late
    op(4, study_id=0, datetime_start=None, state=4)  # trial 2 waits
    op(6, trial_id=2, state=0, values=None, datetime_start="2026-03-01T10:04:00.000000+00:00")  # and runs
    op(4, study_id=0, datetime_start=at(5), state=1, value=float("-inf"), values=None, datetime_complete=at(6),
       distributions={"web": json.dumps(FLOAT)}, params={"web": 0.5}, user_attrs={"i": 0}, system_attrs={}, intermediate_values={"4": float("inf")})
    op(0, study_name="gone", directions=[2])
    op(10, trial_ids=[0])
    torn = '{"op_code":6,"worker_id":"w-1","trial_id":2,"sta'
    (HERE / "journal.log").write_text("\n".join(lines) + "\n" + torn)


study_db()
old_db("study-0.9.db", SCHEMA_09, "0.9.0")
old_db("study-2.4.db", SCHEMA_24, "2.4.0")
journal()
