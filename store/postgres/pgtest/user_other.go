//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
)

func asUser(*exec.Cmd) error { return errors.ErrUnsupported }
func apart(*exec.Cmd)        {}
func give(string) error      { return errors.ErrUnsupported }
