// Package history brings the history of studies in and out: playbook.json and
// the formats of other tools, the studies of Optuna, and the events of the
// ledger.
//
// It works in the transactions that it is handed.
package history
