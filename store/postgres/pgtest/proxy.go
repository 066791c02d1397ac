package pgtest

import (
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between clients and a server, and loses connections around commits.
type Proxy struct {
	Address string // of the same database through the proxy

	server   string
	listener net.Listener
	running  sync.WaitGroup

	mu            sync.Mutex
	closed        bool
	links         map[*link]bool
	before, after int
	lost          int
}

// NewProxy starts a proxy before the server of an address, which must say sslmode=disable.
func NewProxy(tb testing.TB, address string) *Proxy {
	tb.Helper()
	parsed, err := url.Parse(address)
	check(tb, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(tb, err)
	p := &Proxy{server: parsed.Host, listener: listener, links: map[*link]bool{}}
	parsed.Host = listener.Addr().String()
	p.Address = parsed.String()
	p.running.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// CutBeforeCommit loses the connection of each of the next n commits before the server
// hears of it, so that it rolls back.
func (p *Proxy) CutBeforeCommit(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = n
}

// CutAfterCommit loses the connection of each of the next n commits after the server has
// committed, but before the client hears of it.
func (p *Proxy) CutAfterCommit(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = n
}

// Cut loses all connections that there are.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.close()
	}
}

// Lost returns how many commits have lost their connections.
func (p *Proxy) Lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// loses reports whether a commit loses its connection now.
func (p *Proxy) loses(left *int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if *left == 0 {
		return false
	}
	*left--
	p.lost++
	return true
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.running.Go(func() { p.serve(client) })
	}
}

// serve ends when either side has closed its connection, or the proxy has lost it.
func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close() // as a server does that is down
		return
	}
	l := &link{p, client, server}
	if !p.add(l) {
		l.close()
		return
	}
	var both sync.WaitGroup
	for _, direction := range []func() error{l.toServer, l.toClient} {
		both.Go(func() {
			_ = direction() // an error ends both connections, and each side sees that
			l.close()
		})
	}
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.links[l] = true
	}
	return !p.closed
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Cut()
	p.running.Wait()
}
