/* The door of the readers of votes: what a path holds, opening and closing its files, and the checks that all formats
 * share. Invariant: a vote leaves here with +1 for agree, whatever the file wrote, and found->sign says what that was. */
#include "source/vote_int.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/date.h"
#include "core/num.h"

/* --- one file --- */

int32_t vg_vote__column(const vg_str *header, int32_t n, const char *names)
{
    for (vg_str rest = vg_str_z(names); rest.n;) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < n; i++)
            if (vg_eq_nocase(header[i], name))
                return i;
    }
    return -1;
}

vg_str vg_vote__cell(const vg_vote_reading *r, int32_t column)
{
    return column < 0 || column >= r->row.n ? VG_NOSTR : vg_trim(r->row.cell[column]);
}

static bool read_header(vg_vote_reading *r, vg_err *e)
{
    if (!vg_csv_next(r->csv, &r->row, e)) {
        if (vg_failed(e))
            return false;
        vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in) }, "the file holds no rows");
        return vg_why(e, "a table begins with a line that names its columns");
    }
    if (r->row.bad) {
        *e = r->row.why;
        return false;
    }
    vg_str *header = vg_new(r->a, vg_str, r->row.n);
    for (int32_t i = 0; header && i < r->row.n; i++) {
        header[i] = vg_copy(r->a, vg_trim(r->row.cell[i]));
        if (!header[i].s)
            header = NULL;
    }
    r->header = header;
    r->n_header = r->row.n;
    return header || vg_fail_memory(e, vg_arena_limit(r->a));
}

bool vg_vote__open(vg_vote_reading *r, const char *path, vg_err *e)
{
    if (path) {
        vg_str kept = vg_copy(r->a, vg_str_z(path)); /* places in messages borrow the name */
        if (!kept.s)
            return vg_fail_memory(e, vg_arena_limit(r->a));
        if (!vg_input_open(kept.s, &r->in, e))
            return false;
        r->owns_input = true;
    }
    bool good = vg_input_peek(r->in, VG_VOTE_PEEK, &r->head, e) &&
                vg_csv_open(r->in, &(vg_csv_opts){ .latin1_ok = false }, &r->csv, e) && read_header(r, e);
    return good || vg_vote__close(r, false, e);
}

static bool add_fingerprint(vg_vote_reading *r, vg_err *e)
{
    char hex[65];
    if (!vg_input_sha256(r->in, hex, e))
        return false;
    vg_sha256_add(&r->sum, vg_str_z(hex));
    r->found->about.bytes += vg_input_size(r->in);
    r->n_files++;
    if (r->n_files == 1)
        r->found->about.sha256 = vg_copy(r->a, vg_str_z(hex));
    return true;
}

bool vg_vote__close(vg_vote_reading *r, bool good, vg_err *e)
{
    good = good && !vg_failed(e);
    if (r->csv)
        vg_csv_close(r->csv);
    r->csv = NULL;
    if (r->in && good && r->opts->fingerprint)
        good = add_fingerprint(r, e);
    if (r->in && r->owns_input)
        vg_input_close(r->in);
    r->in = NULL;
    return good;
}

bool vg_vote__reject(vg_vote_reading *r, const vg_err *why, vg_err *e)
{
    vg_reject bad = { .why = *why, .raw = r->row.raw };
    r->found->n_rejected++;
    return !r->sink->reject || r->sink->reject(r->sink->ctx, &bad, e);
}

bool vg_vote__next(vg_vote_reading *r, vg_err *e)
{
    while (vg_csv_next(r->csv, &r->row, e)) {
        if (r->row.bad) {
            if (!vg_vote__reject(r, &r->row.why, e))
                return false;
            continue;
        }
        if (r->row.line % 8192 == 0 &&
            !vg_progress_step(&r->opts->progress, "reading", vg_input_done(r->in), vg_input_size(r->in), e))
            return false;
        return true;
    }
    return false;
}

/* --- values --- */

bool vg_vote__value(vg_str cell, int8_t *value, bool *is_word)
{
    static const struct {
        const char *word;
        int8_t value;
    } words[] = { { "agree", 1 },         { "disagree", -1 }, { "pass", 0 }, { "d'accord", 1 },
                  { "pas d'accord", -1 }, { "passe", 0 },     { "yes", 1 },  { "no", -1 },
                  { "neutral", 0 },       { "unsure", 0 } };
    *is_word = false;
    if (cell.n == 1 && (cell.s[0] == '1' || cell.s[0] == '0')) {
        *value = (int8_t)(cell.s[0] - '0');
        return true;
    }
    int64_t x;
    if (vg_int_lenient(cell, &x)) {
        if (x < -1 || x > 1)
            return false;
        *value = (int8_t)x;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (vg_eq_nocase(cell, vg_str_z(words[i].word))) {
            *value = words[i].value;
            *is_word = true;
            return true;
        }
    return false;
}

bool vg_vote__time(vg_str cell, int64_t *time_ms)
{
    static const int64_t LEAST_MS = 100000000000; /* in seconds that is the year 5138, in milliseconds 1973 */
    static const int64_t MOST_MS = 253402300799999; /* the end of 9999 */
    int64_t x;
    if (!cell.n) {
        *time_ms = VG_UNKNOWN;
        return true;
    }
    if (!vg_int_lenient(cell, &x)) {
        int32_t day;
        if (vg_instant_parse(cell, &x)) {
            *time_ms = x * 1000;
            return true;
        }
        if (!vg_day_parse(cell, VG_DATE_ISO, &day))
            return false;
        *time_ms = (int64_t)day * 86400000;
        return true;
    }
    if (x < -MOST_MS || x > MOST_MS)
        return false;
    *time_ms = x > -LEAST_MS && x < LEAST_MS ? x * 1000 : x;
    return true;
}

static bool refuse(vg_vote_reading *r, const vg_vote_cells *v, const char *what, vg_str cell, const char *why,
                   vg_err *e)
{
    vg_err reason = VG_NO_ERR;
    int32_t column = v->value_column >= 0 && v->value_column < r->row.n ? v->value_column : 0;
    vg_fail(&reason, VG_ERANGE, vg_csv_at(r->csv, &r->row, column), "%s: \"%.*s\"", what,
            VG_P(vg_utf8_head(cell, 60)));
    vg_why(&reason, "%s", why);
    return vg_vote__reject(r, &reason, e);
}

static bool id_fits(vg_str id)
{
    return id.n > 0 && id.n <= VG_VOTE_ID_BYTES;
}

bool vg_vote__put(vg_vote_reading *r, const vg_vote_cells *v, vg_err *e)
{
    vg_vote vote = { .participant = v->participant, .statement = v->statement };
    bool is_word;
    if (!id_fits(v->participant))
        return refuse(r, v, "no participant, or a name over 200 bytes", v->participant,
                      "a vote belongs to one participant", e);
    if (!id_fits(v->statement))
        return refuse(r, v, "no statement, or a name over 200 bytes", v->statement,
                      "a vote answers one statement", e);
    if (!vg_vote__value(v->value, &vote.value, &is_word))
        return refuse(r, v, "not a vote", v->value, "a vote is -1, 0 or 1, or agree, disagree or pass", e);
    if (!vg_vote__time(v->time, &vote.time_ms))
        return refuse(r, v, "not a time", v->time,
                      "a time is in milliseconds or seconds since 1970, or written as 2024-03-31T12:00:00Z",
                      e);
    if (is_word) {
        r->has_words = true;
    } else {
        r->has_a_number |= vote.value != 0;
        vote.value = (int8_t)(vote.value * r->factor);
    }
    r->found->n_votes++;
    return !r->sink->vote || r->sink->vote(r->sink->ctx, &vote, vg_csv_at(r->csv, &r->row, 0), e);
}

void vg_vote__sign(vg_vote_reading *r, vg_vote_sign sign, const char *why, bool assumed)
{
    if (r->found->sign != VG_SIGN_FOUND_OUT) /* --sign, or decided by a file before */
        return;
    r->found->sign = sign;
    r->found->sign_why = vg_str_z(why);
    r->found->sign_assumed = assumed;
    r->factor = (int)sign;
}

/* --- what a path holds --- */

static vg_str base_name(vg_str path)
{
    while (path.n > 1 && path.s[path.n - 1] == '/')
        path.n--;
    for (ptrdiff_t i = path.n - 1; i >= 0; i--)
        if (path.s[i] == '/')
            return vg_sub(path, i + 1, path.n);
    return path;
}

static vg_str without_ends(vg_str name)
{
    static const char *const ends[] = { ".gz", ".zip", ".csv", ".votes" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (vg_ends(name, vg_str_z(ends[i])) && name.n > (ptrdiff_t)strlen(ends[i]))
            name.n -= (ptrdiff_t)strlen(ends[i]);
    return name;
}

/* Path of the first of the names (separated by |) that is in the folder, plain or gzip; NULL when none is. */
static const char *in_folder(vg_vote_reading *r, vg_str folder, const char *names)
{
    for (vg_str rest = vg_str_z(names); rest.n;) {
        vg_str name = vg_cut(&rest, '|');
        for (int gz = 0; gz < 2; gz++) {
            vg_str path = vg_format(r->a, "%.*s/%.*s%s", VG_P(folder), VG_P(name), gz ? ".gz" : "");
            if (path.s && access(path.s, R_OK) == 0)
                return path.s;
        }
    }
    return NULL;
}

static bool read_folder(vg_vote_reading *r, const char *folder, vg_err *e)
{
    vg_str name = vg_str_z(folder);
    const char *comments = in_folder(r, name, "comments.csv"), *summary = in_folder(r, name, "summary.csv");
    const char *votes = in_folder(r, name, "votes.csv");
    const char *matrix = in_folder(r, name, "participants-votes.csv|participant-votes.csv");
    r->found->format = VG_S("polis-export");
    if (!votes && !matrix) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "the folder holds no votes");
        vg_why(e, "neither votes.csv nor participants-votes.csv (plain or .gz) is in it");
        return vg_mend(e, "name the file, or the folder of one Polis export");
    }
    return (!summary || vg_polis__summary(r, summary, e)) &&
           (!comments || vg_polis__comments(r, comments, e)) &&
           (!matrix || vg_polis__matrix(r, matrix, !votes, e)) && (!votes || vg_polis__votes(r, votes, e));
}

/* polismath: statements stand beside the votes. */
static bool read_statements_beside(vg_vote_reading *r, const char *path, vg_err *e)
{
    vg_str whole = vg_str_z(path);
    ptrdiff_t at = -1;
    for (ptrdiff_t i = 0; i + 11 <= whole.n; i++)
        if (vg_eq(vg_sub(whole, i, 11), VG_S(".votes.csv")) ||
            vg_eq(vg_sub(whole, i, 10), VG_S(".votes.csv")))
            at = i;
    if (at < 0)
        return true;
    for (int gz = 0; gz < 2; gz++) {
        vg_str beside = vg_format(r->a, "%.*s.statements.csv%s", VG_P(vg_sub(whole, 0, at)), gz ? ".gz" : "");
        if (beside.s && access(beside.s, R_OK) == 0)
            return vg_polis__comments(r, beside.s, e);
    }
    return true;
}

static bool no_format(vg_vote_reading *r, vg_err *e)
{
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 }, "these columns are no votes");
    vg_why(e, "looked for a Polis export (votes, participants-votes), for columns of a participant, a "
              "statement and a "
              "value, and for a participant followed by one column a statement");
    return vg_mend(e, "name the columns: --map participant=...,statement=...,value=...");
}

/* The format of the open file, from its header or --as. */
static bool choose_format(vg_vote_reading *r, vg_err *e)
{
    static const char *const names[] = { "polis-votes", "polis-matrix", "polismath", "votes-long",
                                         "votes-wide" };
    vg_str as = r->opts->as;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (vg_eq(as, vg_str_z(names[i])))
            r->found->format = as;
    if (as.n && !r->found->format.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no format of votes is called %.*s", VG_P(as));
        return vg_mend(e, "one of polis-votes, polis-matrix, polismath, votes-long, votes-wide");
    }
    if (as.n)
        return true;
    if (vg_polis__is_votes(r->header, r->n_header) && !r->opts->map.n)
        r->found->format = VG_S("polis-votes");
    else if (vg_polis__is_math(r->header, r->n_header) && !r->opts->map.n)
        r->found->format = VG_S("polismath");
    else if (vg_polis__is_matrix(r->header, r->n_header) && !r->opts->map.n)
        r->found->format = VG_S("polis-matrix");
    else if (vg_vote_csv__is_long(r))
        r->found->format = VG_S("votes-long");
    else if (vg_vote_csv__is_wide(r))
        r->found->format = VG_S("votes-wide");
    else
        return no_format(r, e);
    return true;
}

/* The file is open behind its header. */
static bool read_by_format(vg_vote_reading *r, vg_err *e)
{
    vg_str f = r->found->format;
    if (vg_eq(f, VG_S("polis-votes")) || vg_eq(f, VG_S("polismath")))
        return vg_polis__votes(r, NULL, e);
    if (vg_eq(f, VG_S("polis-matrix")))
        return vg_polis__matrix(r, NULL, true, e);
    return vg_vote__close(r, vg_vote_csv__read(r, vg_eq(f, VG_S("votes-wide")), e), e);
}

static bool read_file(vg_vote_reading *r, const char *path, vg_err *e)
{
    if (path && !read_statements_beside(r, path, e))
        return false;
    if (!vg_vote__open(r, path, e))
        return false;
    if (!choose_format(r, e))
        return vg_vote__close(r, false, e);
    return read_by_format(r, e);
}

static bool begin(vg_vote_reading *r, vg_str path, vg_err *e)
{
    *r->found = (vg_vote_found){ .sign = r->opts->sign, .name = without_ends(base_name(path)) };
    r->found->name = vg_copy(r->a, r->found->name);
    r->found->sign_why = r->opts->sign ? VG_S("--sign") : VG_NOSTR;
    r->factor = r->opts->sign ? (int)r->opts->sign : 1;
    vg_sha256_init(&r->sum);
    return r->found->name.s ? vg_map_init(&r->totals, e) : vg_fail_memory(e, vg_arena_limit(r->a));
}

static bool finish(vg_vote_reading *r, vg_str path, bool good, vg_err *e)
{
    vg_map_free(&r->totals);
    vg_vintage *about = &r->found->about;
    bool polis = vg_starts(r->found->format, VG_S("polis"));
    about->source = polis ? VG_S("polis") : VG_S("votes");
    about->scope = VG_S("world");
    about->licence = VG_S("not stated");
    if (polis)
        about->citation = VG_S("Data was gathered using the Polis software (compdemocracy.org/polis)");
    about->file = vg_copy(r->a, path);
    if (r->n_files > 1) {
        char hex[65];
        vg_sha256_hex(&r->sum, hex);
        about->sha256 = vg_copy(r->a, vg_str_z(hex));
    }
    return good && (about->file.s || vg_fail_memory(e, vg_arena_limit(r->a)));
}

bool vg_vote_read(const char *path, const vg_vote_opts *opts, vg_vote_sink *sink, vg_arena *a,
                  vg_vote_found *found, vg_err *e)
{
    vg_vote_reading r = { .opts = opts, .sink = sink, .a = a, .found = found };
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (!begin(&r, vg_str_z(path), e))
        return false;
    return finish(&r, vg_str_z(path), folder ? read_folder(&r, path, e) : read_file(&r, path, e), e);
}

bool vg_vote_read_input(vg_input *in, const vg_vote_opts *opts, vg_vote_sink *sink, vg_arena *a,
                        vg_vote_found *found, vg_err *e)
{
    vg_vote_reading r = { .opts = opts, .sink = sink, .a = a, .found = found, .in = in };
    vg_str name = vg_input_name(in);
    if (!begin(&r, name, e))
        return false;
    return finish(&r, name, read_file(&r, NULL, e), e);
}
