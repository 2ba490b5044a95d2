/*
 * What a file holds, seen from its first bytes. Invariant: nothing is read from the input here; the guess and its
 * ground are told, so that a person can overrule it with --as.
 */
#include <string.h>

#include "source/source_int.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static vg_str without_mark(vg_str head)
{
    return vg_starts(head, VG_S("\xEF\xBB\xBF")) ? vg_sub(head, 3, head.n) : head;
}

/* Bytes that no text holds: NUL at once, other control characters when there are many. */
static bool is_binary(vg_str head)
{
    ptrdiff_t odd = 0;
    for (ptrdiff_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.s[i];
        if (c == 0 && i < 4096)
            return true;
        odd += c < 0x20 && !is_space((char)c) && c != 0x1B;
    }
    return odd * 100 > head.n;
}

static bool check_text(vg_str head, vg_str name, vg_err *e)
{
    ptrdiff_t i = 0;
    while (i < head.n && is_space(head.s[i]))
        i++;
    if (i == head.n) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "the file is empty");
        return vg_mend(e, "look whether the download or the export is complete");
    }
    if (is_binary(head)) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "the file is not text");
        vg_why(e, "CSV and JSON are read, also in gzip and zip archives");
        return vg_mend(e, "if it is a spreadsheet, save it as CSV (UTF-8)");
    }
    return true;
}

/* --- one test per format, on the header or the first line --- */

typedef struct {
    const vg_str *cell;
    int32_t n;
    vg_str first_line;
} top;

static bool has(const top *t, const char *names)
{
    vg_str rest = vg_str_z(names);
    while (rest.n) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < t->n; i++)
            if (vg_eq_nocase(vg_trim(t->cell[i]), name))
                return true;
    }
    return false;
}

static bool is_ucdp(const top *t)
{
    return has(t, "id") && has(t, "type_of_violence") && has(t, "best|best_est") && has(t, "date_start|date");
}

static bool is_acled(const top *t)
{
    return has(t, "event_id_cnty") && has(t, "event_date");
}

static bool is_region_month(const top *t)
{
    return has(t, "region|admin1|adm1_name") && has(t, "month");
}

static bool is_jetson(const top *t)
{
    return is_region_month(t) && has(t, "arrivals") && has(t, "scored_h1|scored_h3|split");
}

static bool is_prmn(const top *t)
{
    return has(t, "arrival_region|arrival region|current (arrival) region|arrival admin1") &&
           has(t, "departure_region|departure region|previous (departure) region|departure admin1") &&
           has(t, "individuals|persons|people|number of individuals");
}

/* At least three of what the dashboard shows. */
static bool is_dashboard(const top *t)
{
    static const char *const names[] = {
        "rainfall_mm|rainfall", "ndvi",     "cdi",         "water_drum_sos", "goat_sos",
        "min_basket_sos",       "wage_sos", "sorghum_sos", "tot_goat_cereal"
    };
    int n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        n += has(t, names[i]);
    return is_region_month(t) && n >= 3 && !has(t, "latitude|lat|id");
}

static bool is_panel(const top *t)
{
    bool month_id = has(t, "month_id"), month = has(t, "month") && !has(t, "id|event_id|latitude|lat");
    bool number = has(t, "country_id|gwcode|gwno|pg_id|priogrid_gid|priogrid_id");
    return (month_id && (number || has(t, "iso3|isoab|country"))) || (month && has(t, "iso3") && t->n >= 3);
}

/* Fields of a GDELT line, 0 when it is none. */
static int32_t gdelt_fields(vg_str line)
{
    int32_t n = 1;
    for (ptrdiff_t i = 0; i < line.n; i++)
        n += line.s[i] == '\t';
    int64_t id, day;
    vg_str rest = line, first = vg_cut(&rest, '\t'), second = vg_cut(&rest, '\t');
    bool fits =
        (n == 57 || n == 58 || n == 61) && vg_int(first, &id) && second.n == 8 && vg_int(second, &day);
    return fits ? n : 0;
}

static vg_str first_line_of(vg_str head)
{
    head = without_mark(head);
    while (head.n && is_space(head.s[0]))
        head = vg_sub(head, 1, head.n);
    return vg_trim(vg_cut(&head, '\n'));
}

/* vg_trim would take the empty fields off a GDELT line's end. */
static vg_str first_line_whole(vg_str head)
{
    head = without_mark(head);
    vg_str line = vg_cut(&head, '\n');
    return vg_ends(line, VG_S("\r")) ? vg_sub(line, 0, line.n - 1) : line;
}

static bool guess_json(vg_str head, vg_str name, vg_str *format, vg_str *why, vg_err *e)
{
    if (vg_find(head, VG_S("\"event_id_cnty\"")) >= 0) {
        *format = VG_S("acled");
        *why = VG_S("JSON with ACLED's event_id_cnty");
        return true;
    }
    vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "this JSON holds nothing that is known");
    vg_why(e, "looked for ACLED events (a field event_id_cnty) in its first %d KiB", VG_PEEK >> 10);
    return vg_mend(e, "say what it is with --as, or give a CSV");
}

static bool guess_header(const top *t, vg_arena *a, vg_str *format, vg_str *why)
{
    if (is_ucdp(t)) {
        *format = VG_S("ucdp-ged");
        *why = vg_format(a, "%d columns with the names of UCDP GED", t->n);
    } else if (is_acled(t)) {
        *format = VG_S("acled");
        *why = vg_format(a, "%d columns with the names of ACLED", t->n);
    } else if (is_prmn(t)) {
        *format = VG_S("prmn-flows");
        *why = VG_S("columns for region of arrival, region of departure and people");
    } else if (is_jetson(t)) {
        *format = VG_S("jetson-task");
        *why = VG_S("arrivals by region and month, with the parts of Project Jetson's task");
    } else if (is_dashboard(t)) {
        *format = VG_S("fsnau-dashboard");
        *why = vg_format(a, "%d columns with the names of the FSNAU dashboard", t->n);
    } else if (is_panel(t)) {
        *format = VG_S("views-panel");
        *why = VG_S("columns for month, unit and a number");
    } else {
        *format = VG_S("csv");
        *why = vg_format(a, "a table of %d columns without the names of a known source", t->n);
    }
    return true;
}

/* The header, by the CSV reader itself over the first bytes. */
static bool guess_table(vg_str head, vg_str name, vg_arena *a, vg_str *format, vg_str *why, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_input_memory(head, name, &in, e))
        return false;
    bool ok = vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e);
    if (ok) {
        if (vg_csv_next(csv, &row, e) && !row.bad) {
            ok = guess_header(&(top){ row.cell, row.n, VG_NOSTR }, a, format, why);
        } else {
            ok = false;
            if (!vg_failed(e))
                *e = row.why;
        }
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return ok;
}

bool vg_detect__format(vg_str head, vg_str name, const vg_source_opts *opts, vg_arena *a, vg_str *format,
                       vg_str *why, vg_err *e)
{
    if (!check_text(head, name, e))
        return false;
    if (opts->as.n) {
        *format = opts->as;
        *why = VG_S("named by the user");
        return true;
    }
    vg_str line = first_line_of(head);
    int32_t fields = gdelt_fields(first_line_whole(head));
    if (line.n && (line.s[0] == '{' || line.s[0] == '['))
        return guess_json(head, name, format, why, e);
    if (fields) {
        *format = VG_S("gdelt");
        *why = vg_format(a, "%d tab-separated fields without a header, as in GDELT %s events", fields,
                         fields == 61 ? "2.0" : "1.0");
        return true;
    }
    return guess_table(head, name, a, format, why, e);
}
