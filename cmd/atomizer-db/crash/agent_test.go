package crash_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// agent is a client of `atomizer-db mcp` that writes its own JSON-RPC.
type agent struct {
	*client
	calls int
}

// message is what the server writes.
type message struct {
	ID     *int `json:"id"`
	Result *struct {
		ProtocolVersion string `json:"protocolVersion"`
		Tools           []any  `json:"tools"`
		IsError         bool   `json:"isError"`
		Content         []struct{ Text string }
		Structured      map[string]any `json:"structuredContent"`
	} `json:"result"`
	Error *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// agent starts a server and initializes it.
func (p place) agent(t *testing.T, args ...string) *agent {
	t.Helper()
	a := &agent{client: p.start(t, append([]string{"mcp"}, args...)...)}
	a.out.Buffer(nil, 1<<20)
	a.sendLine(t, `{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}`)
	if m := a.receive(t); m.Result == nil || m.Result.ProtocolVersion != "2025-06-18" {
		t.Fatalf("initialize: %+v", m)
	}
	a.sendLine(t, `{"jsonrpc": "2.0", "method": "notifications/initialized"}`)
	return a
}

func (a *agent) sendLine(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(a.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// receive reads the next message. There is nothing but messages on standard output.
func (a *agent) receive(t *testing.T) (m message) {
	t.Helper()
	if !a.out.Scan() {
		t.Fatalf("the server has ended: %v, %s", a.out.Err(), a.stderr.text)
	}
	if err := json.Unmarshal(a.out.Bytes(), &m); err != nil {
		t.Fatalf("%v: %q", err, a.out.Text())
	}
	return m
}

// request sends a request and returns its id.
func (a *agent) request(t *testing.T, method, params string) int {
	t.Helper()
	a.calls++
	a.sendLine(t, fmt.Sprintf(`{"jsonrpc": "2.0", "id": %d, "method": %q, "params": %s}`, a.calls, method, params))
	return a.calls
}

func call(tool, arguments string) string {
	return fmt.Sprintf(`{"name": %q, "arguments": %s}`, tool, arguments)
}

// ask calls a tool that must succeed, and returns its structured content.
func (a *agent) ask(t *testing.T, tool, arguments string) map[string]any {
	t.Helper()
	id := a.request(t, "tools/call", call(tool, arguments))
	m := a.receive(t)
	if m.ID == nil || *m.ID != id || m.Result == nil || m.Result.IsError {
		t.Fatalf("%s %s: %s", tool, arguments, a.out.Text())
	}
	return m.Result.Structured
}

// answeredBy returns the next messages by id. A message without an id has -1.
func (a *agent) answeredBy(t *testing.T, count int) map[int]message {
	t.Helper()
	messages := map[int]message{}
	for range count {
		m := a.receive(t)
		id := -1
		if m.ID != nil {
			id = *m.ID
		}
		messages[id] = m
	}
	return messages
}

const endlessQuery = `{"sql": "with recursive t(n) as (select 1 union all select n + 1 from t) select sum(n) from t"}`

func TestAnAgentsServerAnswersWhateverTheLine(t *testing.T) {
	t.Parallel()
	a := newPlace(t).agent(t)
	if m := a.answer(t, "tools/list", `{}`); len(m.Result.Tools) != 8 {
		t.Errorf("%d tools", len(m.Result.Tools))
	}
	for line, code := range map[string]int{
		"rubbish":  -32700,
		`{"a": `:   -32700,
		"\x00\xff": -32700,
		`{}`:       -32600,
		`[1]`:      -32600,
		`7`:        -32600,
		`{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}`:                  -32600,
		`{"jsonrpc": "2.0", "pad": "` + strings.Repeat("x", 17<<20) + `"}`: -32600,
	} {
		a.sendLine(t, line)
		if m := a.receive(t); m.ID != nil || m.Error == nil || m.Error.Code != code || m.Error.Message == "" {
			t.Errorf("%.100q: %s", line, a.out.Text())
		}
	}
	a.sendLine(t, `{"jsonrpc": "1.0", "id": 77, "method": "ping"}`)
	if m := a.receive(t); m.ID == nil || *m.ID != 77 || m.Error == nil {
		t.Errorf("another protocol: %s", a.out.Text())
	}
	a.sendLine(t, "")
	if m := a.answer(t, "nothing", `{}`); m.Error == nil || m.Error.Code != -32601 {
		t.Errorf("an unknown method: %+v", m)
	}
	if m := a.answer(t, "tools/call", call("nothing", `{}`)); m.Error == nil || m.Error.Code != -32602 {
		t.Errorf("an unknown tool: %+v", m)
	}
	if err := a.end(); err != nil {
		t.Errorf("the end of input: %v: %s", err, a.stderr.text)
	}
}

// answer sends a request and returns its answer.
func (a *agent) answer(t *testing.T, method, params string) message {
	t.Helper()
	id := a.request(t, method, params)
	return a.answeredBy(t, 1)[id]
}

// TestACallCanBeCancelled cancels a query that runs, and one that waits for its turn.
func TestACallCanBeCancelled(t *testing.T) {
	t.Parallel()
	a := newPlace(t).agent(t)
	endless := a.request(t, "tools/call", call("query", endlessQuery))
	ping := a.request(t, "ping", `{}`)
	if m := a.answeredBy(t, 1); m[ping].Result == nil {
		t.Errorf("a ping waits for a query: %+v", m)
	}
	waiting := a.request(t, "tools/call", call("add_item", `{"category": "str", "content": "never"}`))
	last := a.request(t, "tools/call", call("query", `{"sql": "select count(*) from items"}`))
	for _, id := range []int{waiting, endless} {
		a.sendLine(t, fmt.Sprintf(`{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": %d}}`, id))
	}
	answers := a.answeredBy(t, 2)
	if m := answers[endless]; m.Error == nil && (m.Result == nil || !m.Result.IsError || !strings.Contains(m.Result.Content[0].Text, "cancelled")) {
		t.Errorf("the query that ran: %+v", m)
	}
	if rows := answers[last].Result.Structured["rows"]; fmt.Sprint(rows) != "[[0]]" {
		t.Errorf("the call that waited was made: %v", rows)
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
}

// TestTheEndOfInputWaitsForAnswers sends all calls at once, as a pipe does.
func TestTheEndOfInputWaitsForAnswers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	a := p.agent(t)
	var all []string
	for n := 1; n <= 100; n++ {
		all = append(all, fmt.Sprintf(`{"jsonrpc": "2.0", "id": %d, "method": "tools/call", "params": %s}`, n,
			call("record_trial", fmt.Sprintf(`{"trial_number": %d, "success": true}`, n))))
	}
	go func() {
		_, _ = io.WriteString(a.in, strings.Join(all, "\n")) // without the last newline
		_ = a.in.Close()
	}()
	for n := 1; n <= 100; n++ {
		if m := a.receive(t); m.ID == nil || *m.ID != n || m.Result == nil || m.Result.IsError {
			t.Fatalf("answer %d: %s", n, a.out.Text())
		}
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
	if got := p.must(t, "query", "select group_concat(trial_number) from (select trial_number from trials order by event)", "--csv"); !strings.Contains(got, "1,2,3,4,5,6,7,8,9,10,11,") {
		t.Errorf("not in order: %s", got)
	}
}

// TestAPingAtTheEndIsAnswered ends the input behind it.
func TestAPingAtTheEndIsAnswered(t *testing.T) {
	t.Parallel()
	for range 10 {
		a := newPlace(t).agent(t)
		id := a.request(t, "ping", `{}`)
		if err := a.in.Close(); err != nil {
			t.Fatal(err)
		}
		if m := a.receive(t); m.ID == nil || *m.ID != id || m.Result == nil {
			t.Errorf("%s", a.out.Text())
		}
		if err := a.end(); err != nil {
			t.Error(err)
		}
	}
}

// TestCallsBeyondTheMostThatWaitAreRefused sends them behind an endless query, which can still
// be cancelled.
func TestCallsBeyondTheMostThatWaitAreRefused(t *testing.T) {
	t.Parallel()
	a := newPlace(t).agent(t)
	endless := a.request(t, "tools/call", call("query", endlessQuery))
	var last int
	for range 1001 {
		last = a.request(t, "tools/call", call("query", `{"sql": "select 1"}`))
	}
	if m := a.receive(t); m.ID == nil || *m.ID != last || m.Error == nil {
		t.Errorf("the call beyond: %s", a.out.Text())
	}
	a.sendLine(t, fmt.Sprintf(`{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": %d}}`, endless))
	if answers := a.answeredBy(t, 1001); len(answers) != 1001 {
		t.Errorf("%d answers", len(answers))
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
}

// TestTheDefaultStudyIsTheSameForQuestionsAndRecordings has a database with one study that is
// not called as its folder.
func TestTheDefaultStudyIsTheSameForQuestionsAndRecordings(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must(t, "record", "trial", "--trial-number", "1", "--failure", "--error", "did not converge", "--study", "truss")
	a := p.agent(t)
	for _, c := range [][2]string{
		{"get_context", `{}`},
		{"study_status", `{}`},
		{"query", `{"sql": "select 1"}`},
		{"record_trial", `{"trial_number": 2, "success": true}`},
		{"record_error", `{"trial_number": 2, "error_type": "x", "error_message": "x", "study": ""}`},
		{"add_item", `{"category": "str", "content": "x", "study": null}`},
		{"finalize_study", `{"dry_run": false}`},
	} {
		if answer := a.ask(t, c[0], c[1]); answer["study"] != "truss" {
			t.Errorf("%s is about %v", c[0], answer["study"])
		}
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
	if got := p.must(t, "query", "select distinct study from trials", "--csv"); got != "study\ntruss\n" {
		t.Error(got)
	}
}

// TestAnAgentFinishesItsStudyDespiteAKill lets a scripted agent run a study of 30 trials. Its
// server is killed once, after a trial was recorded and before the agent knows.
func TestAnAgentFinishesItsStudyDespiteAKill(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	a := p.agent(t, "--study", "truss")
	good := a.ask(t, "add_item", `{"category": "str", "content": "Size bar 7 first", "study": "truss"}`)["item"].(map[string]any)["id"].(string)
	bad := a.ask(t, "add_item", `{"category": "str", "content": "Halve all bars"}`)["item"].(map[string]any)["id"].(string)
	failures := 0
	for n := 1; n <= 30; n++ {
		ids := []string{}
		for _, id := range a.ask(t, "get_context", fmt.Sprintf(`{"explore": true, "max_items": 1, "seed": %d}`, n))["items"].([]any) {
			ids = append(ids, id.(string))
		}
		success, errors := len(ids) == 1 && ids[0] == good, `[]`
		if !success {
			failures++
			errors = `["bar 7 buckles"]`
		}
		used, err := json.Marshal(ids)
		if err != nil {
			t.Fatal(err)
		}
		trial := fmt.Sprintf(`{"trial_number": %d, "success": %t, "objective_value": %d, "errors": %s, "context_items_used": %s, "key": "run/%d"}`, n, success, 100-n, errors, used, n)
		if n == 15 {
			killAfterRecording(t, a, trial)
			a = p.agent(t, "--study", "truss")
			if again := a.ask(t, "record_trial", trial); again["duplicate"] != true {
				t.Errorf("what was acknowledged is not there: %v", again)
			}
			continue
		}
		if answer := a.ask(t, "record_trial", trial); answer["items_updated"] != 1.0 || answer["study"] != "truss" {
			t.Fatalf("trial %d: %v", n, answer)
		}
	}
	a.ask(t, "record_error", `{"trial_number": 31, "error_type": "license", "error_message": "no license", "key": "run/31"}`)
	status := a.ask(t, "study_status", `{}`)["statistics"].(map[string]any)
	if status["total_trials_processed"] != 30.0 || status["failed_trials"] != float64(failures) || status["pending_insights"] != float64(failures+1) || failures == 0 {
		t.Errorf("%d failures: %v", failures, status)
	}
	ranked := a.ask(t, "find_items", `{"rank": "net-score"}`)["items"].([]any)
	if first := ranked[0].(map[string]any)["id"]; first != good || ranked[len(ranked)-1].(map[string]any)["id"] != bad {
		t.Errorf("the best item is %v", first)
	}
	if preview := a.ask(t, "finalize_study", `{}`); preview["dry_run"] != true || preview["insights_added"] != 3.0 {
		t.Errorf("%v", preview)
	}
	if done := a.ask(t, "finalize_study", `{"dry_run": false, "key": "end"}`); done["insights_added"] != 3.0 || done["total_trials_processed"] != 30.0 {
		t.Errorf("%v", done)
	}
	if err := a.end(); err != nil {
		t.Errorf("%v: %s", err, a.stderr.text)
	}
	p.sound(t)
	if !strings.Contains(read(t, p.playbook()), "license: no license") {
		t.Error("playbook.json was not written")
	}
}

// killAfterRecording records a trial and kills the server as soon as it has answered. The
// agent takes the answer for lost.
func killAfterRecording(t *testing.T, a *agent, trial string) {
	t.Helper()
	a.ask(t, "record_trial", trial)
	if err := a.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = a.end()
}

// TestSeveralAgentsRecordAtOnce lets four servers record in one database.
func TestSeveralAgentsRecordAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must(t, "init")
	const agents, trials = 4, 50
	done := make(chan bool, agents)
	for n := range agents {
		a := p.agent(t)
		go func() {
			in := bufio.NewWriter(a.in)
			for trial := range trials {
				number := n*trials + trial
				_, _ = fmt.Fprintf(in, `{"jsonrpc": "2.0", "id": %d, "method": "tools/call", "params": %s}`+"\n", number,
					call("record_trial", fmt.Sprintf(`{"trial_number": %d, "success": true, "key": "%d"}`, number, number)))
			}
			_ = in.Flush()
			done <- a.end() == nil
		}()
	}
	for range agents {
		if !<-done {
			t.Error("a server failed")
		}
	}
	if got := p.must(t, "query", "select count(*) as n from trials", "--csv"); got != fmt.Sprintf("n\n%d\n", agents*trials) {
		t.Error(got)
	}
	p.sound(t)
}
