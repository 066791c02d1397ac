package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	migrations "atomizer-db/migrations/postgres"
	"atomizer-db/store"
	"atomizer-db/store/calls"
)

// Open opens the database at an address for reading and writing. If it has no tables of this
// program, Open creates them if create is true, and returns [store.ErrNoDatabase] otherwise. It
// migrates an older schema. The database itself must exist.
func Open(ctx context.Context, address string, create bool, options ...store.Option) (*Store, error) {
	s, schema, err := connect(ctx, address, options)
	if err != nil {
		return nil, err
	}
	if schema == 0 && !create {
		return nil, errors.Join(noDatabase(s.path), s.db.Close())
	}
	if schema < migrations.Version {
		if s.created, err = s.migrate(ctx); err != nil {
			return nil, errors.Join(s.explain(err), s.db.Close())
		}
	}
	s.folder = newFolder(s)
	return s, nil
}

// OpenReadOnly opens an existing database for transactions that cannot write. It returns
// [store.ErrOutdated] for an older schema, which [Open] migrates.
func OpenReadOnly(ctx context.Context, address string, options ...store.Option) (*Store, error) {
	s, schema, err := connect(ctx, address, options)
	switch {
	case err != nil:
		return nil, err
	case schema == 0:
		return nil, errors.Join(noDatabase(s.path), s.db.Close())
	case schema < migrations.Version:
		return nil, errors.Join(checkSchema(s.path, schema), s.db.Close())
	}
	s.readOnly = true
	return s, nil
}

// connect connects to the server and returns the schema of the database, 0 if it has none.
func connect(ctx context.Context, address string, options []store.Option) (_ *Store, schema int, err error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, 0, wrongAddress(address, err)
	}
	path := shown(config)
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "atomizer-db"
	}
	s := &Store{path: path, options: store.NewOptions(options), patience: store.BusyTimeout, calls: calls.New()}
	defer func() {
		if err != nil {
			err = s.explain(err)
			if s.db != nil {
				err = errors.Join(err, s.db.Close())
			}
		}
	}()
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	s.config = config
	s.connect()
	pooled, schema, err := s.meet(ctx)
	switch {
	case err != nil:
		return nil, 0, err
	case schema > migrations.Version:
		return nil, 0, newerThanUs(path, schema)
	case pooled:
		// A statement that was prepared on one connection is unknown on the next.
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		if err := s.db.Close(); err != nil {
			return nil, 0, err
		}
		s.connect()
	}
	return s, schema, nil
}

// connectTimeout is how long one try to connect may take, unless the address says otherwise. A host
// that does not answer at all would hold it for minutes.
const connectTimeout = 15 * time.Second

// connect makes the pool of connections, of which none is open yet. A new connection can be the first one
// to another server, which has taken over without the last commits: nothing is remembered then.
func (s *Store) connect() {
	s.db = sqlx.NewDb(stdlib.OpenDB(*s.config, stdlib.OptionAfterConnect(func(context.Context, *pgx.Conn) error {
		s.cache.forget()
		return nil
	})), "pgx")
	s.db.SetMaxIdleConns(idleConnections)
}

// idleConnections is the number of connections that are kept open while they are not used.
const idleConnections = 16

// meet asks the server, on the first connection, for the schema of the database, 0 if it has none,
// and whether a pooler is in between, as its connections change hands with each transaction: then
// the server's process is not the one that the connection began with.
func (s *Store) meet(ctx context.Context) (pooled bool, schema int, err error) {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return false, 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var process int64
	if err := conn.GetContext(ctx, &process, `select pg_backend_pid()::bigint`, pgx.QueryExecModeExec); err != nil {
		return false, 0, err
	}
	if err := conn.Raw(func(driver any) error {
		pooled = int64(driver.(*stdlib.Conn).Conn().PgConn().PID()) != process
		return nil
	}); err != nil {
		return false, 0, err
	}
	schema, err = schemaOf(ctx, conn)
	return pooled, schema, err
}

// schema returns the schema of the database, 0 if it has none.
func (s *Store) schema(ctx context.Context) (int, error) { return schemaOf(ctx, s.db) }

func schemaOf(ctx context.Context, db sqlx.QueryerContext) (schema int, err error) {
	var exists bool
	if err := sqlx.GetContext(ctx, db, &exists, `select to_regclass('gate') is not null`, pgx.QueryExecModeExec); err != nil || !exists {
		return 0, err
	}
	err = sqlx.GetContext(ctx, db, &schema, `select schema from gate`, pgx.QueryExecModeExec)
	return schema, err
}

// uncompiled keeps the server from compiling the statements of the transaction. The views make
// queries with hundreds of expressions, whose costs it overrates while a table is small: compiling
// takes seconds, and running them milliseconds. A parameter of the connection would not get
// through a pooler. An engine without a compiler does not have the setting.
const uncompiled = `coalesce(case when current_setting('jit', true) is not null then set_config('jit', 'off', true) end, '') is not null`

// enterReading is the first statement of a transaction that reads.
const enterReading = `select schema from gate where ` + uncompiled

// beginToRead begins a transaction that reads.
func (s *Store) beginToRead(ctx context.Context) (*reader, error) {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{conn: conn, ctx: ctx, now: s.now()}
	var schema int
	batch := &pgx.Batch{}
	batch.Queue(beginReading)
	batch.Queue(enterReading).QueryRow(func(row pgx.Row) error { return row.Scan(&schema) })
	if err = send(ctx, conn, batch); errors.Is(err, pgx.ErrNoRows) {
		err = store.Inconsistent("the table gate has no row")
	} else if err == nil {
		err = checkSchema(s.path, schema)
	}
	if err != nil {
		return nil, errors.Join(err, r.end())
	}
	return r, nil
}

// beginToWrite begins a transaction that writes, with an id of its own, and reads the gate.
func (s *Store) beginToWrite(ctx context.Context, id string) (*writer, error) {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{reader: reader{conn: conn, ctx: ctx, now: s.now()}, store: s, learned: newLearned()}
	w.flush = w.sendDeltas
	if err := w.enter(id); err != nil {
		return nil, errors.Join(err, w.end())
	}
	return w, nil
}
