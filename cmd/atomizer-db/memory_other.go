//go:build !linux

package main

const measuresMemory = false

func resident() uint64 { return 0 }
