package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheProgramHasTheVersionThatMakeLinksIn links the program with the flag that is in
// the Makefile.
func TestTheProgramHasTheVersionThatMakeLinksIn(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	flag := regexp.MustCompile(`-ldflags '(.+)\$\(VERSION\)'`).FindSubmatch(makefile)
	if flag == nil {
		t.Fatal("the Makefile links no version in")
	}
	program := filepath.Join(t.TempDir(), "atomizer-db")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags", string(flag[1])+"v1.2.3", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	said, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if want := "atomizer-db version v1.2.3"; err != nil || strings.TrimSpace(string(said)) != want {
		t.Errorf("%q instead of %q, %v", said, want, err)
	}
}
