package limits

import (
	"fmt"
	"os"
)

// MeasuresMemory says whether a limit of memory has an effect.
const MeasuresMemory = true

// resident returns how many bytes of the program are in memory, whoever uses them: Go
// or SQLite. It is 0 where /proc cannot be read.
func resident() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var all, pages uint64
	if _, err := fmt.Sscan(string(text), &all, &pages); err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
