// Package history imports and exports the history of studies: playbook.json and the
// formats of other tools, the studies of Optuna, and the events of the ledger.
//
// Its functions work in the transactions of their callers.
package history
