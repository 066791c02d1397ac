package crash_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atomizer-db/testdata/soak"
)

// questions are commands that must not change any file.
var questions = [][]string{
	{"items", "list", "--all", "--json"},
	{"items", "show", item(1)},
	{"top", "--json"},
	{"performance", "--json"},
	{"stats", "--json"},
	{"trials", "list", "--json"},
	{"insights", "--json"},
	{"report", "-o", "-"},
	{"export", "-o", "-"},
	{"check"},
}

var changes = [][]string{
	{"record", "trial", "--trial-number", "1", "--failure", "--error", "mesh", "--context-item", item(1)},
	{"record", "error", "--trial-number", "1", "--error-type", "license", "--error-message", "gone"},
	{"items", "add", "str", "new advice"},
	{"finalize", "--no-save"},
	{"export"},
	{"reset"},
	{"check", "--repair"},
}

// wayBack matches the next steps that an error about a damaged file must contain.
var wayBack = regexp.MustCompile(`restore|check --repair|--overwrite|newer atomizer-db|check the permissions`)

// understood checks that a command has either worked, or printed one line that says
// which file is damaged and what to do.
func understood(t *testing.T, what string, p place, args []string, r result) {
	t.Helper()
	command := strings.Join(args, " ")
	said := strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n")
	last := said[len(said)-1]
	switch {
	case r.code == 0:
		if strings.HasPrefix(command, "items list") && strings.TrimSpace(r.stdout) == "[]" {
			t.Errorf("%s: %v: no items", what, args)
		}
	case r.code == 3 && strings.HasPrefix(command, "items show"):
		// the damage has changed its id
	case r.code != 1 || !strings.HasPrefix(last, "atomizer-db: "):
		t.Errorf("%s: %v: exit code %d: %s", what, args, r.code, r.stderr)
	case strings.HasPrefix(command, "check") && r.stdout != "":
		// check prints the problems, one per line
	case len(said) > 1 || !strings.Contains(last, p.folder) || !wayBack.MatchString(last):
		t.Errorf("%s: %v: unclear error: %s", what, args, r.stderr)
	}
}

// ask runs some commands in a damaged place.
func ask(t *testing.T, random *rand.Rand, what string, p place) {
	t.Helper()
	before := p.files(t)
	for _, i := range random.Perm(len(questions))[:3] {
		r := p.run(t, questions[i]...)
		understood(t, what, p, questions[i], r)
		for path, content := range p.files(t) {
			if !bytes.Equal(before[path], content) {
				t.Fatalf("%s: %v changed %s: %d bytes, were %d; it says %s", what, questions[i], path, len(content), len(before[path]), r.stderr)
			}
		}
	}
	change := changes[random.IntN(len(changes))]
	understood(t, what, p, change, p.run(t, change...))
}

// damaged is a copy of a place with one file changed.
func damaged(t *testing.T, from place, file string, change func([]byte) []byte) place {
	t.Helper()
	p := from.copied(t)
	path := filepath.Join(p.folder, file)
	write(t, path, string(change([]byte(read(t, path)))))
	return p
}

func flip(at int, bits byte) func([]byte) []byte {
	return func(content []byte) []byte { content[at] ^= bits; return content }
}

func size(t *testing.T, p place, file string) int {
	t.Helper()
	info, err := os.Stat(filepath.Join(p.folder, file))
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

func TestADamagedDatabaseIsReported(t *testing.T) {
	t.Parallel()
	random, study := choices(t), studied(t, 600)
	const file, header = "playbook.db", 100
	length := size(t, study, file)
	for _, at := range random.Perm(header)[:min(soak.Rounds(25), header)] { // each byte of the header has a meaning
		bits := byte(1 + random.IntN(255))
		ask(t, random, sprint("byte", at, "^", bits), damaged(t, study, file, flip(at, bits)))
	}
	for range soak.Rounds(15) {
		at, bits := header+random.IntN(length-header), byte(1+random.IntN(255))
		if random.IntN(2) == 0 {
			at = at/4096*4096 + random.IntN(16) // the header of a page
		}
		ask(t, random, sprint("byte", at, "^", bits), damaged(t, study, file, flip(at, bits)))
	}
	for range soak.Rounds(6) {
		cut := 1 + random.IntN(length-1)
		ask(t, random, sprint("cut at", cut), damaged(t, study, file, func(c []byte) []byte { return c[:cut] }))
	}
	for range soak.Rounds(6) {
		page := random.IntN(length/4096) * 4096
		ask(t, random, sprint("no page at", page), damaged(t, study, file, func(c []byte) []byte { clear(c[page : page+4096]); return c }))
	}
}

func sprint(words ...any) string { return strings.TrimSuffix(fmt.Sprintln(words...), "\n") }

func TestADamagedWALIsReported(t *testing.T) {
	t.Parallel()
	random, study := choices(t), studied(t, 300)
	c := study.client(t)
	c.send(share(0, 500), 8, 400)
	_ = c.end()
	const file = "playbook.db-wal"
	length := size(t, study, file)
	ask(t, random, "a WAL without its file", damaged(t, study, "playbook.db", func([]byte) []byte { return nil }))
	for range soak.Rounds(10) {
		at, bits := random.IntN(length), byte(1+random.IntN(255))
		ask(t, random, sprint("WAL, byte", at, "^", bits), damaged(t, study, file, flip(at, bits)))
	}
	for range soak.Rounds(4) {
		cut := random.IntN(length)
		ask(t, random, sprint("WAL, cut at", cut), damaged(t, study, file, func(c []byte) []byte { return c[:cut] }))
	}
}

func TestADamagedPlaybookFileIsNotOverwritten(t *testing.T) {
	random, study := choices(t), studied(t, 300)
	const file = "playbook.json"
	length := size(t, study, file)
	for i := range soak.Rounds(6) {
		change := flip(random.IntN(length), byte(1+random.IntN(255)))
		if i%2 == 0 {
			cut := random.IntN(length)
			change = func(c []byte) []byte { return c[:cut] }
		}
		p := damaged(t, study, file, change)
		before := p.files(t)
		for _, args := range [][]string{{"finalize"}, {"export"}} {
			if r := p.run(t, args...); r.code != 4 || !strings.Contains(r.stderr, p.playbook()) || !strings.Contains(r.stderr, "--overwrite") {
				t.Errorf("%v: exit code %d: %s", args, r.code, r.stderr)
			}
		}
		if r := p.run(t, "check"); r.code != 1 || !strings.Contains(r.stdout, p.playbook()) {
			t.Errorf("check: exit code %d: %s%s", r.code, r.stdout, r.stderr)
		}
		p.must(t, "stats")
		if !bytes.Equal(before[p.playbook()], p.files(t)[p.playbook()]) {
			t.Error("playbook.json was changed")
		}
		p.must(t, "export", "--overwrite")
		p.sound(t)
	}
}
