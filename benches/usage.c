/* Stands in for a program that somebody else starts, and notes what it used: a line with its
 * processor time in microseconds and its peak resident memory in KiB. BENCH_PROGRAM says which
 * program, BENCH_USAGE to which file the line is appended. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long micros(struct timeval time) {
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv) {
    const char *program = getenv("BENCH_PROGRAM");
    const char *usage = getenv("BENCH_USAGE");
    (void)argc;
    if (!program || !usage)
        return 125;
    pid_t child = vfork();
    if (child == 0) {
        execv(program, argv);
        _exit(126);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) < 0)
        return 127;
    int file = open(usage, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0)
        dprintf(file, "%lld %ld\n", micros(used.ru_utime) + micros(used.ru_stime), used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
