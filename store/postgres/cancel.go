package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// canceler stops the statement of a connection when its context is done. If the server does not
// stop it within some time, the connection is lost.
//
// Unlike the library's, it does not give up a request that is under way when the statement has
// ended: PgBouncer 1.18 can end itself then.
type canceler struct {
	conn *pgconn.PgConn
	sent chan struct{}
}

func newCanceler(conn *pgconn.PgConn) ctxwatch.Handler { return &canceler{conn: conn} }

// HandleCancel is called when the context is done.
func (c *canceler) HandleCancel(context.Context) {
	deadline := time.Now().Add(stopTime)
	_ = c.conn.Conn().SetDeadline(deadline) // if it fails, the connection is lost already
	c.sent = make(chan struct{})
	go func() {
		defer close(c.sent)
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		defer cancel()
		_ = c.conn.CancelRequest(ctx) // if it fails, the deadline ends the statement for us
	}()
}

// HandleUnwatchAfterCancel is called when the statement has ended.
func (c *canceler) HandleUnwatchAfterCancel() {
	<-c.sent
	_ = c.conn.Conn().SetDeadline(time.Time{})
}
