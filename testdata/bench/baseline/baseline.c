/* The work of recording trials, done in the obvious way in C: what SQLite itself
 * costs. The schema is ours, with all its constraints and foreign keys, and the
 * counts are exact in each transaction. WAL, synchronous=FULL; each statement is
 * prepared once, and each row is a statement, also in large transactions.
 *
 * usage: baseline SCHEMA FILE ITEMS TRIALS BATCH
 * makes the database FILE by the statements in the file SCHEMA, records TRIALS
 * trials of 5 usages in transactions of BATCH trials, and prints the trials a
 * second. Every fourth trial fails, with an error and a pending insight. The
 * trials are those that study_test.go sends to the Go program. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { USAGES = 5 };

static const long long start_us = 1767225600000000; /* 2026-01-01 */
static const sqlite3_int64 study = 1;

static sqlite3 *db;
static sqlite3_stmt *begin, *commit, *ledger, *usage, *score, *used, *statistics, *error, *insight;

static void die(const char *what) {
    fprintf(stderr, "baseline: %s: %s\n", what, db ? sqlite3_errmsg(db) : "cannot be read");
    exit(1);
}

static void run(const char *sql, const char *what) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(what);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK) die(sql);
    return stmt;
}

static void step(sqlite3_stmt *stmt) {
    if (sqlite3_step(stmt) != SQLITE_DONE) die(sqlite3_sql(stmt));
    sqlite3_reset(stmt);
}

/* text is the content of a file. */
static char *text(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END) != 0) die(path);
    long length = ftell(file);
    char *content = length < 0 ? NULL : calloc((size_t)length + 1, 1);
    rewind(file);
    if (!content || fread(content, 1, (size_t)length, file) != (size_t)length) die(path);
    fclose(file);
    return content;
}

/* create makes the database, with one study and a playbook of some items. */
static void create(const char *path, const char *schema, long items) {
    char *statements = text(schema);
    if (sqlite3_open(path, &db) != SQLITE_OK) die(path);
    run("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; begin", path);
    run(statements, schema);
    free(statements);
    run("insert into studies (study_id, name, created_us) values (1, 'default', 1767225600000000)", "a study");
    sqlite3_stmt *add[] = {
        prepare("insert into item_ids (item_no, id) values (?1, printf('str-%05d', ?1))"),
        prepare("insert into items (item_no, arrival, category, content, fingerprint, created_at)"
                " values (?1, ?1, 'str', 'advice ' || ?1, cast(?1 as blob), '2026-01-01T00:00:00.000000+00:00')"),
        prepare("insert into scores (item_no) values (?1)"),
    };
    for (size_t i = 0; i < sizeof add / sizeof *add; i++) {
        for (long item = 1; item <= items; item++) {
            sqlite3_bind_int64(add[i], 1, item);
            step(add[i]);
        }
        sqlite3_finalize(add[i]);
    }
    run("commit", path);
}

static void prepare_all(void) {
    begin = prepare("begin immediate");
    commit = prepare("commit");
    ledger = prepare("insert into ledger (study_id, type, trial_number, time_us, success, objective_value, design_variables,"
                     " extractor_used, duration_seconds, items_updated, insights_extracted)"
                     " values (?, 'trial', ?, ?, ?, ?, ?, '', 41.5, ?, ?)");
    usage = prepare("insert into usages (event_id, item_no, named, counted) values (?, ?, 1, 1)");
    score = prepare("update scores set helpful = helpful + ?1, harmful = harmful + 1 - ?1, last_used_us = ?2 where item_no = ?3");
    used = prepare("insert into study_items (study_id, item_no, trials_used_in) values (?, ?, 1)"
                   " on conflict (study_id, item_no) do update set trials_used_in = trials_used_in + 1");
    statistics = prepare("update studies set trials = trials + 1, successes = successes + ?1, pending = pending + 1 - ?1"
                         " where study_id = ?2");
    error = prepare("insert into errors (event_id, position, kind, class, message) values (?, 0, 'solver', 'Convergence failure', ?)");
    insight = prepare("insert into insights (event_id, study_id, category, content, helpful, trial_number)"
                      " values (?, ?, 'mis', 'Convergence failure: ' || ?, 0, ?)");
}

/* use records that a trial used an item. */
static void use(sqlite3_int64 event, long item, int success, long long time_us) {
    sqlite3_bind_int64(usage, 1, event);
    sqlite3_bind_int64(usage, 2, item);
    step(usage);
    sqlite3_bind_int(score, 1, success);
    sqlite3_bind_int64(score, 2, time_us);
    sqlite3_bind_int64(score, 3, item);
    step(score);
    sqlite3_bind_int64(used, 1, study);
    sqlite3_bind_int64(used, 2, item);
    step(used);
}

/* fail records the error of a trial, and the insight that is drawn from it. */
static void fail(sqlite3_int64 event, long number) {
    char message[100];
    int length = snprintf(message, sizeof message, "no convergence at load step %ld", number % 50);
    sqlite3_bind_int64(error, 1, event);
    sqlite3_bind_text(error, 2, message, length, SQLITE_TRANSIENT);
    step(error);
    sqlite3_bind_int64(insight, 1, event);
    sqlite3_bind_int64(insight, 2, study);
    sqlite3_bind_text(insight, 3, message, length, SQLITE_TRANSIENT);
    sqlite3_bind_int64(insight, 4, number);
    step(insight);
}

/* trial records a trial, within a transaction. */
static void trial(long number, long items) {
    int success = number % 4 != 3;
    long long time_us = start_us + number * 1000;
    char design[100];
    int length = snprintf(design, sizeof design, "{\"a1\":%ld.52,\"a2\":0.1,\"a3\":23.2,\"a4\":15.22}", 30 + number % 13);
    sqlite3_bind_int64(ledger, 1, study);
    sqlite3_bind_int64(ledger, 2, number);
    sqlite3_bind_int64(ledger, 3, time_us);
    sqlite3_bind_int(ledger, 4, success);
    if (success) sqlite3_bind_double(ledger, 5, 5060.9); else sqlite3_bind_null(ledger, 5);
    sqlite3_bind_text(ledger, 6, design, length, SQLITE_TRANSIENT);
    sqlite3_bind_int(ledger, 7, USAGES);
    sqlite3_bind_int(ledger, 8, !success);
    step(ledger);
    sqlite3_int64 event = sqlite3_last_insert_rowid(db);
    for (long k = 0; k < USAGES; k++) use(event, 1 + (number * 7 + k * 211) % items, success, time_us);
    if (!success) fail(event, number);
    sqlite3_bind_int(statistics, 1, success);
    sqlite3_bind_int64(statistics, 2, study);
    step(statistics);
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: baseline SCHEMA FILE ITEMS TRIALS BATCH\n");
        return 2;
    }
    long items = atol(argv[3]), trials = atol(argv[4]), batch = atol(argv[5]);
    create(argv[2], argv[1], items);
    prepare_all();

    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long n = 0; n < trials; n++) {
        if (n % batch == 0) step(begin);
        trial(n, items);
        if (n % batch == batch - 1 || n == trials - 1) step(commit);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%.0f\n", (double)trials / seconds);
    return sqlite3_close_v2(db) == SQLITE_OK ? 0 : 1;
}
