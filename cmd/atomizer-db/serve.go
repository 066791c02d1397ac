package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"atomizer-db/cmd/atomizer-db/page/server"
)

func (a *app) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show all studies of the database in a browser, live",
		Long: `Show all studies of the database as pages for a browser, which follow what any process
records. The pages only read. The address that is printed has a token, which each start
makes anew; a cookie keeps it. With --study it is that of the study's page. Ctrl-C ends the
server.

To watch a study on another machine, forward the port:
ssh -L 8765:127.0.0.1:8765 MACHINE.`,
		Example: `  atomizer-db serve --open
  atomizer-db serve --db 3_results/playbook.db --listen 127.0.0.1:9000`,
		Args: cobra.NoArgs,
	}
	listen := cmd.Flags().String("listen", "127.0.0.1:8765", "the `ADDRESS` to listen on; port 0 takes any that is free")
	noToken := cmd.Flags().Bool("no-token", false, "answer without a token, to everyone on this machine")
	open := cmd.Flags().Bool("open", false, "open the page in a browser")
	before(cmd, func() error { return checkListen(*listen, *noToken) })
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), *listen, *noToken, *open) }
	return cmd
}

// checkListen returns an error for an address that cannot be listened on, or not without a
// token.
func checkListen(address string, noToken bool) error {
	host, port, err := net.SplitHostPort(address)
	if _, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil {
		return usagef("--listen must be a host and a port, such as 127.0.0.1:8765, not %q", address)
	}
	ip, err := netip.ParseAddr(host)
	if noToken && host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return usagef("--no-token is for addresses of this machine, such as 127.0.0.1: others could read what %q serves", address)
	}
	return nil
}

func (a *app) serve(ctx context.Context, listen string, noToken, open bool) (err error) {
	loop, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer func() { err = closing(loop, err) }()
	monitor, err := loop.Monitor(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, monitor.Close()) }()
	study := ""
	if a.target.studyGiven {
		study = loop.StudyName()
		if err := monitor.Exists(ctx, study); err != nil {
			return err
		}
	}
	s, err := server.Listen(listen, noToken, monitor, loop.Path())
	if err != nil {
		return err
	}
	address := s.Address(study)
	_, _ = fmt.Fprintln(a.stdout, address)
	a.sayf("serving %s until Ctrl-C", loop.Path())
	if open {
		file, err := openBrowser(ctx, address)
		if err != nil {
			a.warn(fmt.Errorf("no browser was opened: %w", err))
		}
		defer func() { _ = os.Remove(file) }()
	}
	return s.Serve(ctx)
}

// openBrowser shows an address in the user's browser. It returns a file to be removed at the
// end. The file leads to the address, because everyone on the machine can read the arguments of
// a browser, and only the user the file.
func openBrowser(ctx context.Context, address string) (path string, err error) {
	file, err := os.CreateTemp("", "atomizer-db-*.html")
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(file, "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=%s\"><a href=\"%[1]s\">atomizer-db</a>\n", html.EscapeString(address))
	if err = errors.Join(err, file.Close()); err != nil {
		return file.Name(), err
	}
	command := []string{"xdg-open", file.Name()}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", file.Name()}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", file.Name()}
	}
	return file.Name(), exec.CommandContext(ctx, command[0], command[1:]...).Start()
}
