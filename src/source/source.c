/*
 * The door of src/source: the table of formats, opening, handing over, and what becomes known of a file. Invariant:
 * each data row read ends in exactly one call of the sink (an event, a point or a reject), in the order of the file.
 */
#include <stdarg.h>
#include <stdio.h>

#include "geo/grid.h"
#include "source/data_int.h"
#include "source/source_int.h"

#define CITE_GED                                                                                             \
    "Sundberg & Melander 2013, Introducing the UCDP Georeferenced Event Dataset, JPR 50(4), "                \
    "doi 10.1177/0022343313484347; Hegre et al. 2020, Introducing the UCDP Candidate Events Dataset, "       \
    "Research & Politics, doi 10.1177/2053168020935257"

#define TEXT(x)                                                                                              \
    {                                                                                                        \
        (x), (ptrdiff_t)sizeof(x) - 1                                                                        \
    }

static const vg_source_format formats[] = {
    { TEXT("ucdp-ged"), TEXT("UCDP GED and Candidate events, CSV"), TEXT("CC BY 4.0"), TEXT(CITE_GED) },
    { TEXT("views-panel"), TEXT("VIEWS panel: a number per month and country or cell, CSV"),
      TEXT("CC BY 4.0 (figures of UCDP; the panel: terms of whoever made it)"),
      TEXT("Hegre et al. 2021, ViEWS2020, JPR 58(3), doi 10.1177/0022343320962157; " CITE_GED) },
    { TEXT("acled"), TEXT("ACLED events, CSV or JSON"), TEXT("ACLED terms of use: not to be redistributed"),
      TEXT("Raleigh, Kishi & Linke 2023, Political instability patterns are obscured by conflict dataset "
           "scope "
           "conditions, sources, and coding choices, Humanities and Social Sciences Communications 10, "
           "doi 10.1057/s41599-023-01559-4") },
    { TEXT("gdelt"), TEXT("GDELT 1.0 and 2.0 event tables"), TEXT("open, with attribution"),
      TEXT("Leetaru & Schrodt 2013, GDELT: Global Data on Events, Location and Tone, 1979-2012") },
    { TEXT("jetson-task"), TEXT("Project Jetson's task: arrivals by region and month, CSV"),
      TEXT("not stated (UNHCR; the counts are facts published by UNHCR/NRC PRMN)"),
      TEXT("Hoffmann Pham & Luengo-Oroz 2022, Predictive modelling of movements of refugees and internally "
           "displaced people: towards a computational framework, arXiv 2201.08006; UNHCR Somalia PRMN") },
    { TEXT("prmn-flows"), TEXT("UNHCR PRMN flows by region or district, month and reason, CSV"),
      TEXT("not stated (UNHCR; the counts are facts published by UNHCR/NRC PRMN)"),
      TEXT("UNHCR and NRC, Protection and Return Monitoring Network (PRMN), Somalia") },
    { TEXT("fsnau-dashboard"), TEXT("FSNAU early-warning dashboard by region or district and month, CSV"),
      TEXT("not stated"), TEXT("FSNAU and FAO SWALIM, Early Warning - Early Action dashboard, Somalia") },
    { TEXT("csv"), TEXT("any CSV with a date and a place or a number"), TEXT("not stated"), TEXT("") },
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

/* In the order of the formats. */
static bool (*const read_rows[N_FORMATS])(vg_reading *r,
                                          vg_err *e) = { vg_ucdp__read,      vg_views__read,  vg_acled__read,
                                                         vg_gdelt__read,     vg_jetson__read, vg_prmn__read,
                                                         vg_dashboard__read, vg_generic__read };

const vg_source_format *vg_source_formats(int32_t *n)
{
    *n = N_FORMATS;
    return formats;
}

vg_str vg_source_sample(void)
{
    return (vg_str){ (const char *)vg_data_sample, vg_data_sample_len };
}

vg_str vg_source_sample_notice(void)
{
    return (vg_str){ (const char *)vg_data_sample_notice, vg_data_sample_notice_len };
}

/* --- handing over --- */

bool vg_reading__count(vg_reading *r, vg_err *e)
{
    r->found->n_rows++;
    if (r->found->n_rows % 8192)
        return true;
    return vg_progress_step(&r->opts->progress, "reading", vg_input_done(r->in), vg_input_size(r->in), e);
}

bool vg_reading__reject(vg_reading *r, vg_err *e)
{
    vg_reject bad = { .why = r->why, .raw = r->row.raw };
    r->why.code = VG_OK;
    return r->sink->reject(r->sink->ctx, &bad, e);
}

void vg_reading__meet(vg_reading *r, int32_t gwcode)
{
    vg_span *s = &r->span;
    if (gwcode == s->seen_gwcode || gwcode <= 0 || gwcode >= VG_SEEN_GWCODES)
        return;
    s->seen_gwcode = gwcode;
    uint8_t *byte = &s->gwcode[gwcode / 8], bit = (uint8_t)(1U << (gwcode % 8));
    if (!(*byte & bit)) {
        *byte |= bit;
        s->n_countries++;
        s->only_gwcode = gwcode;
    }
}

static void meet_days(vg_span *s, int32_t from, int32_t to)
{
    s->first_day = !s->any || from < s->first_day ? from : s->first_day;
    s->last_day = !s->any || to > s->last_day ? to : s->last_day;
    s->any = true;
}

/* Where the place is known to about a district: coarser points are centres of areas, and would pile up on one cell. */
static bool lands_on_cell(const vg_event *ev)
{
    return ev->has_point && ev->where_prec <= VG_WHERE_ADMIN2;
}

bool vg_reading__event(vg_reading *r, vg_event *ev, vg_err *e)
{
    if (vg_failed(&r->why))
        return vg_reading__reject(r, e);
    ev->cell = lands_on_cell(ev) ? vg_grid_cell(ev->lat_deg, ev->lon_deg) : 0;
    vg_reading__meet(r, ev->gwcode);
    meet_days(&r->span, ev->day_from, ev->day_to);
    return r->sink->event(r->sink->ctx, ev, r->at, e);
}

bool vg_reading__point(vg_reading *r, const vg_point *p, vg_err *e)
{
    return r->sink->point(r->sink->ctx, p, r->at, e);
}

bool vg_reading__flow(vg_reading *r, const vg_flow_record *f, vg_err *e)
{
    return !r->sink->flow ||
           r->sink->flow(r->sink->ctx, f, r->at, e); /* who does not ask for flows gets none */
}

void vg_reading__note(vg_reading *r, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    vg_str *note = &r->found->note;
    *note = vg_format(r->a, "%.*s%s%s", VG_P(*note), note->n ? "; " : "", text);
}

/* --- what is known at the end --- */

static vg_str scope_of(const vg_span *s)
{
    const vg_country *c = s->n_countries == 1 ? vg_country_by_gwcode(s->only_gwcode) : NULL;
    return c ? c->iso3 : VG_S("world");
}

void vg_reading__cover(vg_reading *r)
{
    vg_vintage *about = &r->found->about;
    const vg_span *s = &r->span;
    about->scope = about->scope.n ? about->scope : scope_of(s);
    if (about->first_month == 0 && s->any) {
        about->first_month = vg_month_of_day(s->first_day);
        about->last_month = vg_month_of_day(s->last_day);
    }
}

static bool finish(vg_reading *r, vg_err *e)
{
    char hex[65];
    vg_vintage *about = &r->found->about;
    if (r->found->n_mended)
        vg_reading__note(
            r,
            "%lld rows give a range of deaths that does not hold their best estimate; the bound at "
            "fault is kept as not known",
            (long long)r->found->n_mended);
    if (!vg_input_sha256(r->in, hex, e))
        return false;
    about->sha256 = vg_copy(r->a, vg_str_z(hex));
    about->bytes = vg_input_size(r->in);
    vg_reading__cover(r);
    return about->sha256.s ? true : vg_fail_memory(e, vg_arena_limit(r->a));
}

/* --- opening --- */

/* Place of a format in the table, or -1 and a message. */
static int32_t find_format(vg_str name, vg_err *e)
{
    for (int32_t i = 0; i < N_FORMATS; i++)
        if (vg_eq(formats[i].name, name))
            return i;
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no format \"%.*s\"", VG_P(vg_utf8_head(name, 40)));
    vg_mend(e, "the formats are ucdp-ged, views-panel, acled, gdelt, jetson-task, prmn-flows, "
               "fsnau-dashboard and csv");
    return -1;
}

static bool choose(vg_input *in, const vg_source_opts *opts, vg_arena *a, vg_source_found *found,
                   int32_t *format, vg_err *e)
{
    vg_str head, name;
    int32_t i = opts->as.n ? find_format(opts->as, e) : 0;
    if (i < 0 || !vg_input_peek(in, VG_PEEK, &head, e) ||
        !vg_detect__format(head, vg_input_name(in), opts, a, &name, &found->why, e))
        return false;
    *format = find_format(name, e);
    found->guessed = !opts->as.n;
    found->about.source = formats[*format].name;
    return true;
}

bool vg_source_guess(vg_input *in, const vg_source_opts *opts, vg_arena *a, vg_source_found *found, vg_err *e)
{
    int32_t format;
    vg_source_found got = { .n_rows = 0 };
    if (vg_failed(e) || !choose(in, opts, a, &got, &format, e))
        return false;
    *found = got;
    return true;
}

static bool read_as(vg_reading *r, int32_t format, vg_err *e)
{
    vg_vintage *about = &r->found->about;
    about->licence = formats[format].licence;
    about->citation = formats[format].citation;
    about->file = vg_copy(r->a, vg_version__base_name(vg_input_name(r->in)));
    about->month_rule = r->opts->month_rule;
    about->version = r->opts->version;
    bool ok = read_rows[format](r, e) && !vg_failed(e) && finish(r, e);
    vg_csv_close(r->csv);
    return ok;
}

bool vg_source_read_input(vg_input *in, const vg_source_opts *opts, vg_sink *sink, vg_arena *a,
                          vg_source_found *found, vg_err *e)
{
    int32_t format;
    vg_source_found got = { .n_rows = 0 };
    if (vg_failed(e) || !choose(in, opts, a, &got, &format, e))
        return false;
    vg_reading *r = vg_new(a, vg_reading, 1);
    if (!r)
        return vg_fail_memory(e, vg_arena_limit(a));
    *r = (vg_reading){ .in = in, .opts = opts, .sink = sink, .a = a, .found = &got };
    r->decimal_comma = opts->decimal_comma;
    if (!read_as(r, format, e))
        return false;
    *found = got;
    return true;
}

bool vg_source_read(const char *path, const vg_source_opts *opts, vg_sink *sink, vg_arena *a,
                    vg_source_found *found, vg_err *e)
{
    vg_input *in;
    if (!vg_input_open(path, &in, e))
        return false;
    bool ok = vg_source_read_input(in, opts, sink, a, found, e);
    if (!ok && vg_failed(e) && e->at.file.n) /* the input's own name goes with it */
        e->at.file = vg_copy(a, e->at.file);
    vg_input_close(in);
    return ok;
}
