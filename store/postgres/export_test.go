package postgres

import (
	"context"
	"time"
)

// SetPatience shortens the time that updates and reads of a store wait for others, and for the
// server. It is called before the store is used.
func (s *Store) SetPatience(patience time.Duration) { s.patience = patience }

// StopFolding ends folding in the background: what is recorded stays unfolded until a
// transaction needs an order. It is called before the store is used.
func (s *Store) StopFolding() {
	s.folder.end()
	s.folder = &folder{store: s, woken: make(chan struct{}, 1), stopped: make(chan struct{}), ended: s.folder.ended}
}

// Fold folds, and returns how many events it folded.
func (s *Store) Fold() (int64, error) { return s.fold(context.Background()) }
