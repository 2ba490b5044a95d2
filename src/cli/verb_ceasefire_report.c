/* vigie ceasefire report: the report of the desk over a reporting day or a period, for people, as a page, or for programs.
 * Without days it tells of the day published last, else of that of the newest observation: never of the machine's today. */
#include "ceasefire/bundle.h"
#include "ceasefire/desk.h"
#include "cli/verb.h"
#include "core/date.h"

const vg_opt vg_ceasefire_report_options[] = {
    { "agreement", VG_OPT_TEXT, "ID", NULL, 0, 0 },
    { "day", VG_OPT_TEXT, "YYYY-MM-DD", NULL, 0, 0 },
    { "from", VG_OPT_TEXT, "YYYY-MM-DD", NULL, 0, 0 },
    { "to", VG_OPT_TEXT, "YYYY-MM-DD", NULL, 0, 0 },
    { "html", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "top", VG_OPT_INT, "N", "10", 1, 1000 },
    { .name = NULL },
};

/* --- which days --- */

static bool day_option(vg_cli *c, const char *name, int32_t *day, vg_err *e)
{
    vg_str text = vg_opt_text(&c->opts, name);
    if (!text.n || vg_day_parse(text, VG_DATE_ISO, day))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is not a day: \"%.*s\"", name, VG_P(text));
    return vg_mend(e, "write it as 2031-06-01");
}

static bool newest_day(vg_cli *c, vg_desk *d, int32_t *day, vg_err *e)
{
    int32_t *published;
    int64_t n;
    vg_watch_counts counts = vg_watch_count(vg_desk_watch(d));
    if (!vg_figures_published_days(vg_desk_figures(d), &c->arena, &published, &n, e))
        return false;
    if (n) {
        *day = published[n - 1];
        return true;
    }
    if (!counts.n_reports) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is nothing to report yet");
        vg_why(e, "no report of this watch has come in, and no day was published");
        return vg_mend(e, "name the day: --day 2031-06-01");
    }
    *day = vg_agreement_day(vg_desk_agreement(d), counts.newest);
    return true;
}

static bool choose_days(vg_cli *c, vg_desk *d, vg_daily *ask, vg_err *e)
{
    bool one = vg_opt_given(&c->opts, "day"), from = vg_opt_given(&c->opts, "from"),
         to = vg_opt_given(&c->opts, "to");
    if (from != to || (one && from)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the days of the report are not clear");
        return vg_mend(e, "give --day, or --from and --to, or none of them");
    }
    if (!one && !from && !newest_day(c, d, &ask->from_day, e))
        return false;
    if (!day_option(c, "day", &ask->from_day, e) || !day_option(c, "from", &ask->from_day, e))
        return false;
    ask->to_day = ask->from_day;
    if (!day_option(c, "to", &ask->to_day, e))
        return false;
    if (ask->to_day >= ask->from_day)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "--to is before --from");
    return vg_mend(e, "--from names the first day, --to the last one");
}

/* --- the report --- */

/* From the desk, or, where it has put incidents of these days away, from the whole log. */
static bool write_report(vg_cli *c, const vg_daily *ask, vg_desk *d, vg_out *out, vg_err *e)
{
    int64_t n_missing;
    vg_store *st;
    if (!vg_daily_missing(ask, vg_desk_watch(d), vg_desk_figures(d), &n_missing, e))
        return false;
    if (!n_missing)
        return vg_daily_write(ask, vg_desk_watch(d), vg_desk_figures(d), out, e);
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_bundle_report(st, vg_opt_text(&c->opts, "agreement"), ask, out, e);
    vg_store_close(st);
    return good;
}

static bool put_report(vg_cli *c, const vg_daily *ask, vg_desk *d, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "html");
    vg_out file;
    if (!path)
        return write_report(c, ask, d, c->out, e);
    if (!vg_out_path(&file, path, e))
        return false;
    bool good = write_report(c, ask, d, &file, e) && vg_out_end(&file, e);
    vg_out_drop(&file);
    return good;
}

/* What the report rests on: the newest entry of the log. */
static bool log_head(vg_cli *c, vg_str agreement, vg_daily *ask, vg_err *e)
{
    vg_store *st;
    char hex[65];
    int64_t at;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_report_log_last(st, agreement, &ask->seq, hex, &at, e);
    vg_store_close(st);
    ask->head = good ? vg_copy(&c->arena, vg_str_z(hex)) : VG_NOSTR;
    return good && (ask->head.s || vg_fail_memory(e, vg_arena_limit(&c->arena)));
}

bool vg_verb_ceasefire_report(vg_cli *c, vg_err *e)
{
    vg_str agreement = vg_opt_text(&c->opts, "agreement"), store;
    vg_desk *d;
    vg_daily ask = { .lang = c->lang, .top = (int32_t)vg_opt_int(&c->opts, "top") };
    if (!agreement.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no agreement is named");
        return vg_mend(e, "add --agreement ID; vigie ceasefire list shows what is watched");
    }
    ask.form = vg_opt_path(&c->opts, "html") ? VG_DAILY_PAGE
               : c->form == VG_FORM_JSON     ? VG_DAILY_JSON
               : c->form == VG_FORM_CSV      ? VG_DAILY_CSV
                                             : VG_DAILY_TEXT;
    if (!log_head(c, agreement, &ask, e) || !vg_cli_store_path(c, &store, e) ||
        !vg_desk_open(store.s, agreement, &d, e))
        return false;
    bool good = choose_days(c, d, &ask, e) && put_report(c, &ask, d, e);
    vg_desk_close(d);
    return good;
}
