package crash_test

import (
	"fmt"
	"strings"
	"testing"

	schema "atomizer-db/migrations/sqlite"
)

// TestAProcessNoticesThatTheSchemaBecameNewer raises the schema version while a process
// waits for events, as a newer program would.
func TestAProcessNoticesThatTheSchemaBecameNewer(t *testing.T) {
	p, lines := studied(t, 50), share(0, 6)
	c := p.client(t)
	c.send(lines[:5], 1, 0)
	p.execute(t, fmt.Sprintf(`pragma user_version = %d`, schema.Version+1))
	if answered := c.send(lines[5:], 1, 0); answered > 0 {
		t.Error("an event was acknowledged")
	}
	said := c.out.Text()
	if err := c.end(); err != nil || !strings.HasPrefix(said, `{"error":{"kind":"failed",`) ||
		!strings.Contains(said, fmt.Sprintf("%s has schema %d", p.database(), schema.Version+1)) || !strings.Contains(said, "use a newer atomizer-db") {
		t.Errorf("%v: %s", err, said)
	}
	p.execute(t, fmt.Sprintf(`pragma user_version = %d`, schema.Version))
	p.recorded(t, 5)
}
