package feedback_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"atomizer-db/feedback"
	"atomizer-db/feedback/event"
	"atomizer-db/feedback/playbook"
)

func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "bracket")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	loop, err := feedback.OpenStudy(ctx, filepath.Join(folder, "bracket"))
	if err != nil {
		log.Fatal(err)
	}
	defer loop.Close()

	// Add your own advice. The loop adds what it learns.
	advice, _, err := loop.AddItem(ctx, playbook.Strategy, "Thicken the web before the flange")
	if err != nil {
		log.Fatal(err)
	}

	// Each trial names the items that were in its context.
	mass := 12.5
	if _, err := loop.RecordTrial(ctx, event.Trial{
		Number: 1, Success: true, Objective: &mass,
		DesignVariables: map[string]any{"web": 4.0, "flange": 6.5},
		ContextItems:    []string{advice.ID},
	}); err != nil {
		log.Fatal(err)
	}
	answer, err := loop.RecordTrial(ctx, event.Trial{
		Number: 2, Errors: []string{"Jacobian of element 4711 is negative"}, ContextItems: []string{advice.ID},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("insights from trial 2:", answer.InsightsExtracted)

	// End the study. Then playbook.json contains what was learned.
	done, err := loop.Finalize(ctx, event.Summary{Name: "bracket", TotalTrials: 2, ConvergenceRate: 0.5, Method: "TPE"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("insights added:", done.InsightsAdded)

	top, err := loop.Top(ctx, 3)
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range top {
		fmt.Printf("%s %+d used in %d: %s\n", item.ID, item.NetScore, item.TrialsUsedIn, item.Preview)
	}
	// Output:
	// insights from trial 2: 1
	// insights added: 2
	// str-00001 +0 used in 2: Thicken the web before the flange
	// mis-00001 +0 used in 0: Mesh failure: Jacobian of element 4711 is negative
	// mis-00002 +0 used in 0: TPE struggles on bracket: 50% of 2 trials succeeded
}
