/* Progress and Ctrl-C. The first Ctrl-C only sets a flag, which the next progress step turns into a clean stop; the
 * second one ends the program at once, which is safe because every import is one transaction. The signal flag and
 * the time of the last line are the program's only state outside its handles: a signal handler can reach no other. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/verb.h"

static volatile sig_atomic_t stopped;
static bool line_shown;

static void on_signal(int number)
{
    (void)number;
    stopped = 1; /* SA_RESETHAND: the next one has its usual effect */
}

double vg_cli_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool quiet_step(void *ctx, const char *what, int64_t done, int64_t total)
{
    (void)ctx, (void)what, (void)done, (void)total;
    return !stopped;
}

static bool shown_step(void *ctx, const char *what, int64_t done, int64_t total)
{
    static double last;
    const vg_cli *c = ctx;
    double now = vg_cli_now_s();
    if (stopped || now - last < 0.1)
        return !stopped;
    last = now;
    char key[96];
    snprintf(key, sizeof key, "progress.%s", what);
    vg_str text = vg_message_has(VG_LANG_EN, key) ? vg_message(c->lang, key) : vg_str_z(what);
    fprintf(stderr, "\r\033[K%.*s", VG_P(text));
    if (total > 0)
        fprintf(stderr, " %d %%", (int)(100 * (double)done / (double)total));
    else if (done > 0)
        fprintf(stderr, " %lld", (long long)done);
    fflush(stderr);
    line_shown = true;
    return true;
}

vg_progress vg_terminal_begin(vg_cli *c)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = (plain && *plain) || !term || strcmp(term, "dumb") == 0;
    bool show = isatty(STDERR_FILENO) && !dumb && !c->quiet;
    return (vg_progress){ .step = show ? shown_step : quiet_step, .ctx = c };
}

void vg_terminal_end(void)
{
    if (!line_shown) /* also in the server's threads, which show none */
        return;
    fputs("\r\033[K", stderr);
    line_shown = false;
}

bool vg_terminal_stopped(void)
{
    return stopped != 0;
}
