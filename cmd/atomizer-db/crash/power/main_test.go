// Package power_test cuts the power. It records the system calls of real runs of the
// program with strace, rebuilds what the disk may hold after a power cut at any point,
// and opens each such image with the real program.
//
// In some runs a process is killed at a sync, and another goes on from what it has written:
// that is there for the other process, and not yet durable.
//
// The model of the disk is worse than most disks and file systems are:
//
//   - A write or truncation that no returned fsync or fdatasync of its file covers may be
//     there or not, each for itself. Of the last one, and of some others, only some
//     sectors of 512 bytes may be there.
//   - A new, renamed or removed name is durable when its folder has been synced, not
//     before. Until then the name leads to what it led to at any time since the folder's
//     last sync, each name for itself.
//   - What was synced is there. Bytes beside a write in its sector are never damaged.
//
// It leaves out: SQLite's index of the WAL (-shm), which is mapped into memory and made
// anew; modes, owners and times; bits that decay; a machine that crashes and damages
// memory first. Calls that run at the same time in several threads are taken in the order
// in which strace saw them begin. A file that is written without offsets has one writer.
// The model compares itself with the real folder at the end of each run, and fails on a
// call that it does not know.
//
// Choices follow -seed, the trace and the number of the image. Salts, times and threads
// differ from run to run, and so do traces: with -artifacts, a failure keeps its trace, the
// folder before it, and the image.
package power_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"atomizer-db/testdata/sources"
)

var seed = flag.Uint64("seed", 1, "the seed of all random choices")

// program is the path of the program, built for these tests.
var program string

func TestMain(m *testing.M) {
	if os.Getenv(asRecorder) == "" {
		sources.Main(m, &program)
	}
	if err := recorder(os.Getenv("DB"), os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
