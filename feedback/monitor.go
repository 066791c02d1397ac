package feedback

import (
	"context"
	"sync"
	"time"

	"atomizer-db/feedback/course"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// Monitor follows the studies of a database while any process records. An update reads only
// the events that are new. It holds no transaction while it waits. It may be used by many
// goroutines at once.
type Monitor struct {
	loop  *Loop
	watch store.Watch

	ctx        context.Context // ends with the monitor
	cancel     context.CancelFunc
	background sync.WaitGroup

	mutex   sync.RWMutex
	courses *course.Courses
	lessons map[int64]*lesson // by study
	changes int64             // of the database that were noticed
	changed chan struct{}     // closed at the next change
	failed  error             // of the last look; nil: none
}

const (
	lookInterval = 100 * time.Millisecond // how often a monitor looks for changes

	// rest is how much longer than it took to read all trials of a study (attribution, voids) the
	// next time is waited for: so it takes a tenth of the time of one processor at most.
	rest = 10
)

// Monitor returns a monitor of the loop's database, which follows it until it is closed or
// ctx is done. It must be closed before the loop.
func (l *Loop) Monitor(ctx context.Context) (*Monitor, error) {
	watch, err := l.store.Watch(ctx)
	if err != nil {
		return nil, err
	}
	m := &Monitor{loop: l, watch: watch, courses: course.NewCourses(), lessons: map[int64]*lesson{}, changed: make(chan struct{})}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.background.Go(m.run)
	return m, nil
}

// Close ends the monitor.
func (m *Monitor) Close() error {
	m.cancel()
	m.background.Wait()
	return m.watch.Close()
}

// run follows the database.
func (m *Monitor) run() {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	var reading chan error // of a study that is read anew; nil: there is none
	var fresh *course.Courses
	var began, due time.Time
	for {
		m.note(m.look())
		if study, stale := m.courses.Stale(); stale && reading == nil && time.Now().After(due) {
			began, fresh, reading = time.Now(), m.courses.Again(study), make(chan error, 1)
			m.background.Go(func() { reading <- m.read(fresh) })
		}
		select {
		case <-m.ctx.Done():
			return
		case err := <-reading:
			if err == nil {
				err = m.replace(fresh)
			}
			m.note(err)
			reading, due = nil, time.Now().Add(rest*time.Since(began))
		case <-ticker.C:
		}
	}
}

// look reads what is new.
func (m *Monitor) look() error {
	changed, err := m.watch.Changed(m.ctx)
	if err != nil || !changed && m.failed == nil {
		return err
	}
	m.mutex.Lock()
	m.changes++
	m.mutex.Unlock()
	for complete := false; !complete; {
		if err := m.loop.store.View(m.ctx, func(rx store.Reader) error {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			err := m.courses.Advance(rx)
			complete = m.courses.Complete()
			return err
		}); err != nil {
			return err
		}
		m.announce()
	}
	return nil
}

// read reads courses to the end.
func (m *Monitor) read(courses *course.Courses) error {
	for complete := false; !complete; complete = courses.Complete() {
		if err := m.loop.store.View(m.ctx, courses.Advance); err != nil {
			return err
		}
	}
	return nil
}

// replace puts a study that was read anew in the place of what was read before.
func (m *Monitor) replace(fresh *course.Courses) error {
	err := m.loop.store.View(m.ctx, func(rx store.Reader) error {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		for _, courses := range []*course.Courses{fresh, m.courses} { // to the same event
			for complete := false; !complete; complete = courses.Complete() {
				if err := courses.Advance(rx); err != nil {
					return err
				}
			}
		}
		m.courses.Replace(fresh)
		return nil
	})
	if err == nil {
		m.announce()
	}
	return err
}

// note keeps the error of the last look, which the next one tries to overcome.
func (m *Monitor) note(err error) {
	m.mutex.Lock()
	differs := (err == nil) != (m.failed == nil)
	m.failed = err
	m.mutex.Unlock()
	if differs {
		m.announce()
	}
}

// announce tells those who wait that an answer may have changed.
func (m *Monitor) announce() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	close(m.changed)
	m.changed = make(chan struct{})
}

// Changed returns a channel that is closed when an answer may have changed.
func (m *Monitor) Changed() <-chan struct{} {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	return m.changed
}

// Failed returns why the last look at the database failed, or learning from a study, nil if
// neither did.
func (m *Monitor) Failed() error {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	if m.failed != nil {
		return m.failed
	}
	for _, l := range m.lessons {
		if l.failed != nil {
			return l.failed
		}
	}
	return nil
}

// Study returns the loop of a study of the database, to ask more about it.
func (m *Monitor) Study(name string) *Loop { return m.loop.Study(name) }

// Exists returns [ErrNoStudy] if the database has no study of that name.
func (m *Monitor) Exists(ctx context.Context, name string) error {
	_, err := m.find(ctx, name)
	return err
}

// StudyList calls use with the studies of the database. What use gets is valid until it
// returns. While a long database is read for the first time, it is what has been read.
func (m *Monitor) StudyList(ctx context.Context, use func(report.StudyList) error) error {
	return m.view(ctx, func(rx store.Reader, courses *course.Courses) error {
		list, err := report.NewStudyList(rx, courses)
		if err != nil {
			return err
		}
		return use(list)
	})
}

// Overview calls use with what a page shows about a study, as [Monitor.StudyList] does, and
// with what was last learned about its items. It returns [ErrNoStudy] if the study does not
// exist.
func (m *Monitor) Overview(ctx context.Context, name string, use func(Overview) error) error {
	study, err := m.find(ctx, name)
	if err != nil {
		return err
	}
	known := m.learn(study, name)
	return m.view(ctx, func(rx store.Reader, courses *course.Courses) error {
		o, err := newOverview(rx, study, name, courses, known)
		if err != nil {
			return err
		}
		return use(o)
	})
}

// view calls fn with a state of the database and the courses that belong to it.
func (m *Monitor) view(ctx context.Context, fn func(store.Reader, *course.Courses) error) error {
	for {
		older := false // the courses were read further since the state was taken: take a newer one
		if err := m.loop.store.View(ctx, func(rx store.Reader) error {
			m.mutex.RLock()
			defer m.mutex.RUnlock()
			courses, err := m.courses.Now(rx)
			if older = courses == nil && err == nil; older || err != nil {
				return err
			}
			return fn(rx, courses)
		}); err != nil || !older {
			return err
		}
	}
}

// LastEvent returns the last event of a study, 0 if there is none. It returns [ErrNoStudy] if
// the study does not exist.
func (m *Monitor) LastEvent(ctx context.Context, name string) (event int64, err error) {
	study, err := m.find(ctx, name)
	if err != nil {
		return 0, err
	}
	err = m.view(ctx, func(_ store.Reader, courses *course.Courses) error {
		event = courses.Of(study).Last.Event
		return nil
	})
	return event, err
}

// Learned returns what was last learned about the items by the trials of a study. It returns
// [ErrNoStudy] if the study does not exist.
func (m *Monitor) Learned(ctx context.Context, name string) (report.Learned, error) {
	study, err := m.find(ctx, name)
	if err != nil {
		return report.Learned{}, err
	}
	return m.learn(study, name).Learned, nil
}

// find returns a study, or [ErrNoStudy] if the database has none of that name.
func (m *Monitor) find(ctx context.Context, name string) (study int64, err error) {
	err = m.loop.store.View(ctx, func(rx store.Reader) error {
		var found bool
		if study, found, err = rx.Study(name); err == nil && !found {
			err = noStudy(name)
		}
		return err
	})
	return study, err
}
