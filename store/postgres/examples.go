package postgres

import "atomizer-db/store"

// Examples are questions worth asking of any study.
var Examples = []store.Example{
	{Question: "How do the studies stand?", SQL: `
select study, trials, round((100 * success_rate)::numeric, 1) as percent, best_objective, best_trial, pending_insights
from study_statistics
order by last_trial_at desc nulls last;`},
	{Question: "Does the study get better?", SQL: `
select first_nth, last_nth, round((100 * success_rate)::numeric, 1) as percent, best_objective, best_so_far
from learning_curve
where study = :study and window_size = 25
order by nth_window;`},
	{Question: "Which trials set a new best?", SQL: `
select nth, trial_number, objective, recorded_at
from (select *, lag(best_so_far) over (order by nth) as best_before from trials where study = :study) t
where best_so_far is distinct from best_before
order by nth;`},
	{Question: "How do trials go with each item in context, and how without it?", SQL: `
select i.item, count(*) as trials_with, round(avg(i.success), 3) as rate_with,
    s.trials - count(*) as trials_without,
    round(cast(s.successes - sum(i.success) as numeric) / nullif(s.trials - count(*), 0), 3) as rate_without
from trial_items i
join study_statistics s using (study)
where i.study = :study and i.counts = 1
group by i.item, s.trials, s.successes
order by round(avg(i.success), 3) - round(cast(s.successes - sum(i.success) as numeric) / nullif(s.trials - count(*), 0), 3) desc nulls last, i.item;`},
	{Question: "Which errors come most often, and do they still?", SQL: `
select class, source, messages, trials, first_trial, last_trial, last_at
from error_classes
where study = :study
order by messages desc, class;`},
	{Question: "How did the score of the most used item come about?", SQL: `
select nth, change, study, trial_number, helpful, harmful, net_score, changed_at
from score_history
where item = (select item from playbook_items order by helpful + harmful desc, arrival limit 1)
order by nth;`},
	{Question: "In what ranges are the design variables of the ten best trials, and of all?", SQL: `
with best as (
    select event from trials where study = :study and objective is not null
    order by case (select direction from study_statistics where study = :study) when 'minimize' then objective else -objective end, nth
    limit 10
)
select name, min(value::numeric) filter (where event in (select event from best)) as best_from,
    max(value::numeric) filter (where event in (select event from best)) as best_to,
    min(value::numeric) as all_from, max(value::numeric) as all_to
from design_variables
where study = :study and counts = 1 and type in ('integer', 'real')
group by name
order by name;`},
	{Question: "Which items nearly always come together?", SQL: `
with used as (
    select event, item from trial_items where study = :study and counts = 1
),
uses as (
    select item, count(*) as trials from used group by item
)
select a.item, b.item as other, count(*) as together, round(cast(count(*) as numeric) / greatest(x.trials, y.trials), 3) as share
from used a
join used b on b.event = a.event and b.item > a.item
join uses x on x.item = a.item
join uses y on y.item = b.item
group by a.item, b.item, x.trials, y.trials
order by share desc, together desc, a.item, b.item
limit 20;`},
	{Question: "What became of the advice that was drawn?", SQL: `
select state, category, count(*) as insights, count(distinct item) as items, min(drawn_at) as first_at, max(drawn_at) as last_at
from insight_history
where study = :study
group by state, category
order by state, category;`},
	{Question: "Which trials were recorded more than once, or no longer count?", SQL: `
select trial_number, attempt, success, objective, is_current, is_void, is_before_reset, recorded_at
from all_trials t
where study = :study and (counts = 0 or exists (
    select 1 from all_trials o where o.study = t.study and o.trial_number = t.trial_number and o.attempt <> t.attempt))
order by trial_number, attempt;`},
}
