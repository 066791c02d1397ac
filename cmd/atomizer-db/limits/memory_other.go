//go:build !linux

package limits

// MeasuresMemory says whether a limit of memory has an effect.
const MeasuresMemory = false

func resident() uint64 { return 0 }
