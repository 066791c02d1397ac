package power_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// tracedCalls are the system calls that a trace holds: those that the model of the
// disk follows, and those that would change a file behind its back.
const tracedCalls = "open,openat,openat2,creat,write,pwrite64,ftruncate,truncate,fsync,fdatasync," +
	"rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,mkdir,mkdirat," +
	"writev,pwritev,pwritev2,fallocate,copy_file_range,sendfile,splice,symlink,symlinkat,sync_file_range"

// longest is the number of bytes of a write that a trace holds.
const longest = 16 << 20

// strace returns the command that runs another under strace and adds a trace to a file:
// each call with the paths of its descriptors and all bytes that it writes. Where killed
// is not 0, the first thread that begins its killed-th sync dies at that, with its process.
func strace(ctx context.Context, file string, killed int, command ...string) *exec.Cmd {
	options := []string{
		"-f", "-y", "-q", "-xx", "-s", strconv.Itoa(longest),
		"-e", "signal=none", "-e", "trace=" + tracedCalls, "-A", "-o", file,
	}
	if killed > 0 {
		options = append(options, "-e", fmt.Sprintf("inject=fsync:signal=KILL:when=%d", killed))
	} else {
		options = append(options, "--seccomp-bpf") // faster, but strace 6.1 then does not count calls
	}
	return exec.CommandContext(ctx, "strace", slices.Concat(options, []string{"--"}, command)...)
}

// whyNoTrace returns why programs cannot be traced here, "" where they can.
func whyNoTrace(ctx context.Context, file string) string {
	if _, err := exec.LookPath("strace"); err != nil {
		return "strace is not installed: install it (apt-get install strace)"
	}
	if output, err := strace(ctx, file, 0, "true").CombinedOutput(); err != nil {
		return fmt.Sprintf("strace cannot trace here (%v): %s", err, output)
	}
	return ""
}

// span is the time between two lines of a trace: where strace saw a call begin, and
// where it saw it end.
type span struct{ begins, ends int }

// begun reports whether a call may have had an effect when the power was cut before
// line cut.
func (s span) begun(cut int) bool { return s.begins < cut }

// over reports whether a call had returned when the power was cut before line cut.
func (s span) over(cut int) bool { return s.ends < cut }

// before reports whether a call had returned when another began.
func (s span) before(other span) bool { return s.ends < other.begins }

// call is a system call that succeeded. Its arguments and result are texts as strace
// prints them, except that strings are decoded and a file descriptor is its path: ""
// where the file has been unlinked.
type call struct {
	span
	name   string
	args   []string
	result string
}

// readTrace reads the calls of a trace, in the order in which they began.
func readTrace(path string) (calls []call, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	type beginning struct {
		text  string
		place int // in calls
	}
	unfinished := map[string]beginning{} // by thread
	lines := bufio.NewReaderSize(file, 1<<20)
	for number := 0; ; number++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		thread, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		text = strings.TrimSpace(text)
		if begun, ok := strings.CutSuffix(text, "<unfinished ...>"); ok {
			unfinished[thread] = beginning{begun, len(calls)}
			calls = append(calls, call{span: span{number, number}})
			continue
		}
		place := len(calls)
		if strings.HasPrefix(text, "<... ") {
			_, rest, _ := strings.Cut(text, " resumed>")
			text, place = unfinished[thread].text+rest, unfinished[thread].place
		} else {
			calls = append(calls, call{span: span{number, number}})
		}
		c, err := parseCall(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number+1, err)
		}
		c.span = span{calls[place].begins, number}
		calls[place] = c
	}
	succeeded := calls[:0]
	for _, c := range calls {
		if c.name != "" {
			succeeded = append(succeeded, c)
		}
	}
	return succeeded, nil
}

// parseCall reads the text of one call. The name is empty for a call that failed and for
// text that is not a call.
func parseCall(text string) (c call, err error) {
	end := strings.LastIndex(text, ") ")
	begin := strings.Index(text, "(")
	if strings.HasPrefix(text, "+++") || begin < 0 || end < begin {
		return call{}, nil
	}
	_, result, found := strings.Cut(text[end:], "= ")
	if !found || strings.HasPrefix(result, "-1") || strings.HasPrefix(result, "?") {
		return call{}, nil
	}
	c.name = text[:begin]
	if c.result, err = decode(result); err != nil {
		return call{}, err
	}
	for arg := range strings.SplitSeq(text[begin+1:end], ", ") {
		decoded, err := decode(arg)
		if err != nil {
			return call{}, err
		}
		c.args = append(c.args, decoded)
	}
	return c, nil
}

// decode decodes a string or a file descriptor; other texts stay as they are. With
// strace -xx no delimiter stands in a string or a path.
func decode(text string) (string, error) {
	text = strings.TrimSpace(text)
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		quoted, whole := strings.CutSuffix(quoted, `"`)
		if !whole {
			return "", fmt.Errorf("a string that strace has shortened: %.40s", text)
		}
		return unhex(quoted)
	}
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		return text, nil
	}
	_, path, found := strings.Cut(text, "<")
	if !found {
		return text, nil
	}
	path, rest, _ := strings.Cut(path, ">")
	if rest == "(deleted)" {
		return "", nil
	}
	return unhex(path)
}

func unhex(text string) (string, error) {
	if !strings.HasPrefix(text, `\x`) {
		return text, nil // "pipe:[4711]" and the like
	}
	bytes, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	return string(bytes), err
}
