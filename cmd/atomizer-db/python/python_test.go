// Package python_test runs the tests of the Python module, in tests/, on each Python that
// is on the path. Use -seed to kill at other moments, and SOAK to kill more often.
package python_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atomizer-db/store/postgres/pgtest"
	"atomizer-db/testdata/soak"
	"atomizer-db/testdata/sources"
)

var seed = flag.Int("seed", 1, "the seed of all random choices")

// program is the path of the program, and folder that of the module, made for these tests.
var program, folder string

func TestMain(m *testing.M) {
	sources.Main(m, &program, func() error {
		folder = filepath.Join(filepath.Dir(program), "module")
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
		if output, err := exec.Command(program, "python", "-o", filepath.Join(folder, "atomizer_db.py")).CombinedOutput(); err != nil {
			return fmt.Errorf("atomizer-db python: %w: %s", err, output)
		}
		return nil
	})
}

// interpreter is a Python on this machine.
type interpreter struct{ version, path string }

// interpreters returns each Python from 3.8 on that the path has under its usual names, or
// that pyenv has installed.
func interpreters(t *testing.T) (found []interpreter) {
	t.Helper()
	sources.Track(t)
	names := []string{"python3"}
	for minor := 8; minor <= 13; minor++ {
		names = append(names, fmt.Sprintf("python3.%d", minor))
	}
	installed, err := filepath.Glob(filepath.Join(cmp.Or(os.Getenv("PYENV_ROOT"), filepath.Join(os.Getenv("HOME"), ".pyenv")), "versions/3.*/bin/python3"))
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, installed...)
	for _, name := range names {
		output, err := exec.CommandContext(t.Context(), name, "-c",
			`import sys; print("%d.%d" % sys.version_info[:2], sys.executable); sys.exit(sys.version_info < (3, 8))`).Output()
		version, path, _ := strings.Cut(strings.TrimSpace(string(output)), " ")
		known := slices.ContainsFunc(found, func(i interpreter) bool { return i.version == version })
		if err == nil && !known { // else there is none, it is too old, or it has two names
			found = append(found, interpreter{version, path})
		}
	}
	if len(found) == 0 {
		t.Skip("there is no Python 3.8 or later on the path: install python3 to run this test")
	}
	return found
}

// run runs Python in a folder, with the module and the program.
func run(t *testing.T, folderOfRun, python string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), python, args...)
	command.Dir = folderOfRun
	command.Env = append(os.Environ(), "PYTHONPATH="+folder, "ATOMIZER_DB_BIN="+program, "PYTHONDONTWRITEBYTECODE=1", "TZ=Europe/Berlin")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v:\n%s", args, err, output)
	}
	return string(output)
}

func TestModule(t *testing.T) {
	for _, python := range interpreters(t) {
		t.Run(python.version, func(t *testing.T) {
			t.Parallel()
			run(t, "tests", python.path, "-W", "error", "-m", "unittest", "discover")
		})
	}
}

// TestLegacyLoopOnPostgreSQL plays the golden sequences on a server, with one Python.
func TestLegacyLoopOnPostgreSQL(t *testing.T) {
	sequences, err := filepath.Glob("../../../testdata/python/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for range sequences {
		addresses = append(addresses, pgtest.Address(t))
	}
	t.Setenv("GOLDEN_DATABASES", strings.Join(addresses, " "))
	run(t, "tests", interpreters(t)[0].path, "-W", "error", "-m", "unittest", "test_golden")
}

func TestCallsThatReturnedAreRecordedOnceDespiteKills(t *testing.T) {
	script, err := filepath.Abs("tests/kills.py")
	if err != nil {
		t.Fatal(err)
	}
	for engine, address := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "postgres": pgtest.Address,
	} {
		for _, python := range interpreters(t) {
			t.Run(engine+" "+python.version, func(t *testing.T) {
				t.Parallel()
				place := t.TempDir()
				t.Log(run(t, place, python.path, "-W", "error", script, filepath.Join(place, "study"), fmt.Sprint(soak.Rounds(25)), fmt.Sprint(*seed), address(t)))
			})
		}
	}
}

func TestInstall(t *testing.T) {
	for _, python := range interpreters(t) {
		t.Run(python.version, func(t *testing.T) {
			base := t.TempDir()
			install := func(args ...string) (string, error) {
				command := exec.CommandContext(t.Context(), program, append([]string{"python", "--python", python.path}, args...)...)
				command.Env = append(os.Environ(), "PYTHONUSERBASE="+base, "PATH="+filepath.Dir(program))
				output, err := command.CombinedOutput()
				return string(output), err
			}
			said, err := install("--install")
			if err != nil {
				t.Fatal(said)
			}
			path, found := strings.CutPrefix(strings.TrimSpace(said), "installed ")
			if !found || !strings.HasPrefix(path, base) {
				t.Fatalf("said %q", said)
			}
			use := exec.CommandContext(t.Context(), python.path, "-c", "import atomizer_db; print(atomizer_db.__file__); atomizer_db.Study('study').context()")
			use.Dir, use.Env = base, append(os.Environ(), "PYTHONUSERBASE="+base, "PATH="+filepath.Dir(program))
			if output, err := use.CombinedOutput(); err != nil || strings.TrimSpace(string(output)) != path {
				t.Fatalf("%v: %s", err, output)
			}
			if said, err := install("--install"); err != nil { // again, over the old one
				t.Fatal(said)
			}
			if said, err := install("--uninstall"); err != nil || said != "removed "+path+"\n" {
				t.Fatalf("said %q", said)
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*", "atomizer_db*"))
			if err != nil || len(left) > 0 {
				t.Errorf("%v is left (%v)", left, err)
			}
			if said, err := install("--uninstall"); err == nil || !strings.Contains(said, "is not installed") {
				t.Errorf("said %q", said)
			}
			if err := os.WriteFile(path, []byte("mine = True\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, flag := range []string{"--install", "--uninstall"} {
				if said, err := install(flag); err == nil || !strings.Contains(said, "is not the module") {
					t.Errorf("%s said %q", flag, said)
				}
			}
		})
	}
}
