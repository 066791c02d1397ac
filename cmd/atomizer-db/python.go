package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/python"
	"atomizer-db/feedback/atomicfile"
	"atomizer-db/store"
)

func (a *app) pythonCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "python",
		Short: "Write the Python module, or install it",
		Long: `Write the Python module atomizer_db.py to standard output, or to a file with -o. It is one
file, for Python 3.8 or later, and needs no other module: copy it beside your script, or
install it. ` + "`python3 -m pydoc atomizer_db`" + ` prints its documentation.

--install writes it into the user site of the interpreter, or into that of the virtual
environment that the interpreter belongs to. --uninstall removes it from there.

The module starts this program. It finds it by the variable ATOMIZER_DB_BIN, in its own
folder, or on the path. The program must have the same major version as the module and
must not be older; development builds without a number fit all others.`,
		Example: `  atomizer-db python --install
  atomizer-db python --install --python .venv/bin/python
  atomizer-db python -o atomizer_db.py`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	output := flags.StringP("output", "o", "-", "write the module to `FILE`, or to standard output with -")
	install := flags.Bool("install", false, "install the module")
	uninstall := flags.Bool("uninstall", false, "remove the installed module")
	interpreter := flags.String("python", "python3", "the `PROGRAM` of the interpreter to install for")
	before(cmd, func() error {
		if flags.Changed("python") && !*install && !*uninstall {
			return usagef("--python is for --install and --uninstall: give one of them")
		}
		_, err := onlyOne(cmd, "output", "install", "uninstall")
		return err
	})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case *install:
			path, err := python.Install(cmd.Context(), *interpreter, programVersion())
			if err != nil {
				return err
			}
			a.sayf("installed %s", path)
			a.sayHowFound()
			return nil
		case *uninstall:
			path, err := python.Uninstall(cmd.Context(), *interpreter)
			if errors.Is(err, fs.ErrNotExist) {
				return store.Fail(err, "the module is not installed for %s: name another interpreter with --python", *interpreter)
			}
			if err == nil {
				a.sayf("removed %s", path)
			}
			return err
		case *output != "-":
			return atomicfile.Write(*output, python.Module(programVersion()))
		}
		_, err := a.stdout.Write(python.Module(programVersion()))
		return err
	}
	return cmd
}

// sayHowFound says what to do if the module would not find this program.
func (a *app) sayHowFound() {
	own, err := os.Executable()
	if err != nil {
		return
	}
	found, err := exec.LookPath("atomizer-db")
	if err == nil {
		if same, err := atomicfile.Same(found, own); err == nil && same {
			return
		}
	}
	a.sayf("to use this program and no other, put its folder on the path, or set ATOMIZER_DB_BIN=%s", own)
}
