package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store"
	"atomizer-db/store/postgres"
	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/store/storetest"
)

// contractTemplate is an empty database, which the tests of the contract copy.
var contractTemplate = pgtest.NewTemplate(func(address string) error {
	s, err := postgres.Open(context.Background(), address, true)
	if err != nil {
		return err
	}
	return s.Close()
})

func TestContract(t *testing.T) {
	contract(t, func(address string) string { return address }, func(*postgres.Store) {})
}

// TestContractThroughAPooler shares connections with others, so that no statement is prepared.
// Nothing is folded in the background, so that all that can be unfolded is read like that.
func TestContractThroughAPooler(t *testing.T) {
	pooler, err := url.Parse(pgtest.Bouncer(t, contractTemplate.Address(t)))
	if err != nil {
		t.Fatal(err)
	}
	contract(t, func(address string) string {
		way, err := url.Parse(address)
		if err != nil {
			panic(err) // it is right
		}
		way.Host = pooler.Host
		return way.String()
	}, (*postgres.Store).StopFolding)
}

// contract runs the tests of the contract. through returns the address by which a database is
// reached, and opened is called with each store.
func contract(t *testing.T, through func(address string) string, opened func(*postgres.Store)) {
	t.Helper()
	contractTemplate.Address(t) // where there is no server, the whole test is skipped
	all, empty := t, make(emptied, 100)
	var addresses sync.Map // with the password, by the path, which has none
	open := func(t *testing.T, address string, options ...store.Option) store.Database {
		t.Helper()
		s, err := postgres.Open(t.Context(), address, false, options...)
		if err != nil {
			t.Fatal(err)
		}
		opened(s)
		addresses.Store(s.Path(), address)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	storetest.Run(t, func(t *testing.T, options ...store.Option) store.Database {
		t.Helper()
		return open(t, through(empty.take(t, all)), options...)
	}, func(t *testing.T, db store.Database) store.Database {
		t.Helper()
		address, _ := addresses.Load(db.Path())
		return open(t, address.(string))
	})
}

// emptied are the addresses of databases that tests used and emptied. To create one for each
// test would take longer than most of them.
type emptied chan string

// take returns the address of an empty database for a test, which lasts as long as all of
// them.
func (e emptied) take(t, all *testing.T) (address string) {
	t.Helper()
	select {
	case address = <-e:
	default:
		address = contractTemplate.Address(all)
	}
	t.Cleanup(func() {
		if t.Failed() {
			return // it may be in use
		}
		if err := empty(pgtest.Superuser(t, address)); err != nil {
			t.Error(err)
		}
		e <- address
	})
	return address
}

// empty removes all rows that the migrations did not add. It does without foreign keys, which
// allow no order of the tables.
func empty(address string) (err error) {
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.Background())) }()
	_, err = conn.Exec(context.Background(), `
		set session_replication_role = replica;
		do $$
		declare name text;
		begin
			for name in
				select tablename from pg_tables
				where schemaname = 'public'
					and tablename not in ('goose_db_version', 'gate', 'fold', 'event_types', 'retirement_reasons', 'adjustment_reasons')
			loop
				execute format('delete from %I', name);
			end loop;
			update fold set last_event = 0;
		end $$`, pgx.QueryExecModeSimpleProtocol)
	return err
}
