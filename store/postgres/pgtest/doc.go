// Package pgtest gives tests a PostgreSQL of their own: clusters that they may kill, fresh
// databases, full disks, PgBouncer, and connections that are lost around a COMMIT.
//
// The first test of a process that asks for a database starts a cluster, as an unprivileged
// user and with PostgreSQL's own defaults, so also with fsync. It ends with the process.
// Where PostgreSQL is not installed, or with POSTGRES_TESTS=none in the environment, such
// tests are skipped; with POSTGRES_TESTS=required they fail.
package pgtest
