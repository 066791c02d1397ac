package pgtest

import (
	"bufio"
	"net"
)

// link is a client's connection to the proxy, with the proxy's connection to the server.
type link struct {
	proxy          *Proxy
	client, server net.Conn
}

func (l *link) toServer() error {
	from, to := bufio.NewReader(l.client), bufio.NewWriter(l.server)
	var startup message
	if err := startup.readBody(from); err != nil {
		return err
	}
	if err := startup.write(to); err != nil {
		return err
	}
	commits := newCommits()
	return l.forward(from, to, func(m message) bool { return commits.asks(m) && l.proxy.loses(&l.proxy.before) })
}

func (l *link) toClient() error {
	from, to := bufio.NewReader(l.server), bufio.NewWriter(l.client)
	return l.forward(from, to, func(m message) bool { return m.committed() && l.proxy.loses(&l.proxy.after) })
}

// forward passes messages on up to the first one at which the connection is lost.
func (*link) forward(from *bufio.Reader, to *bufio.Writer, lost func(message) bool) error {
	for {
		if from.Buffered() == 0 {
			if err := to.Flush(); err != nil {
				return err
			}
		}
		m, err := readMessage(from)
		if err != nil {
			return err
		}
		if lost(m) {
			return nil
		}
		if err := m.write(to); err != nil {
			return err
		}
	}
}

func (l *link) close() {
	_ = l.client.Close()
	_ = l.server.Close()
}
