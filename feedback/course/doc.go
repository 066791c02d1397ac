// Package course follows studies while they are recorded. It reads each event once, in
// order of commit, and keeps what a page shows of it: so an update costs the same
// however long a study is. Events whose order may still change are not kept: they are read
// again for each page.
//
// A study of many trials is divided into stretches of equally many trials: 800 at most.
// When there are more, two neighbours become one. A stretch keeps its lowest and its
// highest objective, so no extreme is lost, and its first one, which stands for the rest.
package course
