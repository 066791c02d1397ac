package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// send sends statements together and waits for their answers: one way to the server and back,
// instead of one each.
func send(ctx context.Context, conn *sqlx.Conn, batch *pgx.Batch) error {
	return conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().SendBatch(ctx, batch).Close()
	})
}

const (
	// beginReading begins a transaction that reads. A snapshot is enough: what it shows was the
	// state of the database at one time. SERIALIZABLE would make writers fail for its sake.
	beginReading = `begin isolation level repeatable read, read only`

	beginWriting = `begin isolation level serializable`
)

// errRolledBack is the error of a commit of a transaction that had failed before.
var errRolledBack = errors.New("the server rolled the transaction back, because one of its statements failed")

// queueCommit adds a commit to a batch.
func queueCommit(batch *pgx.Batch) {
	batch.Queue(`commit`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return errRolledBack
		}
		return nil
	})
}
