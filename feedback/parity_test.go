package feedback_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/golden"
	"atomizer-db/testdata/soak"
)

// TestBothEnginesAnswerAlike lets the same random history happen on both engines. It compares
// the answer to each step, and then all questions and views: while PostgreSQL has events
// that are not folded, and when it has none.
func TestBothEnginesAnswerAlike(t *testing.T) {
	soak.Share(t, onServer)
	rapid.Check(t, func(r *rapid.T) {
		p := newPair(r, onSQLite.random(t, r), onPostgreSQL.random(t, r))
		defer p.close()
		for _, step := range histories().Draw(r, "history") {
			p.happen(step)
			if rapid.IntRange(0, 4).Draw(r, "again") == 0 {
				p.happen(step)
			}
		}
		for _, step := range rapid.SliceOfN(recorded(outcomes()), 1, 15).Draw(r, "last") {
			p.happen(step)
		}
		if p.unfolded() == 0 {
			r.Fatal("everything is folded")
		}
		p.compare()
		p.fold()
		if n := p.unfolded(); n > 0 {
			r.Fatalf("%d events are not folded", n)
		}
		p.compare()
	})
}

// outcomes are trials and errors with all that they can have.
func outcomes() *rapid.Generator[event.Event] {
	value := rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]event.Number{"1", "-0", "2.50", "1e3", "1E-7", "12345678901234567890", "0.1"}), func(n event.Number) any { return n }),
		rapid.Map(rapid.SampledFrom([]string{"", "steel", "ß\"", "1", "null"}), func(s string) any { return s }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	)
	number := rapid.SampledFrom([]float64{0, 1.5, -2, 0.1, 1e300, 3.25})
	return rapid.Custom(func(t *rapid.T) event.Event {
		happened := events().Filter(func(e event.Event) bool { return e.Type() == event.TypeTrial || e.Type() == event.TypeError }).Draw(t, "event")
		if trial, ok := happened.(event.Trial); ok {
			trial.Objective = rapid.Ptr(number, true).Draw(t, "objective")
			trial.DurationSeconds = max(number.Draw(t, "duration"), 0)
			trial.DesignVariables = rapid.MapOfN(rapid.SampledFrom([]string{"web", "a b", "", "é"}), value, 0, 3).Draw(t, "variables")
			trial.Details = rapid.SampledFrom([]jsontext.Value{nil, []byte(`{}`), []byte(`{"b":[1.50,"\u00e9"],"a":null}`)}).Draw(t, "details")
			happened = trial
		}
		return event.With(happened, func(h *event.Header) {
			h.Time = rapid.SampledFrom([]time.Time{{}, golden.Clock, golden.Clock.Add(90 * time.Second), time.Date(1960, 1, 2, 3, 4, 5, 600_000_000, time.UTC)}).Draw(t, "time")
		})
	})
}

// pair is the same history on both engines.
type pair struct {
	t      *rapid.T
	ctx    context.Context
	now    time.Time
	sides  [2]side // SQLite, PostgreSQL
	folder string  // of playbook.json and imported files, of the side whose turn it is
	conn   *pgx.Conn
	keeper pgx.Tx // of conn: it holds the lock of the table fold, so that nobody folds; nil: it does not
}

// side is a history on one engine.
type side struct {
	loop   *feedback.Loop
	folder string // what the folder of the pair is while it is the other side's turn
}

// newPair opens two new databases.
func newPair(t *rapid.T, sqlite, postgres place) *pair {
	p := &pair{t: t, ctx: context.Background(), now: golden.Clock, folder: filepath.Join(filepath.Dir(sqlite.playbook), "files")}
	start := ""
	if rapid.Bool().Draw(t, "starts from a playbook") {
		start = book().Draw(t, "start")
	}
	for i, place := range []place{sqlite, postgres} {
		s := &p.sides[i]
		s.folder = place.playbook + ".files"
		p.check(os.Mkdir(s.folder, 0o700))
		place.playbook = filepath.Join(p.folder, "playbook.json")
		p.turn(*s, func() {
			if start != "" {
				p.check(os.WriteFile(place.playbook, []byte(start), 0o600))
			}
			s.loop = place.begin(t, feedback.WithClock(func() time.Time { return p.now }))
		})
	}
	var err error
	p.conn, err = pgx.Connect(p.ctx, postgres.database)
	p.check(err)
	return p
}

// turn does something with the files of a side. Paths are a part of what is recorded, so they
// are the same on both.
func (p *pair) turn(s side, do func()) {
	p.t.Helper()
	p.check(os.Rename(s.folder, p.folder))
	do()
	p.check(os.Rename(p.folder, s.folder))
}

func (p *pair) check(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) close() {
	p.release()
	p.check(errors.Join(p.sides[0].loop.Close(), p.sides[1].loop.Close(), p.conn.Close(p.ctx)))
}

// hold keeps events from being folded.
func (p *pair) hold() {
	if p.keeper != nil {
		return
	}
	var err error
	p.keeper, err = p.conn.Begin(p.ctx)
	p.check(err)
	_, err = p.keeper.Exec(p.ctx, `select from fold for update`)
	p.check(err)
}

func (p *pair) release() {
	if p.keeper == nil {
		return
	}
	p.check(p.keeper.Rollback(p.ctx))
	p.keeper = nil
}

// unfolded counts the events that are not folded.
func (p *pair) unfolded() (n int) {
	p.check(p.conn.QueryRow(p.ctx, `select count(*) from unfolded`).Scan(&n))
	return n
}

// fold folds all events, as every transaction that changes the playbook does.
func (p *pair) fold() {
	p.happen(step{run: func(l *feedback.Loop) (any, error) {
		item, _, err := l.AddItem(p.ctx, "str", "the last advice")
		return item, err
	}})
}

// happen lets a step happen to a random study on both sides, and compares the answers. What it
// records stays unfolded if no other step needs it to be folded.
func (p *pair) happen(s step) {
	p.t.Helper()
	if s.appends {
		p.hold()
	} else {
		p.release()
	}
	p.now = p.now.Add(1500 * time.Millisecond)
	study := rapid.SampledFrom([]string{feedback.DefaultStudy, feedback.DefaultStudy, "other"}).Draw(p.t, "study")
	p.same("the answer", func(l *feedback.Loop) (any, error) { return s.run(l.Study(study)) })
}

// same compares answers. Numbers may differ as far as the order of additions does.
func (p *pair) same(what string, ask func(*feedback.Loop) (any, error)) {
	p.t.Helper()
	var answers [2]any
	for i, side := range p.sides {
		p.turn(side, func() {
			answer, err := ask(side.loop)
			answers[i] = map[string]any{"answer": answer, "error": p.errorText(err, side)}
		})
	}
	if diff := cmp.Diff(answers[0], answers[1], cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateNaNs(), everything); diff != "" {
		p.t.Fatalf("%s (-SQLite +PostgreSQL):\n%s", what, diff)
	}
}

// everything compares also what is not exported.
var everything = cmp.Exporter(func(reflect.Type) bool { return true })

// errorText returns an error as it is shown for any database.
func (p *pair) errorText(err error, s side) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), s.loop.Path(), "DATABASE")
}
