package page_test

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atomizer-db/feedback"
)

//go:embed testdata/measure.js
var measure string

// look is what a browser measured on a page.
type look struct {
	Charts []struct {
		Label         string
		Marks, All    int // marks: strokes that are visible inside the chart
		Texts         int
		Cut, Overlaps int // number of texts that are cut, and that overlap
	}
	Strips        int
	EmptyStrips   int
	Dark          bool
	Sideways      int // how far the page would have to be scrolled sideways
	LeastContrast float64
}

// TestPageInBrowser checks that charts have marks and readable labels, in light and dark
// mode and on broad and narrow screens, and that the page fetches and runs nothing.
func TestPageInBrowser(t *testing.T) {
	browser := findBrowser(t)
	for _, c := range []struct {
		name   string
		study  func(*testing.T) *feedback.Loop
		dark   bool
		width  string
		charts int
		marks  int // at least, in each
		strips int
	}{
		{"a study", bracket(300), false, "1200", 3, 15, 4},
		{"in the dark, narrow", bracket(300), true, "500", 3, 15, 4},
		{"one trial", bracket(1), false, "500", 3, 4, 4},
		{"hard texts and numbers", hard, true, "500", 3, 4, 4},
		{"nothing", nothing, false, "1200", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown := show(t, browser, written(t, c.study(t)), c.width, c.dark)
			if len(shown.Charts) != c.charts || shown.Strips < c.strips || shown.EmptyStrips > 0 {
				t.Errorf("%d charts, %d strips, %d of them empty", len(shown.Charts), shown.Strips, shown.EmptyStrips)
			}
			for _, chart := range shown.Charts {
				if chart.Marks < c.marks || chart.Marks != chart.All || chart.Texts < 4 || chart.Cut+chart.Overlaps > 0 {
					t.Errorf("%+v", chart)
				}
			}
			if shown.Dark != c.dark || shown.Sideways > 0 || shown.LeastContrast < 4.5 {
				t.Errorf("dark %v, sideways %d, contrast %.2f", shown.Dark, shown.Sideways, shown.LeastContrast)
			}
		})
	}
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium on the path: install Debian's package chromium")
	return ""
}

var (
	console = regexp.MustCompile(`CONSOLE[:(].*`)
	result  = regexp.MustCompile(`<pre id="measured">(.*)</pre>`)
)

// show loads a page into a browser and measures it there. The console must hold only
// the line of the measurement.
func show(t *testing.T, browser, text, width string, dark bool) (shown look) {
	t.Helper()
	digest := sha256.Sum256([]byte(measure))
	allowed := "script-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "';" // the measurement alone
	text = strings.Replace(text, "default-src 'none';", "default-src 'none'; "+allowed, 1)
	text = strings.Replace(text, "</body>", "<script>"+measure+"</script></body>", 1)
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	scheme := "1"
	if dark {
		scheme = "0"
	}
	cmd := exec.CommandContext(
		t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
		"--user-data-dir="+filepath.Join(t.TempDir(), "profile"), "--blink-settings=preferredColorScheme="+scheme,
		"--window-size="+width+",2000", "--dump-dom", "file://"+path,
	)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	lines := console.FindAllString(stderr.String(), -1)
	if len(lines) != 1 || !strings.Contains(lines[0], `"measured"`) {
		t.Errorf("the console says %q", lines)
	}
	found := result.FindStringSubmatch(stdout.String())
	if found == nil {
		t.Fatalf("nothing was measured: %s", stderr.String())
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &shown); err != nil {
		t.Fatal(err)
	}
	return shown
}
