package power_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestImagesOfADiskAfterAPowerCut lists all that a small disk may hold after a cut before
// each line of a trace: "name=content" for each file.
func TestImagesOfADiskAfterAPowerCut(t *testing.T) {
	folder := t.TempDir()
	root := filepath.Join(folder, "root")
	if err := os.Mkdir(root, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "json"), "old")
	d, err := newDisk(root)
	if err != nil {
		t.Fatal(err)
	}
	lines := []struct {
		text  string
		after []string
	}{
		{`1 open("ROOT/new", O_WRONLY|O_CREAT, 0666) = 3<ROOT/new>`, []string{"json=old", "json=old new="}},
		{`1 write(3<ROOT/new>, "ab", 2) = 2`, []string{"json=old", "json=old new=", "json=old new=ab"}},
		{`1 fsync(3<ROOT/new> <unfinished ...>`, []string{"json=old", "json=old new=", "json=old new=ab"}},
		{`2 pwrite64(4<ROOT/new>, "c", 1, 2) = 1`, []string{"json=old", "json=old new=", "json=old new=ab", "json=old new=abc", "json=old new=\x00\x00c"}},
		{`1 <... fsync resumed>) = 0`, []string{"json=old", "json=old new=ab", "json=old new=abc"}},
		{`1 fsync(3<ROOT/new>) = 0`, []string{"json=old", "json=old new=abc"}},
		{`1 rename("ROOT/new", "ROOT/json") = 0`, []string{"json=abc", "json=abc new=abc", "json=old", "json=old new=abc"}},
		{`1 rename("ROOT/none", "ROOT/json") = -1 ENOENT (No such file or directory)`, []string{"json=abc", "json=abc new=abc", "json=old", "json=old new=abc"}},
		{`1 fsync(5<ROOT>) = 0`, []string{"json=abc"}},
		{`1 ftruncate(4<ROOT/json>, 1) = 0`, []string{"json=a", "json=abc"}},
	}
	var trace strings.Builder
	for _, line := range lines {
		trace.WriteString(strings.ReplaceAll(line.text, "ROOT", root) + "\n")
	}
	write(t, filepath.Join(folder, "trace"), trace.String())
	calls, err := readTrace(filepath.Join(folder, "trace"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		if err := d.replay(c); err != nil {
			t.Fatal(err)
		}
	}
	for n, line := range lines {
		found := map[string]bool{}
		for at := range 1000 {
			c := choose(rand.New(rand.NewPCG(*seed, uint64(at))), calls, calls)
			c.line = n + 1
			found[c.image(d).String()] = true
		}
		slices.Sort(line.after)
		if diff := cmp.Diff(line.after, slices.Sorted(maps.Keys(found))); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", line.text, diff)
		}
	}
}

func (i image) String() string {
	var files []string
	for _, path := range slices.Sorted(maps.Keys(i)) {
		files = append(files, fmt.Sprintf("%s=%s", path, i[path]))
	}
	return strings.Join(files, " ")
}
