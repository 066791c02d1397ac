package optuna_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/store"
	"atomizer-db/store/optuna"
)

const history = "../../testdata/history/"

// described writes the studies of a file as lines that a person can compare.
func described(t *testing.T, file *optuna.File) string {
	t.Helper()
	var b strings.Builder
	line := func(fields map[string]any) {
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(string(text) + "\n")
	}
	for _, study := range file.Studies {
		line(map[string]any{"study": study.Name, "directions": study.Directions})
		trials, err := study.Load(t.Context(), study.Trials)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range trials {
			fields := map[string]any{"id": trial.ID, "number": trial.Number, "state": trial.State, "times": []string{trial.Started, trial.Completed}}
			var values, steps []any
			for _, value := range trial.Values {
				values = append(values, number(value))
			}
			for _, step := range trial.Intermediate {
				steps = append(steps, []any{step.Step, number(step.Value)})
			}
			for name, list := range map[string][]any{"values": values, "steps": steps} {
				if list != nil {
					fields[name] = list
				}
			}
			if len(trial.Params) > 0 {
				fields["params"] = trial.Params
			}
			for name, list := range map[string][]optuna.Attribute{"user": trial.UserAttrs, "system": trial.SystemAttrs} {
				for _, a := range list {
					fields[name+" "+a.Name] = json.RawMessage(a.Value)
				}
			}
			line(fields)
		}
	}
	return b.String()
}

func number(value float64) any {
	if name := optuna.Name(value); name != "" {
		return name
	}
	return value
}

func compare(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), got); diff != "" {
		t.Error(diff)
	}
}

func TestReadDatabase(t *testing.T) {
	file, err := openDatabase(t, history+"study.db")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, described(t, file), `
{"directions":["MINIMIZE"],"study":"bracket"}
{"id":1,"number":0,"params":{"material":"CFRP ±45°","ribs":3,"web":1.25},"state":"COMPLETE","system constraints":[-1.0,0.0],"times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"user item0":"str-00001","user item1":["dom-00001","str-00009"],"user solver":"nastran","values":[2.5]}
{"id":2,"number":1,"params":{"material":null,"web":0.1},"state":"COMPLETE","system constraints":[-1.0,3,"NaN"],"system grid_id":4,"times":["2026-03-01 10:01:00.000000","2026-03-01 10:01:01.500000"],"user item0":"str-00001","user item1":["dom-00001","str-00009"],"user solver":"nastran","values":[1.5]}
{"id":3,"number":2,"params":{"material":true},"state":"FAIL","times":["2026-03-01 10:02:00.000000","2026-03-01 10:02:01.500000"],"user item0":"str-00001","user note":{"load":"Infinity"}}
{"id":4,"number":3,"state":"PRUNED","steps":[[0,8.5],[1,"NaN"],[2,9.5]],"times":["2026-03-01 10:03:00.000000","2026-03-01 10:03:01.500000"],"values":[9.5]}
{"id":5,"number":4,"state":"RUNNING","times":["2026-03-01 10:04:00.000000",""]}
{"id":6,"number":5,"state":"WAITING","times":["",""]}
{"id":7,"number":6,"params":{"material":7},"state":"COMPLETE","times":["2026-03-01 10:06:00.000000","2026-03-01 10:06:01.500000"],"values":["Infinity"]}
{"id":8,"number":6,"params":{"material":2.5},"state":"COMPLETE","times":["",""],"values":[4]}
{"id":9,"number":8,"state":"COMPLETE","system constraints:mass":0.25,"system constraints:stress":-0.5,"times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"values":[4.5]}
{"directions":["MAXIMIZE"],"study":"stiffness"}
{"id":10,"number":0,"state":"COMPLETE","times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"values":[10]}
{"directions":["MINIMIZE","MAXIMIZE"],"study":"pareto"}
{"id":11,"number":0,"state":"COMPLETE","times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"values":[1,2]}
{"directions":["NOT_SET"],"study":"empty"}
`)
}

func TestReadDatabaseWithOlderSchemas(t *testing.T) {
	for name, failed := range map[string]string{
		"study-0.9.db": `{"id":3,"number":2,"state":"FAIL","system fail_reason":"did not converge","times":["",""]}` + "\n",
		"study-2.4.db": "",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := openDatabase(t, history+name)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, described(t, file), `
{"directions":["MAXIMIZE"],"study":"old"}
{"id":1,"number":0,"params":{"p0":0.5,"p1":0.01,"p2":0.25,"p3":4,"p4":8,"p5":"b"},"state":"COMPLETE","steps":[[3,6.5]],"times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"values":[7.5]}
{"id":2,"number":1,"state":"COMPLETE","times":["2026-03-01 10:00:00.000000","2026-03-01 10:00:01.500000"],"values":["Infinity"]}
`+failed)
		})
	}
}

func journal(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(history + "journal.log")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadJournal(t *testing.T) {
	file, err := optuna.ReadJournal("journal.log", []byte(journal(t)))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, described(t, file), `
{"directions":["MINIMIZE"],"study":"bracket"}
{"id":1,"number":0,"params":{"material":"steel","ribs":2},"state":"COMPLETE","steps":[[0,3.5],[1,"NaN"]],"system constraints":[0.5],"times":["2026-03-01T10:01:00.000000","2026-03-01T10:02:00.000000"],"user item0":"dom-00001","values":[3.5]}
{"id":2,"number":1,"state":"RUNNING","times":["2026-03-01T10:04:00.000000+00:00",""]}
{"id":3,"number":2,"params":{"web":0.5},"state":"COMPLETE","steps":[[4,"Infinity"]],"times":["2026-03-01T10:05:00.000000","2026-03-01T10:06:00.000000"],"user i":0,"values":["-Infinity"]}
{"directions":["MAXIMIZE"],"study":"gone"}
`)
}

func TestReadJournalReportsDamage(t *testing.T) {
	lines := strings.Split(journal(t), "\n")
	lines[3] = lines[3][:20]
	_, err := optuna.ReadJournal("journal.log", []byte(strings.Join(lines, "\n")))
	if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "line 4 is incomplete") {
		t.Error(err)
	}
	lines[3] = `{"op_code": 11}`
	_, err = optuna.ReadJournal("journal.log", []byte(strings.Join(lines, "\n")))
	if err == nil || !strings.Contains(err.Error(), "line 4: op_code 11 is not known") {
		t.Error(err)
	}
}

func TestReadDatabaseRefusesOtherFiles(t *testing.T) {
	whole, err := os.ReadFile(history + "study.db")
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.db")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := openDatabase(t, cut); !errors.Is(err, store.ErrDamaged) {
		t.Error(err)
	}
	_, err = openDatabase(t, "../../testdata/databases/1.db")
	if !errors.Is(err, store.ErrForeign) || !strings.Contains(err.Error(), "a database of atomizer-db") {
		t.Error(err)
	}
}

func TestReadDatabaseNamesWhatItCannotRead(t *testing.T) {
	for change, want := range map[string]string{
		`update trial_params set distribution_json = '{"name": "X"}' where param_id = 1`:               `the trial with trial_id 1: the parameter "web": the distribution "X" is not known`,
		`update trial_params set param_value = 6 where param_name = 'material' and trial_id = 1`:       `the trial with trial_id 1: the parameter "material": choice 6 does not exist: the distribution has 6 choices`,
		`update trial_user_attributes set value_json = '{"a": ' where trial_id = 3 and key = 'note'`:   `the trial with trial_id 3: the user attribute "note" is not valid JSON: it ends too early`,
		`update trial_user_attributes set value_json = '"\ud800"' where trial_id = 3 and key = 'note'`: `the user attribute "note" is not valid JSON: `,
		`update trials set state = 'LOST' where trial_id = 2`:                                          `the trial with trial_id 2: the state "LOST" is not known`,
		`update trial_values set value_type = 'HUGE'`:                                                  `the type of number "HUGE" is not known`,
		`drop table study_directions`:                                                                  `has an unknown schema of Optuna (v3.2.0.a): the directions of its studies cannot be found`,
		`drop table trial_params`:                                                                      `is a SQLite database, but not one of Optuna: it has the tables alembic_version, studies, `,
	} {
		path := filepath.Join(t.TempDir(), "study.db")
		whole, err := os.ReadFile(history + "study.db")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("sqlite3", path, change).CombinedOutput(); err != nil {
			t.Fatalf("%s: %s", change, out)
		}
		_, err = openDatabase(t, path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// openDatabase opens a database and reads all of it.
func openDatabase(t *testing.T, path string) (*optuna.File, error) {
	t.Helper()
	file, err := optuna.OpenDatabase(t.Context(), path)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, study := range file.Studies {
		if _, err := study.Load(t.Context(), study.Trials); err != nil {
			return nil, err
		}
	}
	return file, nil
}
