/* A client that sends a program one line at a time and waits for each answer:
 * as lean as one can be, so that what is measured is the program.
 *
 * usage: client FILE PROGRAM [ARGUMENT]...
 * reads the first line of the program, sends the lines of FILE, and prints how many a
 * second were answered; the first, for which the database is opened, is not counted. An
 * answer with "error" in it ends it. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* hear waits until an answer is whole. */
static void hear(int from) {
    char answer[1 << 16];
    size_t got = 0;
    do {
        ssize_t more = read(from, answer + got, sizeof answer - 1 - got);
        if (more <= 0) die("client: read");
        got += (size_t)more;
    } while (answer[got - 1] != '\n');
    answer[got] = 0;
    if (strstr(answer, "\"error\"")) {
        fprintf(stderr, "client: %s", answer);
        exit(1);
    }
}

/* ask sends a line and waits for its answer. */
static void ask(int to, int from, const char *line, size_t length) {
    if (write(to, line, length) != (ssize_t)length) die("client: write");
    hear(from);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: client FILE PROGRAM [ARGUMENT]...\n");
        return 2;
    }
    FILE *file = fopen(argv[1], "r");
    if (!file) die(argv[1]);
    int in[2], out[2], status;
    if (pipe(in) || pipe(out)) die("client: pipe");
    pid_t child = fork();
    if (child < 0) die("client: fork");
    if (child == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int i = 0; i < 2; i++) {
            close(in[i]);
            close(out[i]);
        }
        execv(argv[2], argv + 2);
        die(argv[2]);
    }
    close(in[0]);
    close(out[1]);
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    long answered = -1;
    double start = 0;
    hear(out[0]);
    while ((length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] != '\n') line[length++] = '\n'; /* in place of the 0 */
        ask(in[1], out[0], line, (size_t)length);
        if (++answered == 0) start = seconds();
    }
    double elapsed = seconds() - start;
    close(in[1]);
    if (waitpid(child, &status, 0) < 0 || status != 0) die("client: the program failed");
    printf("%.0f\n", (double)answered / elapsed);
    return 0;
}
