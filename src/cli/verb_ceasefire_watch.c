/*
 * vigie ceasefire watch: reports from a broker, a folder and standard input to the desk, as they come, and what follows
 * from them on the screen. Invariant: nothing is acknowledged, moved away or given up before the desk has committed it.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/ceasefire_intake.h"
#include "core/date.h"
#include "source/folder.h"
#include "source/nats.h"

const vg_opt vg_ceasefire_watch_options[] = {
    { "agreement", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "nats", VG_OPT_TEXT, "URL", NULL, 0, 0 },
    { "stream", VG_OPT_TEXT, "NAME", "vigie", 0, 0 },
    { "subject", VG_OPT_TEXT, "SUBJECT", "vigie.reports.>", 0, 0 },
    { "consumer", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "make-stream", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "ack-wait", VG_OPT_INT, "SECONDS", "30", 1, 3600 },
    { "folder", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "stdin", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "rejects", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "once", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

enum { WAIT_MS = 50, IDLE_MS = 500, NEWS = 500, SHOWN_SLOTS = 1 << 14, LINE_BYTES = 4 << 20, ONCE_MS = 2500 };

/* What was shown of an incident last, so that a line stands for a change. */
typedef struct {
    uint64_t id;
    int8_t level, attribution, party, verification;
} shown_incident;

typedef struct {
    vg_cli *c;
    vg_desk *desk;
    vg_store *news; /* a handle of its own, for outcomes */
    vg_str id;
    int64_t last_outcome;
    vg_intake intake;
    vg_nats *nats;
    vg_folder *folder;
    shown_incident *shown; /* SHOWN_SLOTS, by id: a newer one takes the place of an older */
    bool has_stdin, told_away, is_idle;
    char *line; /* of standard input, up to LINE_BYTES */
    int64_t n_line, first_line;
    double last_tick_s, next_test_s;
} watching;

/* --- what follows --- */

static vg_str party_name(const vg_agreement *a, int32_t party)
{
    return party >= 0 && party < a->n_parties ? a->party[party].name : VG_NOSTR;
}

static vg_str word(const watching *w, const char *group, const char *name)
{
    char key[96];
    snprintf(key, sizeof key, "ceasefire.%s.%s", group, name);
    return w->c->form == VG_FORM_TABLE ? vg_message(w->c->lang, key) : vg_str_z(name);
}

static void put_people(const watching *w, const vg_agreement *a, const vg_incident *x, vg_str clause)
{
    char at[32], who[200];
    vg_str party = party_name(a, x->party),
           attribution = word(w, "attribution", vg_attribution_name(x->attribution));
    int n = snprintf(who, sizeof who, "%.*s%s%.*s", VG_P(attribution), party.n ? ", " : "",
                     VG_P(vg_utf8_head(party, 100)));
    vg_line(w->c, "ceasefire.watch.line", vg_arg_text("at", vg_instant_text(x->from, at)),
            vg_arg_text("level", word(w, "level", vg_level_name(x->level))),
            vg_arg_text("clause", clause.n ? clause : VG_S("\xE2\x80\x93")),
            vg_arg_text("act", word(w, "act", vg_act_name(x->act))), vg_arg_text("who", (vg_str){ who, n }),
            vg_arg_num("lat", x->lat_deg, 3), vg_arg_num("lon", x->lon_deg, 3),
            vg_arg_int("n", x->n_reports));
}

static void put_csv(const watching *w, const vg_agreement *a, const vg_incident *x, vg_str clause)
{
    char at[32];
    vg_out *o = w->c->out;
    vg_print(o, "%016llx,%.*s,%s,", (unsigned long long)x->id, VG_P(vg_instant_text(x->from, at)),
             vg_level_name(x->level));
    vg_put_csv(o, clause);
    vg_print(o, ",%s,%s,", vg_act_name(x->act), vg_attribution_name(x->attribution));
    vg_put_csv(o, x->party >= 0 && x->party < a->n_parties ? a->party[x->party].id : VG_NOSTR);
    vg_put_char(o, ',');
    vg_put_fixed(o, x->lat_deg, 5);
    vg_put_char(o, ',');
    vg_put_fixed(o, x->lon_deg, 5);
    vg_print(o, ",%d\n", (int)x->n_reports);
}

/* True when this is another answer than the one shown last. */
static bool is_news(watching *w, const vg_incident *x)
{
    shown_incident *s = &w->shown[x->id % SHOWN_SLOTS];
    shown_incident now = { x->id, x->level, x->attribution, x->party, x->verification };
    bool same = s->id == now.id && s->level == now.level && s->attribution == now.attribution &&
                s->party == now.party && s->verification == now.verification;
    bool none = x->level == VG_LEVEL_NONE && s->id != now.id;
    if (!none)
        *s = now;
    return !same && !none;
}

static void show(watching *w, const vg_incident *x)
{
    const vg_agreement *a = vg_desk_agreement(w->desk);
    if (!is_news(w, x))
        return;
    vg_str clause = x->n_breaches ? a->clause[x->breach[0].clause].id : VG_NOSTR;
    if (w->c->form == VG_FORM_TABLE) {
        put_people(w, a, x, clause);
    } else if (w->c->form == VG_FORM_CSV) {
        put_csv(w, a, x, clause);
    } else {
        vg_json j = vg_json_to(w->c->out);
        vg_incident_json(&j, a, x);
        vg_put_char(w->c->out, '\n');
    }
}

/* Text of a member of an outcome's own JSON, which the desk has written. */
static vg_str member(vg_str body, vg_str name)
{
    ptrdiff_t at = vg_find(body, name);
    vg_str rest = vg_sub(body, at + name.n, body.n);
    return at < 0 ? VG_NOSTR : vg_cut(&rest, '"');
}

/* An alert: things get worse. CSV has no line for it. */
static void show_alert(const watching *w, const vg_outcome *o)
{
    char at[32];
    if (w->c->form == VG_FORM_TABLE) {
        vg_line(w->c, "ceasefire.watch.alert", vg_arg_text("at", vg_instant_text(o->at, at)),
                vg_arg_text("rule", member(o->body, VG_S("\"rule\":\""))));
    } else if (w->c->form == VG_FORM_JSON) {
        vg_put(w->c->out, o->body);
        vg_put_char(w->c->out, '\n');
    }
}

/* Incidents that outcomes tell of, each as it stands now. */
static bool show_news(void *ctx, vg_err *e)
{
    watching *w = ctx;
    vg_arena a;
    if (!vg_arena_init(&a, 256 << 20, e))
        return false;
    vg_outcome *o;
    int64_t n = NEWS;
    bool good = true;
    while (good && n == NEWS) {
        vg_arena_reset(&a);
        good = vg_report_outcomes(w->news, w->id, w->last_outcome, NEWS, &a, &o, &n, NULL, e);
        for (int64_t i = 0; good && i < n; i++) {
            vg_incident x;
            vg_err none = VG_NO_ERR;
            w->last_outcome = o[i].n;
            if (o[i].kind == VG_OUTCOME_ALERT)
                show_alert(w, &o[i]);
            if (o[i].kind == VG_OUTCOME_INCIDENT &&
                vg_watch_incident(vg_desk_watch(w->desk), o[i].incident, &x, &none))
                show(w, &x);
        }
    }
    vg_arena_free(&a);
    return good && vg_cli_flush(w->c, e);
}

/* --- a broker --- */

static void tell_broker(watching *w)
{
    vg_nats_status s = vg_nats_state(w->nats);
    if (s.is_there == !w->told_away)
        return;
    w->told_away = !s.is_there;
    vg_note(w->c, s.is_there ? "ceasefire.watch.broker-back" : "ceasefire.watch.broker-away",
            vg_arg_text("address", vg_str_z(s.address)), vg_arg_text("why", vg_str_z(s.reason)));
}

/* Reads one message; `*bad` when nothing in it could be read. */
static bool read_message(watching *w, const vg_nats_message *m, bool *bad, vg_err *e)
{
    vg_input *in;
    vg_err why = VG_NO_ERR;
    vg_report_source_found found = { .n_reports = 0 };
    vg_str name = vg_format(&w->c->arena, "%.*s#%lld", VG_P(m->subject), (long long)m->sequence);
    vg_report_source_sink sink = vg_intake_sink(&w->intake);
    bool good = vg_input_memory(m->data, name, &in, &why);
    if (good) {
        good = vg_report_source_read_input(in, &(vg_report_source_opts){ 0 }, &sink, &found, &why);
        vg_input_close(in);
    }
    *bad = found.n_reports + found.n_coverage == 0;
    if (good)
        return true;
    if (why.code != VG_EPARSE && why.code != VG_ERANGE && why.code != VG_EARG) {
        *e = why;
        return false;
    }
    return vg_intake_reject(&w->intake, &(vg_reject){ .why = why, .raw = vg_utf8_head(m->data, 64 << 10) },
                            e);
}

static bool read_broker(watching *w, int32_t wait_ms, vg_err *e)
{
    vg_nats_message m[VG_INTAKE_MOST];
    bool late[VG_INTAKE_MOST] = { false }, bad[VG_INTAKE_MOST];
    int32_t n, i = 0;
    vg_arena before = w->c->arena; /* names of messages last until the batch is through */
    if (!vg_nats_fetch(w->nats, m, VG_INTAKE_MOST, wait_ms, &n, e))
        return false;
    tell_broker(w);
    w->is_idle = w->is_idle && n == 0 && !w->told_away;
    w->intake.is_late = late;
    bool good = true;
    for (; good && i < n; i++) {
        w->intake.owner = i;
        good = read_message(w, &m[i], &bad[i], e);
    }
    good = good && vg_intake_flush(&w->intake, e);
    w->intake.owner = -1;
    for (i = 0; i < n; i++)
        vg_nats_done(w->nats, &m[i], !good || late[i] ? VG_NATS_LATER : bad[i] ? VG_NATS_BAD : VG_NATS_TAKEN);
    w->intake.is_late = NULL;
    w->c->arena = before;
    return good;
}

/* --- a folder --- */

/* All that a file holds is on the disk before it is put away; what is kept back is waited for. */
static bool wait_for_held(watching *w, vg_err *e)
{
    while (w->intake.held.n) {
        if (vg_terminal_stopped())
            return vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped");
        poll(NULL, 0, 200);
        if (!vg_intake_again(&w->intake, false, e))
            return false;
    }
    return true;
}

static bool read_file(watching *w, const char *path, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_report_source_found found;
    vg_report_source_opts o = { .progress = w->c->progress };
    vg_out own = w->intake.rejects;
    bool has_own = w->intake.has_rejects;
    int64_t before = w->intake.count.n_rejected;
    vg_report_source_sink sink = vg_intake_sink(&w->intake);
    w->intake.file = vg_str_z(path);
    if (!vg_intake_rejects_begin(&w->intake, vg_folder_rejected(w->folder, path), e)) {
        w->intake.rejects = own;
        return false;
    }
    bool good = vg_report_source_read(path, &o, &sink, &found, &why);
    if (!good &&
        (why.code == VG_EPARSE || why.code == VG_ERANGE || why.code == VG_EIO || why.code == VG_ECONFLICT))
        good = vg_intake_reject(&w->intake, &(vg_reject){ .why = why }, e);
    else if (!good)
        *e = why;
    good = good && vg_intake_flush(&w->intake, e) && wait_for_held(w, e);
    int64_t n_rejected = w->intake.count.n_rejected - before;
    if (good && n_rejected)
        good = vg_intake_rejects_end(&w->intake, e);
    else
        vg_out_drop(&w->intake.rejects);
    w->intake.rejects = own;
    w->intake.has_rejects = has_own;
    w->intake.file = VG_NOSTR;
    if (!good || !vg_folder_done(w->folder, path, e))
        return false;
    vg_note(w->c, "ceasefire.watch.file", vg_arg_text("file", vg_str_z(path)),
            vg_arg_int("n", found.n_reports + found.n_coverage), vg_arg_int("rejected", n_rejected));
    return true;
}

static bool read_folder(watching *w, int32_t wait_ms, vg_err *e)
{
    const char *path;
    if (!vg_folder_next(w->folder, wait_ms, &path, e))
        return false;
    if (!path)
        return true;
    w->is_idle = false;
    vg_arena before = w->c->arena;
    vg_str copy = vg_copy(&w->c->arena, vg_str_z(path));
    if (!copy.s)
        return vg_fail_memory(e, vg_arena_limit(&w->c->arena));
    bool good = read_file(w, copy.s, e);
    w->c->arena = before;
    return good;
}

/* --- standard input --- */

static bool read_piece(watching *w, int64_t n, vg_str as, vg_err *e)
{
    vg_input *in;
    vg_err why = VG_NO_ERR;
    vg_report_source_found found;
    vg_report_source_sink sink = vg_intake_sink(&w->intake);
    vg_str bytes = { w->line, n };
    vg_report_source_opts o = { .as = as, .first_line = w->first_line };
    bool good = vg_trim(bytes).n == 0;
    if (!good && vg_input_memory(bytes, VG_S("standard input"), &in, &why)) {
        good = vg_report_source_read_input(in, &o, &sink, &found, &why);
        vg_input_close(in);
    }
    for (int64_t i = 0; i < n; i++)
        w->first_line += w->line[i] == '\n';
    w->n_line -= n;
    memmove(w->line, w->line + n, (size_t)w->n_line);
    if (good)
        return vg_intake_flush(&w->intake, e);
    if (why.code == VG_EPARSE)
        return vg_intake_reject(&w->intake, &(vg_reject){ .why = why }, e) && vg_intake_flush(&w->intake, e);
    *e = why;
    return false;
}

/* JSON lines are taken line by line; anything else when it is whole. */
static bool read_stdin(watching *w, int32_t wait_ms, vg_err *e)
{
    struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
    if (poll(&p, 1, wait_ms) <= 0)
        return true;
    w->is_idle = false;
    if (w->n_line == LINE_BYTES) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "standard input holds more than %d bytes that are no lines of JSON",
                LINE_BYTES);
        return vg_mend(e, "put the file into a folder, and watch that with --folder");
    }
    ssize_t n = read(STDIN_FILENO, w->line + w->n_line, (size_t)(LINE_BYTES - w->n_line));
    if (n < 0)
        return errno == EINTR || vg_fail_os(e, errno, VG_NOWHERE, "cannot read standard input");
    w->n_line += n;
    vg_str head = vg_trim((vg_str){ w->line, w->n_line });
    bool lines = head.n && head.s[0] == '{';
    if (n == 0) {
        w->has_stdin = false;
        return read_piece(w, w->n_line, lines ? VG_S("jsonl") : VG_NOSTR, e);
    }
    const char *last = lines ? memrchr(w->line, '\n', (size_t)w->n_line) : NULL;
    return !last || read_piece(w, last + 1 - w->line, VG_S("jsonl"), e);
}

/* --- the whole --- */

/* At once where something has come, and for a tenth of the time at most. */
static bool test_alerts(watching *w, vg_err *e)
{
    if (vg_cli_now_s() < w->next_test_s)
        return true;
    clock_t before = clock();
    bool good = vg_desk_test(w->desk, vg_now(), e);
    w->next_test_s = vg_cli_now_s() + 10.0 * (double)(clock() - before) / CLOCKS_PER_SEC;
    return good;
}

/* Once a second: what others added, what is due. A store that is busy is asked again the next second. */
static bool tick(watching *w, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    bool changed;
    if (vg_cli_now_s() - w->last_tick_s < 1)
        return true;
    w->last_tick_s = vg_cli_now_s();
    if (vg_desk_catch_up(w->desk, &changed, &why) && vg_desk_tick(w->desk, vg_now(), &why) &&
        test_alerts(w, &why))
        return vg_intake_again(&w->intake, false, e) && show_news(w, e);
    if (why.code == VG_EBUSY || why.code == VG_EIO || why.code == VG_EFULL)
        return true;
    *e = why;
    return false;
}

static bool open_inputs(watching *w, vg_err *e)
{
    vg_opts *o = &w->c->opts;
    const char *url = vg_opt_path(o, "nats"), *folder = vg_opt_path(o, "folder"),
               *own = vg_opt_path(o, "consumer");
    const char *rejects = vg_opt_path(o, "rejects");
    vg_nats_opts n = { .url = url,
                       .stream = vg_opt_path(o, "stream"),
                       .subject = vg_opt_path(o, "subject"),
                       .consumer = own ? own : w->id.s,
                       .make_stream = vg_opt_given(o, "make-stream"),
                       .ack_wait_s = (int32_t)vg_opt_int(o, "ack-wait") };
    w->has_stdin = vg_opt_given(o, "stdin");
    w->line = w->has_stdin ? vg_new(&w->c->arena, char, LINE_BYTES) : NULL;
    w->shown = vg_new(&w->c->arena, shown_incident, SHOWN_SLOTS);
    if (!w->shown || (w->has_stdin && !w->line))
        return vg_fail_memory(e, vg_arena_limit(&w->c->arena));
    return (!url || vg_nats_open(&n, &w->nats, e)) && (!folder || vg_folder_open(folder, &w->folder, e)) &&
           (!rejects || vg_intake_rejects_begin(&w->intake, rejects, e));
}

static bool run(watching *w, vg_err *e)
{
    bool once = vg_opt_given(&w->c->opts, "once");
    if (w->c->form == VG_FORM_CSV)
        vg_put(w->c->out, VG_S("incident,from,level,clause,act,attribution,party,lat,lon,n_reports\n"));
    while (!vg_terminal_stopped()) {
        w->is_idle = true;
        bool alone = !w->nats && !w->has_stdin;
        if (alone && !w->folder) /* standard input is at its end, and something is kept back */
            poll(NULL, 0, WAIT_MS);
        if ((w->nats && !read_broker(w, WAIT_MS, e)) ||
            (w->has_stdin && !read_stdin(w, w->nats ? 0 : WAIT_MS, e)) ||
            (w->folder && !read_folder(w,
                                       once && alone ? ONCE_MS
                                       : alone       ? IDLE_MS
                                                     : 0,
                                       e)) ||
            !tick(w, e))
            return false;
        bool over = !w->has_stdin && w->is_idle && !w->intake.held.n && (once || (!w->nats && !w->folder));
        if (over)
            return true;
    }
    return vg_intake_flush(&w->intake, e);
}

static bool tell_end(watching *w, vg_err *e)
{
    const vg_intake_counts *k = &w->intake.count;
    const int64_t *v = k->by_verdict;
    int64_t taken = v[VG_VERDICT_NEW] + v[VG_VERDICT_REVISION] + v[VG_VERDICT_SUPERSEDED] +
                    v[VG_VERDICT_WITHDRAWAL] + v[VG_VERDICT_EARLIER];
    if (w->c->form == VG_FORM_CSV)
        return vg_cli_flush(w->c, e);
    if (w->c->form == VG_FORM_TABLE) {
        vg_line(w->c, "ceasefire.watch.end", vg_arg_int("taken", taken),
                vg_arg_int("same", v[VG_VERDICT_SAME]), vg_arg_int("quarantined", v[VG_VERDICT_QUARANTINED]),
                vg_arg_int("coverage", k->n_coverage), vg_arg_int("rejected", k->n_rejected),
                vg_arg_int("held", w->intake.held.n));
        return vg_cli_flush(w->c, e);
    }
    vg_print(w->c->out,
             "{\"taken\":%lld,\"same\":%lld,\"revisions\":%lld,\"withdrawals\":%lld,\"quarantined\":%lld,"
             "\"coverage\":%lld,"
             "\"rejected\":%lld,\"kept_back\":%lld,\"waited\":%lld}\n",
             (long long)taken, (long long)v[VG_VERDICT_SAME], (long long)v[VG_VERDICT_REVISION],
             (long long)v[VG_VERDICT_WITHDRAWAL], (long long)v[VG_VERDICT_QUARANTINED],
             (long long)k->n_coverage, (long long)k->n_rejected, (long long)k->n_kept_back,
             (long long)k->n_waited);
    return vg_cli_flush(w->c, e);
}

/* Enters the agreement and leaves its id in the arena. */
static bool enter(watching *w, const char *path, vg_err *e)
{
    vg_agreement *a;
    vg_store *st;
    if (!vg_agreement_read(path, &a, e))
        return false;
    w->id = vg_copy(&w->c->arena, a->id);
    bool good = (w->id.s || vg_fail_memory(e, vg_arena_limit(&w->c->arena))) &&
                vg_cli_store(w->c, VG_STORE_WRITE, true, &st, e);
    if (good) {
        good = vg_desk_enter(st, a, w->c->actor, e);
        vg_store_close(st);
    }
    vg_agreement_free(a);
    return good;
}

static bool watch(watching *w, vg_str store, vg_err *e)
{
    vg_arena a;
    vg_outcome *o;
    int64_t n;
    if (!vg_arena_init(&a, 64 << 20, e))
        return false;
    /* Only what is new is shown: what the log knows of already is another verb's. */
    bool good = vg_report_outcomes(w->news, w->id, INT64_MAX / 4, 1, &a, &o, &n, &w->last_outcome, e);
    vg_arena_free(&a);
    if (!good || !vg_desk_open(store.s, w->id, &w->desk, e))
        return false;
    good = vg_intake_open(&w->intake, w->c, w->desk, e);
    if (good) {
        w->intake.taken = show_news;
        w->intake.ctx = w;
        good = open_inputs(w, e) && run(w, e);
        bool stopped = !good && e->code == VG_ESTOPPED;
        if (stopped) /* Ctrl-C is how this verb ends */
            *e = VG_NO_ERR;
        good = (good || stopped) && vg_intake_rejects_end(&w->intake, e) && tell_end(w, e);
        vg_intake_close(&w->intake);
    }
    vg_nats_close(w->nats);
    vg_folder_close(w->folder);
    vg_desk_close(w->desk);
    return good;
}

bool vg_verb_ceasefire_watch(vg_cli *c, vg_err *e)
{
    watching w = { .c = c, .first_line = 1 };
    const char *path = vg_opt_path(&c->opts, "agreement");
    vg_str store;
    if (!path) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "nothing says which agreement is watched");
        return vg_mend(e, "name its file: --agreement FILE");
    }
    if (!vg_opt_given(&c->opts, "nats") && !vg_opt_given(&c->opts, "folder") &&
        !vg_opt_given(&c->opts, "stdin")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "nothing says where reports come from");
        return vg_mend(e, "name one or more of --nats, --folder and --stdin");
    }
    if (!enter(&w, path, e) || !vg_cli_store_path(c, &store, e) ||
        !vg_cli_store(c, VG_STORE_READ, false, &w.news, e))
        return false;
    bool good = watch(&w, store, e);
    vg_store_close(w.news);
    return good;
}
