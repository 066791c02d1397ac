package crash_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atomizer-db/migrations"
	"atomizer-db/testdata/soak"
)

// TestAKilledUpgradeIsDoneByTheNext kills the migration of a database of the
// first schema: what it leaves has the old schema or the new, never a half.
func TestAKilledUpgradeIsDoneByTheNext(t *testing.T) {
	random, old := choices(t), ofSchema1(t)
	want := old.copied(t).must(t, "performance", "--all-studies", "--json")
	longest := old.copied(t).took(t, "stats", "--all-studies")
	unfinished := 0
	for range soak.Rounds(15) {
		p := old.copied(t)
		finished := p.killed(t, upTo(random, longest), "stats", "--all-studies")
		var schema, tables int
		p.query(t, &schema, `pragma user_version`)
		p.query(t, &tables, `select count(*) from sqlite_schema where name in ('sources', 'voids')`)
		if finished && schema != migrations.Version || (schema > 1) != (tables == 2) || tables == 1 {
			t.Fatalf("a kill left schema %d with %d new tables", schema, tables)
		}
		if schema == 1 {
			unfinished++
		}
		if diff := cmp.Diff(want, p.must(t, "performance", "--all-studies", "--json")); diff != "" {
			t.Fatal(diff)
		}
		p.sound(t)
	}
	if unfinished == 0 {
		t.Error("no kill came before the end")
	}
}

// TestAProcessThatHasAnOldSchemaOpenIsTold raises the schema under a process
// that waits for events, as a newer program would.
func TestAProcessThatHasAnOldSchemaOpenIsTold(t *testing.T) {
	p, lines := studied(t, 50), share(0, 6)
	c := p.client(t)
	c.send(lines[:5], 1, 0)
	p.execute(t, fmt.Sprintf(`pragma user_version = %d`, migrations.Version+1))
	if answered := c.send(lines[5:], 1, 0); answered > 0 {
		t.Error("an event was taken")
	}
	_ = c.end()
	said := string(c.stderr.text)
	if code := c.command.ProcessState.ExitCode(); code != 1 || strings.Count(said, "\n") != 1 ||
		!strings.Contains(said, fmt.Sprintf("%s has schema %d", p.database(), migrations.Version+1)) || !strings.Contains(said, "use a newer atomizer-db") {
		t.Errorf("exit code %d: %s", code, said)
	}
	p.execute(t, fmt.Sprintf(`pragma user_version = %d`, migrations.Version))
	p.recorded(t, 5)
}
