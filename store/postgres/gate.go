package postgres

import (
	"context"
	"errors"
	"time"

	"atomizer-db/store"

	"github.com/jackc/pgx/v5"

	migrations "atomizer-db/migrations/postgres"
)

// errGateClosed makes an update wait for a transaction that closed the gate.
var errGateClosed = errors.New("the gate is closed")

// mostRefusals is how often a transaction is refused before it closes the gate.
const mostRefusals = 4

// leave is how long the gate stays closed if the process that closed it does not open it.
const leave = 10 * time.Second

// enterWriting notes down the id of a transaction, by which it is recognized if the answer to its
// commit is lost, and reads the gate. It also
// bounds how long the transaction waits for another one, and how long others wait for it if its
// process is stopped.
const enterWriting = `
	with noted as (insert into commits (id, at) values ($1::uuid, clock_timestamp()))
	select schema, epoch, coalesce(closed_by <> $1::uuid and closed_until > clock_timestamp(), false) as closed,
		(extract(epoch from clock_timestamp()) * 1000000)::bigint as now
	from gate
	where ` + uncompiled + `
		and set_config('lock_timeout', '60s', true) is not null
		and set_config('idle_in_transaction_session_timeout', '5min', true) is not null`

// enter begins the transaction.
func (w *writer) enter(id string) error {
	var schema int
	var closed bool
	batch := &pgx.Batch{}
	batch.Queue(beginWriting)
	batch.Queue(enterWriting, id).QueryRow(func(row pgx.Row) error { return row.Scan(&schema, &w.epoch, &closed, &w.arrived) })
	if err := send(w.ctx, w.conn, batch); errors.Is(err, pgx.ErrNoRows) {
		return store.Inconsistent("the table gate has no row")
	} else if err != nil {
		return err
	}
	if closed {
		return errGateClosed
	}
	return checkSchema(w.store.path, schema)
}

// checkSchema returns an error if another program has changed the schema since the database
// was opened: our statements may not fit its tables any more.
func checkSchema(path string, schema int) error {
	switch {
	case schema > migrations.Version:
		return newerThanUs(path, schema)
	case schema < migrations.Version:
		return store.FailAt(path, store.ErrOutdated, "%s has schema %d and this program needs schema %d: open it again to migrate it",
			path, schema, migrations.Version)
	}
	return nil
}

const openGate = `update gate set closed_until = null, closed_by = null where closed_by = $1::uuid`

// closeGate keeps others from recording for a while, so that a transaction which changes what
// they remember gets its turn. Only transactions that have been refused several times do it. If
// another one has closed it, it stays with that one.
func (u *update) closeGate(ctx context.Context) error {
	result, err := u.store.db.ExecContext(ctx, `
		update gate set closed_until = clock_timestamp() + $2::double precision * interval '1 second', closed_by = $1::uuid
		where closed_by is null or closed_until < clock_timestamp() or closed_by = $1::uuid`, u.id, leave.Seconds())
	if isRefused(err) || isLost(err) {
		return nil // the next try is as good without it
	}
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err == nil && n == 1 {
		u.closed = true
	}
	return nil
}

// openGate opens the gate after a failure. A success opens it in its own transaction.
func (u *update) openGate(ctx context.Context) error {
	_, err := u.store.db.ExecContext(context.WithoutCancel(ctx), openGate, u.id)
	if isLost(err) {
		return nil // it opens by itself
	}
	return err
}
