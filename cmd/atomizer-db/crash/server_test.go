package crash_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/testdata/soak"
)

// onServer returns a place whose database is new and on a server.
func onServer(t *testing.T) place {
	t.Helper()
	p := newPlace(t)
	p.server = pgtest.Address(t)
	return p
}

// begunOnServer returns such a place with the playbook that studies start from.
func begunOnServer(t *testing.T) place {
	t.Helper()
	p := onServer(t)
	write(t, p.playbook(), startPlaybook())
	p.must(t, "init")
	p.must(t, "import", p.playbook())
	return p
}

// ask reads one number from the database on the server, without the program.
func (p place) ask(t *testing.T, statement string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), statement).Scan(&n); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return n
}

// holds checks that the database on the server has a number of events with as many keys, that
// it is sound, and that one more event has all of them folded.
func (p place) holds(t *testing.T, want int) {
	t.Helper()
	p.must(t, "check")
	if keys, events := p.ask(t, `select count(distinct key) from ledger`), p.ask(t, `select count(*) from ledger where type in ('trial', 'error')`); keys != want || events != want {
		t.Errorf("%d events with %d keys, want %d", events, keys, want)
	}
	last := p.client(t)
	if last.send([]string{`{"type": "trial", "trial_number": 0, "success": true}`}, 1, 0) != 1 || last.end() != nil {
		t.Errorf("one more event: %s", last.stderr.text)
	}
	if unfolded := p.ask(t, `select count(*) from unfolded`); unfolded > 0 {
		t.Errorf("%d events are not folded", unfolded)
	}
	p.must(t, "check")
}

// TestEventsOnAServerAreRecordedOnceDespiteKills has several sessions record at the same time, which are
// killed and started again until all of their events are acknowledged.
func TestEventsOnAServerAreRecordedOnceDespiteKills(t *testing.T) {
	t.Parallel()
	p := begunOnServer(t)
	const sessions, n = 3, 120
	var wait sync.WaitGroup
	random := choices(t)
	for session := range sessions {
		random := rand.New(rand.NewPCG(random.Uint64(), 0))
		wait.Go(func() {
			for rest := share(session, n*soak.Rounds(1)); len(rest) > 0; {
				c := p.client(t)
				answered := c.send(rest, 1+random.IntN(64), 1+random.IntN(50))
				if err := c.end(); answered == 0 || (err != nil) != (answered < len(rest)) && c.command.ProcessState.Exited() {
					t.Errorf("session %d: %d answers, %v: %s", session, answered, err, c.stderr.text)
					return
				}
				rest = rest[answered:]
			}
		})
	}
	wait.Wait()
	p.holds(t, sessions*n*soak.Rounds(1))
	uses := map[string]int64{item(1): 0}
	for session := range sessions {
		uses[item(2+session)] = n * int64(soak.Rounds(1))
		uses[item(1)] += n * int64(soak.Rounds(1))
	}
	p.counted(t, uses)
}

// TestAKilledIngestIntoAServerContinues kills ingests, whose batches go through COPY. Their
// events have no keys.
func TestAKilledIngestIntoAServerContinues(t *testing.T) {
	t.Parallel()
	random := choices(t)
	const n = 3000
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"type": "trial", "trial_number": %d, "success": true}`, i)
	}
	file := eventFile(t, lines)
	args := []string{"ingest", "--source", "events", file}
	longest := onServer(t).took(t, args...)
	for kills := 0; kills < soak.Rounds(4); {
		p := onServer(t)
		for !p.killed(t, upTo(random, longest), args...) {
			kills++
		}
		p.must(t, "check")
		if events, trials := p.ask(t, `select count(*) from ledger`), p.ask(t, `select count(distinct trial_number) from ledger`); events != n || trials != n {
			t.Fatalf("%d events of %d trials, want %d", events, trials, n)
		}
	}
}

// TestManyProcessesRecordOnAServerAtOnce begins with a database without tables, which all of
// them make.
func TestManyProcessesRecordOnAServerAtOnce(t *testing.T) {
	p := onServer(t)
	const processes, n = 24, 20
	recordAtOnce(t, p, processes, n)
	p.holds(t, processes*n)
}
