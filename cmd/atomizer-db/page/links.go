package page

import (
	"net/url"
	"strconv"

	"atomizer-db/store"
)

// All pages are in one folder, so that links are relative and the page works behind a prefix.

// The names of the pages.
const (
	StudiesPage = ""
	StudyPage   = "study"
	TrialsPage  = "trials"
	TrialPage   = "trial"
	ItemsPage   = "items"
	ItemPage    = "item"
)

func link(name, study string, more ...string) string {
	query := url.Values{"study": {study}}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			query.Set(more[i], more[i+1])
		}
	}
	return name + "?" + query.Encode()
}

func studyLink(study string) string { return link(StudyPage, study) }

func trialsLink(study string) string { return link(TrialsPage, study) }

func itemsLink(study string) string { return link(ItemsPage, study) }

func trialLink(study string, number int64) string {
	return link(TrialPage, study, "number", strconv.FormatInt(number, 10))
}

func attemptLink(study string, number, attempt int64) string {
	return link(TrialPage, study, "number", strconv.FormatInt(number, 10), "attempt", strconv.FormatInt(attempt, 10))
}

func itemLink(study, id string) string {
	return ItemPage + "?" + url.Values{"study": {study}, "id": {id}}.Encode()
}

func classLink(study, class string) string { return link(TrialsPage, study, "class", class) }

func usesLink(study, item string) string { return link(TrialsPage, study, "item", item) }

// trialsQuery writes a filter of trials as a link.
func trialsQuery(study string, p store.TrialPage) string {
	order := string(p.Order)
	if p.Order == store.ByRecording {
		order = ""
	}
	ascending, offset := "", ""
	if p.Ascending {
		ascending = "up"
	}
	if p.Offset > 0 {
		offset = strconv.FormatInt(p.Offset, 10)
	}
	return link(TrialsPage, study, "sort", order, "order", ascending, "from", offset, "state", string(p.State), "class", p.Class, "item", p.Item, "text", p.Text)
}
