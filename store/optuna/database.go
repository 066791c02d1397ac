package optuna

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	schema "atomizer-db/migrations/sqlite"
	"atomizer-db/store"
)

// ErrOurs is a [store.ErrForeign]: the file is a database of atomizer-db, not of
// Optuna.
var ErrOurs = fmt.Errorf("a database of atomizer-db: %w", store.ErrForeign)

// OpenDatabase opens a SQLite database with studies of Optuna, in any of its schemas.
// Other processes may be writing to it: it is copied, and read from the copy until the
// file is closed.
func OpenDatabase(ctx context.Context, path string) (file *File, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	// SQLite's other files are beside the database file, not beside a link to it.
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "atomizer-db-")
	if err != nil {
		return nil, err
	}
	file, err = openCopy(ctx, folder, path)
	if err != nil {
		err = errors.Join(explain(path, err), os.RemoveAll(folder))
	}
	return file, err
}

// explain returns an error of SQLite as one about damage.
func explain(path string, err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff != lib.SQLITE_INTERRUPT && e.Code()&0xff != lib.SQLITE_FULL {
		return damaged(path, errors.New(sqlite.ErrorCodeString[e.Code()&0xff]))
	}
	return err
}

func damaged(path string, why error) error {
	return store.Fail(store.ErrDamaged, "%s is damaged (%v): restore it from a copy, or write what can be read to a new file with `sqlite3 %s .dump`, and import that",
		path, why, path)
}

func openCopy(ctx context.Context, folder, path string) (file *File, err error) {
	target, err := snapshot(ctx, folder, path)
	if err != nil {
		return nil, err
	}
	db, err := connect(target, "rw")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	var problems []string
	if err := db.SelectContext(ctx, &problems, `pragma quick_check(1)`); err != nil {
		return nil, err
	}
	if !slices.Equal(problems, []string{"ok"}) {
		return nil, damaged(path, errors.New(strings.Join(problems, "; ")))
	}
	r := reader{db: db, path: path, known: distributions{}}
	if file, err = r.file(ctx); err != nil {
		return nil, err
	}
	file.close = func() error { return errors.Join(db.Close(), os.RemoveAll(folder)) }
	return file, nil
}

// reader reads a database table by table.
type reader struct {
	db      *sqlx.DB
	path    string
	version string
	columns map[string][]string // by table
	known   distributions
	numbers map[int64]bool // trials whose number is an attribute
}

func (r *reader) file(ctx context.Context) (file *File, err error) {
	if err := r.identify(ctx); err != nil {
		return nil, err
	}
	file = &File{Version: r.version}
	var studies []struct {
		ID   int64  `db:"study_id"`
		Name string `db:"study_name"`
	}
	if err := r.list(ctx, &studies, `select study_id, study_name from studies order by study_id`); err != nil {
		return nil, err
	}
	directions, err := r.directions(ctx)
	if err != nil {
		return nil, err
	}
	attributes, err := r.studyAttributes(ctx)
	if err != nil {
		return nil, err
	}
	byStudy, err := r.heads(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range studies {
		file.Studies = append(file.Studies, Study{
			Name: s.Name, Directions: directions[s.ID], Attributes: attributes[s.ID], Trials: byStudy[s.ID], load: r.load,
		})
		delete(byStudy, s.ID)
	}
	for _, strays := range byStudy {
		file.Strays += len(strays)
	}
	return file, nil
}

// studyAttributes lists the names of the attributes of each study.
func (r *reader) studyAttributes(ctx context.Context) (map[int64][]string, error) {
	names := map[int64][]string{}
	for _, table := range []string{"study_user_attributes", "study_system_attributes"} {
		if !r.has(table, "key") {
			continue
		}
		var rows []struct {
			Study int64  `db:"study_id"`
			Name  string `db:"key"`
		}
		if err := r.list(ctx, &rows, `select study_id, key from `+table+` where study_id is not null order by rowid`); err != nil {
			return nil, err
		}
		for _, row := range rows {
			names[row.Study] = append(names[row.Study], row.Name)
		}
	}
	return names, nil
}

// needed are the columns that every schema has.
var needed = map[string][]string{
	"studies":                 {"study_id", "study_name"},
	"trials":                  {"trial_id", "study_id", "state", "datetime_start", "datetime_complete"},
	"trial_params":            {"trial_id", "param_name", "param_value", "distribution_json"},
	"trial_values":            {"trial_id", "value"},
	"trial_user_attributes":   {"trial_id", "key", "value_json"},
	"trial_system_attributes": {"trial_id", "key", "value_json"},
	"version_info":            {"library_version"},
}

// identify finds out the schema. It returns an error if the database is not Optuna's.
func (r *reader) identify(ctx context.Context) error {
	var application []int64
	if err := r.list(ctx, &application, `pragma application_id`); err != nil {
		return err
	}
	if slices.Contains(application, schema.ApplicationID) || slices.Contains(application, schema.EarlierApplicationID) {
		return store.Fail(ErrOurs, "%s is a database of atomizer-db, not of Optuna", r.path)
	}
	var rows []struct {
		Table  string `db:"t"`
		Column string `db:"c"`
	}
	if err := r.list(ctx, &rows, `
		select m.name as t, c.name as c
		from sqlite_schema m, pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite_%'
		order by m.name`); err != nil {
		return err
	}
	r.columns = map[string][]string{}
	for _, row := range rows {
		r.columns[row.Table] = append(r.columns[row.Table], row.Column)
	}
	var tables, missing []string
	for table := range r.columns {
		tables = append(tables, table)
	}
	for table, columns := range needed {
		if r.columns[table] == nil {
			missing = append(missing, table)
			continue
		}
		for _, column := range columns {
			if !r.has(table, column) {
				missing = append(missing, table+"."+column)
			}
		}
	}
	if len(missing) > 0 {
		slices.Sort(tables)
		slices.Sort(missing)
		found := "no tables"
		if len(tables) > 0 {
			found = "the tables " + strings.Join(tables, ", ")
		}
		return store.Fail(store.ErrForeign, "%s is a SQLite database, but not one of Optuna: it has %s but lacks %s", r.path, found, strings.Join(missing, ", "))
	}
	query := `select 'v' || ifnull(library_version, '?') from version_info`
	if r.has("alembic_version", "version_num") {
		query = `select version_num from alembic_version`
	}
	var versions []string
	err := r.list(ctx, &versions, query)
	r.version = strings.Join(versions, ", ")
	return err
}

func (r *reader) has(table, column string) bool { return slices.Contains(r.columns[table], column) }

// either returns the column if the schema has it, otherwise the SQL that replaces it.
func (r *reader) either(table, column, otherwise string) string {
	if r.has(table, column) {
		return column
	}
	return otherwise
}

func (r *reader) list(ctx context.Context, dest any, query string) error {
	return r.db.SelectContext(ctx, dest, query)
}

func (r *reader) directions(ctx context.Context) (map[int64][]Direction, error) {
	var rows []struct {
		Study     int64     `db:"study_id"`
		Direction Direction `db:"direction"`
	}
	query := `select study_id, direction from study_directions order by study_id, objective`
	switch {
	case r.has("study_directions", "objective"):
	case r.has("studies", "direction"): // before 2.4
		query = `select study_id, direction from studies`
	default:
		return nil, r.unknown("the directions of its studies")
	}
	directions := map[int64][]Direction{}
	err := r.list(ctx, &rows, query)
	for _, row := range rows {
		directions[row.Study] = append(directions[row.Study], row.Direction)
	}
	return directions, err
}

func (r *reader) unknown(what string) error {
	return store.Fail(store.ErrForeign, "%s has an unknown schema of Optuna (%s): %s cannot be found; schemas of Optuna 0.9.0 to 4.9 are supported", r.path, r.version, what)
}

// wrong returns an error about a trial that cannot be read.
func (r *reader) wrong(trial int64, format string, args ...any) error {
	return fmt.Errorf("%s: the trial with trial_id %d: %s", r.path, trial, fmt.Sprintf(format, args...))
}
