package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this test binary as the program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"atomizer-db": program, "unprivileged": unprivileged})
}

var update = flag.Bool("update", false, "write the output of the program into the scripts")

// TestScripts runs the scripts, each in a folder of its own and without the developer's
// environment. In addition to testscript's commands they have
//
//	exits CODE PROGRAM [ARG]...  run a program, which must end with this exit code
//	transcript                   print what was run since the last transcript: the
//	                             command, its standard output, and its standard
//	                             error after 2>
//	show FILE                    print a file
//	alike FOLDER FOLDER ARG...   ask two studies the same, and compare their answers
//	$HISTORY                     the folder with files to import
//	unprivileged atomizer-db     run as a user to whom permissions apply, unlike root
//
// In their output, the work folder is $WORK, a time after the start of the test is NOW, the
// version that a session prints is VERSION, and what a change of the playbook follows is LINK.
func TestScripts(t *testing.T) {
	scripts(t, "")
}

// scripts runs the scripts on a server, or on SQLite if it is "".
func scripts(t *testing.T, server string) {
	t.Helper()
	syscall.Umask(0o022)
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/script",
		UpdateScripts: *update && server == "",
		Condition: func(name string) (bool, error) {
			if name != "sqlite" {
				return false, fmt.Errorf("no condition is called %s", name)
			}
			return server == "", nil
		},
		Setup: func(env *testscript.Env) error {
			env.Values[transcriptKey{}] = &strings.Builder{}
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("TZ", "Europe/Berlin")
			env.Setenv(serverVariable, server)
			history, err := filepath.Abs("../../testdata/history")
			if err != nil {
				return err
			}
			env.Setenv("HISTORY", history)
			return os.Chmod(filepath.Dir(env.WorkDir), 0o755) // for an unprivileged user
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "transcript": transcript, "show": show, "alike": alike,
		},
	})
}

type transcriptKey struct{}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
	log := ts.Value(transcriptKey{}).(*strings.Builder)
	stdout, stderr := mask(ts, ts.ReadFile("stdout")), mask(ts, ts.ReadFile("stderr"))
	fmt.Fprintf(log, "$ %s\n", mask(ts, quoted(args[1:])))
	log.WriteString(stdout)
	if stdout != "" && !strings.HasSuffix(stdout, "\n") {
		log.WriteString("\n(no newline at the end)\n")
	}
	for line := range strings.Lines(stderr) {
		log.WriteString("2> " + line)
	}
}

func transcript(ts *testscript.TestScript, _ bool, _ []string) {
	log := ts.Value(transcriptKey{}).(*strings.Builder)
	_, _ = fmt.Fprint(ts.Stdout(), log)
	log.Reset()
}

func show(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: show FILE")
	}
	text := mask(ts, ts.ReadFile(args[0]))
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, _ = fmt.Fprint(ts.Stdout(), text)
}

func alike(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: alike FOLDER FOLDER ARG...")
	}
	var answers [2]string
	for i, folder := range args[:2] {
		ts.Check(ts.Exec("atomizer-db", append(slices.Clone(args[2:]), "--study-dir", folder)...))
		answers[i] = ts.ReadFile("stdout")
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" || answers[0] == "" {
		ts.Fatalf("the answers of %s and %s to %s differ:\n%s", args[0], args[1], quoted(args[2:]), diff)
	}
}

// quoted returns a command line as a shell reads it.
func quoted(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \"'\\$`{}*;<>|&") {
			words[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

var (
	began   = time.Now().UTC().Truncate(time.Second)
	anyTime = regexp.MustCompile(`(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+\+00:00|(?:\.\d+)?Z)?`)
)

var anyLink = regexp.MustCompile(`"follows":"[0-9a-f]*"`) // it depends on the time of the change

// mask replaces text that differs from run to run.
func mask(ts *testscript.TestScript, text string) string {
	text = strings.ReplaceAll(text, ts.Getenv("WORK"), "$WORK")
	if server := ts.Getenv(serverVariable); server != "" {
		text = asOnSQLite(text, server, ts.Getenv("WORK"))
	}
	text = anyLink.ReplaceAllString(text, `"follows":"LINK"`)
	return atNow(strings.ReplaceAll(text, fmt.Sprintf(`"version":%q`, programVersion()), `"version":"VERSION"`), "NOW")
}

// atNow replaces the times after the start of the test.
func atNow(text, now string) string {
	return anyTime.ReplaceAllStringFunc(text, func(found string) string {
		parts := anyTime.FindStringSubmatch(found)
		when, err := time.Parse(time.DateTime, parts[1]+" "+parts[2])
		if err != nil || when.Before(began) {
			return found
		}
		return now
	})
}

// unprivileged runs the program, as the user nobody if root runs the tests.
func unprivileged() {
	const nobody = 65534
	if os.Geteuid() == 0 {
		if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody)); err != nil {
			fmt.Fprintln(os.Stderr, "unprivileged:", err)
			os.Exit(1)
		}
	}
	os.Args = os.Args[1:]
	program()
}
