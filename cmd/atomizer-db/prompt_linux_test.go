package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPrompt uses the prompt on a terminal: it runs queries, completes a name, makes a
// mistake, interrupts a query, leaves, and finds the history in the next session.
func TestPrompt(t *testing.T) {
	folder := t.TempDir()
	db := filepath.Join(folder, "playbook.db")
	done(t, `{"type": "trial", "trial_number": 17, "success": true}`, "ingest", "-", "--db", db)

	p := startPrompt(t, folder, "--db", db)
	p.expect("sql> ")
	p.write("select trial_number\rfrom trials;\r")
	p.expect("...> ")
	p.expect("TRIAL_NUMBER\r\n          17\r\n")
	p.expect("sql> ")
	p.write("select count(*) as c from learning_c\t;\r")
	p.expect("learning_curve")
	p.expect("C\r\n4\r\n")
	p.expect("sql> ")
	p.write("select objektive from trials;\r")
	p.expect("no such column: objektive")
	p.expect("\r\n         ^\r\n")
	p.expect("sql> ")
	p.write("delete from trials;\r")
	p.expect("DELETE is refused")
	p.expect("sql> ")
	p.write("\x04")
	p.ends(exitDone)

	p = startPrompt(t, folder, "--db", db, "--jsonl")
	p.expect("sql> ")
	p.write("\x1b[A\x1b[A") // up, twice
	p.expect("select objektive from trials;")
	p.write("\x03") // Ctrl-C drops what was typed
	p.expect("sql> ")
	p.write("with recursive n (i) as (select 1 union all select i + 1 from n) select i from n;\r")
	p.expect(`{"i": 100}`)
	p.write("\x03")
	p.expect("interrupted")
	p.expect("sql> ")
	p.write("select 1 as one;\r")
	p.expect(`{"one": 1}`)
	p.expect("sql> ")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.ends(128 + int(syscall.SIGTERM))
}

// aPrompt is a running prompt with its terminal.
type aPrompt struct {
	t          *testing.T
	cmd        *exec.Cmd
	controller *os.File
	shown      string // what was shown after the last expected text
}

func startPrompt(t *testing.T, home string, args ...string) *aPrompt {
	t.Helper()
	controller, terminal := openTerminal(t, 120)
	cmd := exec.CommandContext(t.Context(), "atomizer-db", append([]string{"query"}, args...)...)
	cmd.Env = append(cmd.Environ(), "TERM=xterm", "NO_COLOR=1", "HOME="+home, "XDG_STATE_HOME="+home)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &aPrompt{t: t, cmd: cmd, controller: controller}
}

func (p *aPrompt) write(keys string) {
	p.t.Helper()
	if _, err := p.controller.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// expect reads what is shown until text appears.
func (p *aPrompt) expect(text string) {
	p.t.Helper()
	more := make([]byte, 4096)
	for {
		if _, rest, found := strings.Cut(p.shown, text); found {
			p.shown = rest
			return
		}
		n, err := p.controller.Read(more)
		if err != nil {
			p.t.Fatalf("%v: %q is shown, not %q", err, p.shown, text)
		}
		p.shown += string(more[:n])
	}
}

func (p *aPrompt) ends(code int) {
	p.t.Helper()
	_ = p.cmd.Wait()
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, not %d", got, code)
	}
}
