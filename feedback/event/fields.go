package event

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// The fields of each type of event, in the order in which they are written.
var (
	trials = newTable(TypeTrial, Trial{}, func(t *Trial) *Header { return &t.Header }, func() []field[Trial] {
		return []field[Trial]{
			required(at("trial_number", integer, func(t *Trial) *int64 { return &t.Number })),
			required(at("success", boolean, func(t *Trial) *bool { return &t.Success })),
			at("objective_value", optionalNumber, func(t *Trial) **float64 { return &t.Objective }),
			instant(func(t *Trial) *Header { return &t.Header }),
			at("duration_seconds", number, func(t *Trial) *float64 { return &t.DurationSeconds }),
			at("extractor_used", text, func(t *Trial) *string { return &t.Extractor }),
			at("context_items_used", texts, func(t *Trial) *[]string { return &t.ContextItems }),
			at("context_items_shown", texts, func(t *Trial) *[]string { return &t.ShownItems }).
				leftOut(func(t *Trial) bool { return len(t.ShownItems) == 0 }),
			at("holdout", boolean, func(t *Trial) *bool { return &t.Holdout }).
				leftOut(func(t *Trial) bool { return !t.Holdout }),
			at("errors", texts, func(t *Trial) *[]string { return &t.Errors }),
			at("constraint_violations", texts, func(t *Trial) *[]string { return &t.ConstraintViolations }),
			at("design_variables", variables, func(t *Trial) *map[string]any { return &t.DesignVariables }),
			at("details", object, func(t *Trial) *jsontext.Value { return &t.Details }),
			at("learn", negated, func(t *Trial) *bool { return &t.NoLearn }).
				leftOut(func(t *Trial) bool { return !t.NoLearn }),
		}
	})

	errorReports = newTable(TypeError, ErrorReport{}, func(e *ErrorReport) *Header { return &e.Header }, func() []field[ErrorReport] {
		return []field[ErrorReport]{
			required(at("trial_number", integer, func(e *ErrorReport) *int64 { return &e.TrialNumber })),
			required(at("error_type", text, func(e *ErrorReport) *string { return &e.ErrorType })),
			required(at("error_message", text, func(e *ErrorReport) *string { return &e.Message })),
			instant(func(e *ErrorReport) *Header { return &e.Header }),
			at("context_items_used", texts, func(e *ErrorReport) *[]string { return &e.ContextItems }),
		}
	})

	summaries = newTable(TypeFinalize, Summary{Name: UnknownName}, func(s *Summary) *Header { return &s.Header }, func() []field[Summary] {
		return []field[Summary]{
			at("name", text, func(s *Summary) *string { return &s.Name }),
			at("total_trials", integer, func(s *Summary) *int64 { return &s.TotalTrials }),
			at("best_value", number, func(s *Summary) *float64 { return &s.BestValue }),
			at("convergence_rate", number, func(s *Summary) *float64 { return &s.ConvergenceRate }),
			at("method", text, func(s *Summary) *string { return &s.Method }),
			at("prune_by", pruneRule, func(s *Summary) *string { return &s.PruneBy }).
				leftOut(func(s *Summary) bool { return s.PruneRule() == PruneByNetScore }),
			at("prune_below", optional(integer), func(s *Summary) **int64 { return &s.PruneBelow }).
				leftOut(func(s *Summary) bool { return s.PruneThreshold() == DefaultPruneBelow }),
			decided(at("pruned_items", givenTexts, func(s *Summary) *[]string { return &s.PrunedItems }).
				leftOut(func(s *Summary) bool { return s.PrunedItems == nil })),
			at("save_playbook", negated, func(s *Summary) *bool { return &s.NoSave }),
			instant(func(s *Summary) *Header { return &s.Header }),
		}
	})

	resets = newTable(TypeReset, Reset{}, func(r *Reset) *Header { return &r.Header }, func() []field[Reset] {
		return []field[Reset]{
			instant(func(r *Reset) *Header { return &r.Header }),
		}
	})

	voids = newTable(TypeVoid, Void{}, func(v *Void) *Header { return &v.Header }, func() []field[Void] {
		return []field[Void]{
			required(at("trial_number", integer, func(v *Void) *int64 { return &v.TrialNumber })),
			at("attempt", attempt, func(v *Void) *int64 { return &v.Attempt }).
				leftOut(func(v *Void) bool { return v.Attempt == 0 }),
			at("undo", boolean, func(v *Void) *bool { return &v.Undo }),
			instant(func(v *Void) *Header { return &v.Header }),
		}
	})

	commits = newTable(TypeCommitInsights, CommitInsights{}, func(c *CommitInsights) *Header { return &c.Header }, func() []field[CommitInsights] {
		return []field[CommitInsights]{
			at("insights", insightTexts, func(c *CommitInsights) *[]InsightText { return &c.Insights }).
				leftOut(func(c *CommitInsights) bool { return c.Insights == nil }),
			instant(func(c *CommitInsights) *Header { return &c.Header }),
		}
	})

	rejections = newTable(TypeRejectInsights, RejectInsights{}, func(r *RejectInsights) *Header { return &r.Header }, func() []field[RejectInsights] {
		return []field[RejectInsights]{
			required(at("insights", insightTexts, func(r *RejectInsights) *[]InsightText { return &r.Insights })),
			at("reason", text, func(r *RejectInsights) *string { return &r.Reason }).
				leftOut(func(r *RejectInsights) bool { return r.Reason == "" }),
			instant(func(r *RejectInsights) *Header { return &r.Header }),
		}
	})

	insightEdits = newTable(TypeEditInsight, EditInsight{}, func(e *EditInsight) *Header { return &e.Header }, func() []field[EditInsight] {
		return []field[EditInsight]{
			required(at("category", category, func(e *EditInsight) *string { return &e.Category })),
			required(at("content", text, func(e *EditInsight) *string { return &e.Content })),
			required(at("new_content", someWords, func(e *EditInsight) *string { return &e.NewContent })),
			instant(func(e *EditInsight) *Header { return &e.Header }),
		}
	})

	itemEdits = newTable(TypeEditItem, EditItem{}, func(e *EditItem) *Header { return &e.Header }, func() []field[EditItem] {
		return []field[EditItem]{
			required(at("item", text, func(e *EditItem) *string { return &e.Item })),
			required(at("content", someWords, func(e *EditItem) *string { return &e.Content })),
			instant(func(e *EditItem) *Header { return &e.Header }),
		}
	})

	taggings = newTable(TypeTagItem, TagItem{}, func(t *TagItem) *Header { return &t.Header }, func() []field[TagItem] {
		return []field[TagItem]{
			required(at("item", text, func(t *TagItem) *string { return &t.Item })),
			at("add", texts, func(t *TagItem) *[]string { return &t.Add }).
				leftOut(func(t *TagItem) bool { return len(t.Add) == 0 }),
			at("remove", texts, func(t *TagItem) *[]string { return &t.Remove }).
				leftOut(func(t *TagItem) bool { return len(t.Remove) == 0 }),
			instant(func(t *TagItem) *Header { return &t.Header }),
		}
	})

	retirements = newTable(TypeRetireItem, RetireItem{}, func(r *RetireItem) *Header { return &r.Header }, func() []field[RetireItem] {
		return []field[RetireItem]{
			required(at("item", text, func(r *RetireItem) *string { return &r.Item })),
			at("reason", text, func(r *RetireItem) *string { return &r.Reason }).
				leftOut(func(r *RetireItem) bool { return r.Reason == "" }),
			instant(func(r *RetireItem) *Header { return &r.Header }),
		}
	})

	merges = newTable(TypeMergeItems, MergeItems{}, func(m *MergeItems) *Header { return &m.Header }, func() []field[MergeItems] {
		return []field[MergeItems]{
			required(at("item", text, func(m *MergeItems) *string { return &m.Item })),
			required(at("into", text, func(m *MergeItems) *string { return &m.Into })),
			instant(func(m *MergeItems) *Header { return &m.Header }),
		}
	})

	restorations = newTable(TypeRestoreItem, RestoreItem{}, func(r *RestoreItem) *Header { return &r.Header }, func() []field[RestoreItem] {
		return []field[RestoreItem]{
			required(at("item", text, func(r *RestoreItem) *string { return &r.Item })),
			instant(func(r *RestoreItem) *Header { return &r.Header }),
		}
	})

	studies = bareTable(TypeStudy, Study{}, func(s *Study) *Header { return &s.Header }, func() []field[Study] {
		return []field[Study]{
			study(func(s *Study) *Header { return &s.Header }),
			instant(func(s *Study) *Header { return &s.Header }),
			direction(func(s *Study) *Header { return &s.Header }),
		}
	})

	playbooks = bareTable(TypePlaybook, Playbook{}, func(p *Playbook) *Header { return &p.Header }, func() []field[Playbook] {
		return []field[Playbook]{
			instant(func(p *Playbook) *Header { return &p.Header }),
			at("start", boolean, func(p *Playbook) *bool { return &p.Start }).
				leftOut(func(p *Playbook) bool { return !p.Start }),
			at("file", text, func(p *Playbook) *string { return &p.File }).
				leftOut(func(p *Playbook) bool { return p.File == "" }),
			at("digest", hexadecimal, func(p *Playbook) *string { return &p.Digest }).
				leftOut(func(p *Playbook) bool { return p.Digest == "" }),
			at("follows", hexadecimal, func(p *Playbook) *string { return &p.Follows }).
				leftOut(func(p *Playbook) bool { return p.Follows == "" }),
			required(at("version", integer, func(p *Playbook) *int64 { return &p.Version })),
			at("last_updated", optionalText, func(p *Playbook) **string { return &p.LastUpdated }).
				leftOut(func(p *Playbook) bool { return p.LastUpdated == nil }),
			at("undated", boolean, func(p *Playbook) *bool { return &p.Undated }).
				leftOut(func(p *Playbook) bool { return !p.Undated }),
			at("created_at", optionalText, func(p *Playbook) **string { return &p.CreatedAt }).
				leftOut(func(p *Playbook) bool { return p.CreatedAt == nil }),
			at("created", moment, func(p *Playbook) *time.Time { return &p.Created }).
				leftOut(func(p *Playbook) bool { return p.Created.IsZero() }),
			at("fields", object, func(p *Playbook) *jsontext.Value { return &p.Fields }).
				leftOut(func(p *Playbook) bool { return p.Fields == nil }),
			at("last_numbers", lastNumbers, func(p *Playbook) *map[string]int64 { return &p.LastNumbers }).
				leftOut(func(p *Playbook) bool { return len(p.LastNumbers) == 0 }),
			at("items", itemChanges, func(p *Playbook) *[]ItemChange { return &p.Items }).
				leftOut(func(p *Playbook) bool { return len(p.Items) == 0 }),
			at("frames", frameChanges, func(p *Playbook) *[]FrameChange { return &p.Frames }).
				leftOut(func(p *Playbook) bool { return len(p.Frames) == 0 }),
		}
	})
)

// forms are the tables by type of event.
var forms = map[string]form{
	TypeTrial: trials, TypeError: errorReports, TypeFinalize: summaries, TypeReset: resets, TypeVoid: voids,
	TypeCommitInsights: commits, TypeRejectInsights: rejections, TypeEditInsight: insightEdits,
	TypeEditItem: itemEdits, TypeTagItem: taggings, TypeRetireItem: retirements, TypeMergeItems: merges, TypeRestoreItem: restorations,
	TypeStudy: studies, TypePlaybook: playbooks,
}

// typeNames lists the types in error messages.
var typeNames = strings.Join(Types, ", ")

// The fields of the header.

func study[E Event](head func(*E) *Header) field[E] {
	f := at("study", optionalText, func(e *E) **string { return &head(e).Study })
	f.part = address
	return f.leftOut(func(e *E) bool { return head(e).Study == nil })
}

func key[E Event](head func(*E) *Header) field[E] {
	f := at("key", keyText, func(e *E) *string { return &head(e).Key })
	f.part = address
	return f.leftOut(func(e *E) bool { return head(e).Key == "" })
}

func direction[E Event](head func(*E) *Header) field[E] {
	f := at("direction", directionText, func(e *E) *string { return &head(e).Direction })
	f.part = address
	return f.leftOut(func(e *E) bool { return head(e).Direction == "" })
}

func instant[E Event](head func(*E) *Header) field[E] {
	f := at("time", moment, func(e *E) *time.Time { return &head(e).Time })
	f.part = when
	return f.leftOut(func(e *E) bool { return head(e).Time.IsZero() })
}
