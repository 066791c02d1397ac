package pgtest_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"atomizer-db/store/postgres/pgtest"
)

func TestATemplateIsPreparedOnce(t *testing.T) {
	prepared := 0
	template := pgtest.NewTemplate(func(address string) error {
		prepared++
		db, err := sql.Open("pgx", address)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(context.Background(), "create table one (n int)")
		return errors.Join(err, db.Close())
	})
	for range 2 {
		db := open(t, template.Address(t))
		answers(t, db, "select count(*) from one", "0")
		answers(t, db, "select tableowner from pg_tables where tablename = 'one'", "atomizer")
		execute(t, db, "insert into one values (1)")
	}
	if prepared != 1 {
		t.Errorf("it was prepared %d times", prepared)
	}
}
