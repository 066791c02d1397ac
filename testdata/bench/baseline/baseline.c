/* The same rows as recording a trial, in the obvious way in C: what SQLite
 * itself costs. Statements prepared once, WAL, synchronous=FULL.
 *
 * usage: baseline FILE ITEMS TRIALS BATCH
 * records TRIALS trials of 5 usages in transactions of BATCH, and prints the
 * trials a second. Every fourth trial fails with one pending insight. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static sqlite3 *db;

static void die(const char *what) {
    fprintf(stderr, "baseline: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql);
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

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: baseline FILE ITEMS TRIALS BATCH\n");
        return 2;
    }
    long items = atol(argv[2]), trials = atol(argv[3]), batch = atol(argv[4]);
    if (sqlite3_open(argv[1], &db) != SQLITE_OK) die(argv[1]);
    run("pragma journal_mode = wal; pragma synchronous = full;"
        "create table outcome (trial_id integer primary key, study_id integer not null, number integer not null,"
        " success integer not null, objective real, design text not null, extractor text not null, duration real, time_us integer not null);"
        "create table usage (trial_id integer not null, item_id integer not null, primary key (trial_id, item_id)) without rowid;"
        "create table counter (item_id integer primary key, helpful integer not null, harmful integer not null);"
        "create table pending (id integer primary key, trial_id integer not null, category text not null, content text not null)");
    run("begin");
    sqlite3_stmt *item = prepare("insert into counter values (?, 0, 0)");
    for (long i = 1; i <= items; i++) {
        sqlite3_bind_int64(item, 1, i);
        step(item);
    }
    run("commit");

    sqlite3_stmt *begin = prepare("begin immediate"), *commit = prepare("commit");
    sqlite3_stmt *outcome = prepare("insert into outcome values (null, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_stmt *usage = prepare("insert into usage values (?, ?)");
    sqlite3_stmt *helpful = prepare("update counter set helpful = helpful + 1 where item_id = ?");
    sqlite3_stmt *harmful = prepare("update counter set harmful = harmful + 1 where item_id = ?");
    sqlite3_stmt *pending = prepare("insert into pending values (null, ?, ?, ?)");

    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long n = 0; n < trials; n++) {
        int success = n % 4 != 3;
        char text[200];
        if (n % batch == 0) step(begin);
        sqlite3_bind_int64(outcome, 1, 1);
        sqlite3_bind_int64(outcome, 2, n);
        sqlite3_bind_int(outcome, 3, success);
        if (success) sqlite3_bind_double(outcome, 4, 5060.9 + (double)(n % 977) / 7); else sqlite3_bind_null(outcome, 4);
        int length = snprintf(text, sizeof text, "{\"a1\":%.6f,\"a2\":%.6f,\"a3\":%.6f,\"a4\":%.6f}",
                              30.52 + n % 13, 0.1 + n % 7, 23.2 + n % 11, 15.22 + n % 5);
        sqlite3_bind_text(outcome, 5, text, length, SQLITE_TRANSIENT);
        sqlite3_bind_text(outcome, 6, "op2", 3, SQLITE_STATIC);
        sqlite3_bind_double(outcome, 7, 41.5);
        sqlite3_bind_int64(outcome, 8, 1767225600000000 + n * 1000);
        step(outcome);
        long trial = sqlite3_last_insert_rowid(db);
        for (long k = 0; k < 5; k++) {
            long id = 1 + (n * 7 + k * 211) % items;
            sqlite3_bind_int64(usage, 1, trial);
            sqlite3_bind_int64(usage, 2, id);
            step(usage);
            sqlite3_stmt *counter = success ? helpful : harmful;
            sqlite3_bind_int64(counter, 1, id);
            step(counter);
        }
        if (!success) {
            sqlite3_bind_int64(pending, 1, trial);
            sqlite3_bind_text(pending, 2, "mis", 3, SQLITE_STATIC);
            length = snprintf(text, sizeof text, "Convergence failure: no convergence at load step %ld", n % 50);
            sqlite3_bind_text(pending, 3, text, length, SQLITE_TRANSIENT);
            step(pending);
        }
        if (n % batch == batch - 1 || n == trials - 1) step(commit);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%.0f\n", (double)trials / seconds);
    return sqlite3_close_v2(db) == SQLITE_OK ? 0 : 1;
}
