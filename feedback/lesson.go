package feedback

import (
	"time"

	"atomizer-db/store"
)

// lesson is what a monitor has learned about the items by the trials of a study. Learning
// reads all of them, so it is done in the background, and takes no more than a tenth of the
// time.
type lesson struct {
	learned
	changes int64         // of the database, when it was begun; -1: never
	running chan struct{} // closed when it ends; nil: it is not running
	due     time.Time     // when it may be computed again
	waiting bool          // somebody will be told when it is due
	began   time.Time
	failed  error // of the last time
}

// firstWait is how long an answer waits for the first lesson of a study, so that the page of
// an ordinary study is complete at once.
const firstWait = 300 * time.Millisecond

// shortestRest is the least time between two lessons of a study.
const shortestRest = 200 * time.Millisecond

// learn returns what was last learned about a study, and learns anew in the background if
// something has changed since.
func (m *Monitor) learn(study int64, name string) learned {
	m.mutex.Lock()
	l := m.lessons[study]
	if l == nil {
		l = &lesson{changes: -1}
		m.lessons[study] = l
	}
	if l.running == nil && l.changes != m.changes && m.courses.Complete() {
		if wait := time.Until(l.due); wait > 0 {
			m.announceAfter(wait, l)
		} else {
			l.changes, l.running, l.began = m.changes, make(chan struct{}), time.Now()
			m.background.Go(func() { m.study(l, study, name) })
		}
	}
	known, running, left := l.learned, l.running, firstWait-time.Since(l.began)
	m.mutex.Unlock()
	if running == nil || !known.At.IsZero() || left <= 0 {
		return known
	}
	select {
	case <-running:
	case <-time.After(left):
	}
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	return l.learned
}

// announceAfter announces a change when a lesson is due, so that those who watch ask again.
func (m *Monitor) announceAfter(wait time.Duration, l *lesson) {
	if l.waiting {
		return
	}
	l.waiting = true
	m.background.Go(func() {
		select {
		case <-m.ctx.Done():
		case <-time.After(wait):
		}
		m.mutex.Lock()
		l.waiting = false
		m.mutex.Unlock()
		m.announce()
	})
}

// study computes a lesson.
func (m *Monitor) study(l *lesson, study int64, name string) {
	var found learned
	err := m.loop.store.View(m.ctx, func(rx store.Reader) (err error) {
		found, err = learn(rx, study, name)
		return err
	})
	m.mutex.Lock()
	if l.failed = err; err == nil {
		l.learned = found
	} else {
		l.changes = -1 // it is tried again, also when nothing has changed
	}
	close(l.running)
	l.running, l.due = nil, time.Now().Add(max(shortestRest, rest*time.Since(l.began)))
	m.mutex.Unlock()
	m.announce()
}
