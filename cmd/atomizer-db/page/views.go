package page

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"atomizer-db/feedback"
	"atomizer-db/feedback/course"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/report"
	"atomizer-db/store"
)

// Studies is the page that lists the studies of a database.
func Studies(list report.StudyList) (Page, error) {
	return build(Page{Title: "Studies", Here: StudiesPage}, list, "studies")
}

// studyView is what the page of a study shows.
type studyView struct {
	feedback.Overview
	Database string // its path, for commands
}

// Study is the page of a study.
func Study(o feedback.Overview, database string) (Page, error) {
	return build(Page{Title: named(o.Study), Study: o.Study, About: true, Here: StudyPage}, studyView{o, database},
		"facts", "course", "designs", "items", "errors", "pending", "finalizations")
}

// Command returns a command about the study for a shell.
func (v studyView) Command(args ...any) string {
	words := []string{"atomizer-db"}
	for _, arg := range args {
		words = append(words, quoted(fmt.Sprint(arg)))
	}
	return strings.Join(append(words, "--db", quoted(v.Database), "--study", quoted(v.Study)), " ")
}

// Legend explains the marks of the charts that are there.
func (v studyView) Legend() string {
	finalizations, commits := 0, 0
	for i := range v.Course.Stretches {
		finalizations += v.Course.Stretches[i].Finalizations
		commits += v.Course.Stretches[i].Commits
	}
	var legend []string
	if finalizations > 0 {
		legend = append(legend, "Vertical lines: finalizations.")
	}
	if commits > 0 {
		legend = append(legend, "Short lines at the top: commits of insights.")
	}
	return strings.Join(legend, " ")
}

// BestTrial returns the trial with the best objective, nil if there is none.
func (v studyView) BestTrial() *report.RecordedTrial {
	if len(v.Best) == 0 {
		return nil
	}
	return &v.Best[0]
}

// The choices of a page of trials.
var (
	TrialStates = []store.TrialState{store.Succeeded, store.Failed, store.Infeasible, store.Crashed, store.HeldOut, store.Void}
	TrialOrders = []store.TrialOrder{store.ByRecording, store.ByNumber, store.ByObjective, store.ByDuration}
)

// trialsView is what a page of trials shows.
type trialsView struct {
	report.TrialPage
	Study string
}

// Trials is a page that lists trials.
func Trials(p report.TrialPage, study string) (Page, error) {
	return build(Page{Title: "Trials of " + named(study), Study: study, About: true, Here: TrialsPage}, trialsView{p, study}, "filter", "trials")
}

// Sorted returns the link to the list sorted in another way.
func (v trialsView) Sorted(order string) string {
	p := v.TrialPage.TrialPage
	p.Ascending = p.Order == store.TrialOrder(order) && !p.Ascending || p.Order != store.TrialOrder(order) && order == string(store.ByObjective) && v.Direction == event.Minimize
	p.Order, p.Offset = store.TrialOrder(order), 0
	return trialsQuery(v.Study, p)
}

// Arrow says which way a column is sorted, for people and for aria-sort.
func (v trialsView) Arrow(order string) (arrow struct{ Sign, Name string }) {
	switch {
	case string(v.Order) != order:
		arrow.Name = "none"
	case v.Ascending:
		arrow.Sign, arrow.Name = "▲", "ascending"
	default:
		arrow.Sign, arrow.Name = "▼", "descending"
	}
	return arrow
}

// Page returns the link to the next page, or with -1 to the one before.
func (v trialsView) Page(by int64) string {
	p := v.TrialPage.TrialPage
	p.Offset = max(0, p.Offset+by*int64(p.Limit))
	return trialsQuery(v.Study, p)
}

// States are the choices of the filter.
func (trialsView) States() []store.TrialState { return TrialStates }

// trialView is what the page of a trial shows.
type trialView struct {
	report.TrialDetails
	Study string
}

// Trial is the page of one trial.
func Trial(t report.TrialDetails, study string) (Page, error) {
	title := fmt.Sprintf("Trial %d of %s", t.Number, named(study))
	return build(Page{Title: title, Study: study, About: true, Here: TrialPage}, trialView{t, study}, "trial")
}

// This returns the attempt that is shown.
func (v trialView) This() report.TrialAttempt { return v.Attempts[v.Attempt-1] }

// itemView is what the page of an item shows.
type itemView struct {
	feedback.ItemHistory
	Trials   feedback.ItemTrials
	Standing *report.Standing // nil: not known yet, or not in the playbook
	Learned  report.Learned
	Study    string
}

// Item is the page of one item.
func Item(h feedback.ItemHistory, t feedback.ItemTrials, l report.Learned, study string) (Page, error) {
	v := itemView{ItemHistory: h, Trials: t, Learned: l, Study: study}
	if at := slices.IndexFunc(l.Items, func(s report.Standing) bool { return s.ID == h.ID }); at >= 0 {
		v.Standing = &l.Items[at]
	}
	return build(Page{Title: "Item " + shown(h.ID), Study: study, About: true, Here: ItemPage}, v, "item")
}

// ItemFilter selects items.
type ItemFilter struct {
	Text  string // in the id or the content
	Limit int
	From  int
}

// itemsView is what a page of items shows.
type itemsView struct {
	ItemFilter
	report.Learned
	Shown []report.Standing
	More  bool
	Study string
}

// Items is a page that lists the items of the playbook.
func Items(l report.Learned, f ItemFilter, study string) (Page, error) {
	v := itemsView{ItemFilter: f, Learned: l, Study: study}
	words := strings.ToLower(f.Text)
	for _, s := range l.Items {
		if strings.Contains(strings.ToLower(s.ID+" "+s.Category+" "+string(s.Verdict)+" "+s.Content), words) {
			v.Shown = append(v.Shown, s)
		}
	}
	v.Shown = v.Shown[min(f.From, len(v.Shown)):]
	if v.More = len(v.Shown) > f.Limit; v.More {
		v.Shown = v.Shown[:f.Limit]
	}
	return build(Page{Title: "Items", Study: study, About: true, Here: ItemsPage}, v, "item-filter", "item-list")
}

// Page returns the link to the next page, or with -1 to the one before.
func (v itemsView) Page(by int) string {
	from := max(0, v.From+by*v.Limit)
	if from == 0 {
		return link(ItemsPage, v.Study, "text", v.Text)
	}
	return link(ItemsPage, v.Study, "text", v.Text, "from", fmt.Sprint(from))
}

// Refusal is a page that says why there is no other.
func Refusal(title, reason string) (Page, error) {
	return build(Page{Title: title, Here: "refusal"}, struct{ Title, Reason string }{title, reason}, "refusal")
}

// Report writes the report of a study as one HTML file without scripts.
func Report(w io.Writer, o feedback.Overview, database string) error {
	return write(w, "Learning report of "+named(o.Study), scene{ID: "course", Data: studyView{o, database}}, "report-study")
}

// allStudies is what the report of all studies shows.
type allStudies struct{ feedback.AllOverviews }

// Study is that of links, which a report has none of.
func (allStudies) Study() string { return "" }

// ReportAll writes the report of all studies as one HTML file without scripts.
func ReportAll(w io.Writer, all feedback.AllOverviews) error {
	return write(w, "Learning report of all studies", scene{Data: allStudies{all}}, "report-studies")
}

func write(w io.Writer, title string, s scene, body string) error {
	p := Page{}
	if err := p.add(body, s); err != nil {
		return err
	}
	return templates().ExecuteTemplate(w, "report.html", struct {
		Title, Policy string
		Style         template.CSS
		Body          template.HTML
	}{title, ownStyle(), template.CSS(Style), p.Parts[0].HTML})
}

// bestChanges returns the last places where the best objective changed, the latest first.
func bestChanges(o feedback.Overview) []place {
	best := places(o.Course.BestSoFar(o.Direction))
	slices.Reverse(best)
	return best[:min(len(best), 40)]
}

// lifted is a comparison on an axis from -Reach to Reach.
type lifted struct {
	report.Comparison
	Reach float64
}

// ranked is an item in a list.
type ranked struct {
	report.Standing
	Reach float64
	Study string
}

// sortable is the head of a column that a list can be sorted by.
type sortable struct {
	Label, Link string
	Number      bool
	Arrow       struct{ Sign, Name string }
}

// asStudy is the scene of a study among others in a report.
func asStudy(o feedback.Overview, nth int) scene {
	return scene{ID: fmt.Sprint("study-", nth), Data: studyView{Overview: o}}
}

// lastEvent is the last event of a study, as it is seen at a time.
type lastEvent struct {
	At     time.Time
	Course *course.Course
}
