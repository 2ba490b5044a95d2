/* The files of a Polis export, and of the server's own tables: comments, summary, votes, and the matrix of last votes.
 * Invariant: the sign is decided before the first vote is handed over, from the first part of the file where totals
 * are there to compare with. */
#include "source/vote_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

#define VOTER     "voter-id|voter_id|participant|participant-id|participant_id|pid"
#define STATEMENT "comment-id|comment_id|statement|statement-id|statement_id|tid"
#define VALUE     "vote|value"
#define TIME      "timestamp|modified_ms|modified|created|time"
#define TEXT      "comment-body|comment_body|text|txt|body|statement-text"

bool vg_polis__is_votes(const vg_str *header, int32_t n)
{
    return vg_vote__column(header, n, "comment-id") >= 0 && vg_vote__column(header, n, "voter-id") >= 0 &&
           vg_vote__column(header, n, "vote") >= 0;
}

bool vg_polis__is_math(const vg_str *header, int32_t n)
{
    return (vg_vote__column(header, n, "modified_ms") >= 0 &&
            vg_vote__column(header, n, "participant") >= 0 && vg_vote__column(header, n, "statement") >= 0 &&
            vg_vote__column(header, n, "vote") >= 0) ||
           (vg_vote__column(header, n, "zid") >= 0 && vg_vote__column(header, n, "pid") >= 0 &&
            vg_vote__column(header, n, "tid") >= 0 && vg_vote__column(header, n, "vote") >= 0);
}

bool vg_polis__is_matrix(const vg_str *header, int32_t n)
{
    return vg_vote__column(header, n, "participant") >= 0 && vg_vote__column(header, n, "group-id") >= 0 &&
           vg_vote__column(header, n, "n-votes") >= 0;
}

/* --- totals and the sign --- */

static bool keep_total(vg_vote_reading *r, vg_str statement, vg_str agrees, vg_str disagrees, vg_err *e)
{
    int64_t yes, no;
    if (!vg_int(agrees, &yes) || !vg_int(disagrees, &no))
        return true;
    int32_t n = vg_map_add(&r->totals, statement, NULL);
    if (n >= r->difference_cap) {
        int32_t cap = 2 * n + 256;
        double *wider = vg_new(r->a, double, cap);
        if (!wider)
            return vg_fail_memory(e, vg_arena_limit(r->a));
        if (r->difference_cap)
            memcpy(wider, r->difference, (size_t)r->difference_cap * sizeof *wider);
        r->difference = wider;
        r->difference_cap = cap;
    }
    if (n < 0)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    r->difference[n] = (double)(yes - no);
    r->has_totals = true;
    return true;
}

/* Rows of the first part of the open file, by a reader of their own; the file itself is not moved. */
typedef struct {
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
} peeked;

static bool peek_begin(vg_vote_reading *r, peeked *p, vg_err *e)
{
    *p = (peeked){ .in = NULL };
    if (!vg_input_memory(r->head, VG_S("head"), &p->in, e))
        return false;
    if (vg_csv_open(p->in, &(vg_csv_opts){ .sep = vg_csv_sep(r->csv) }, &p->csv, e) &&
        vg_csv_next(p->csv, &p->row, e)) /* the header */
        return true;
    return false;
}

static void peek_end(peeked *p)
{
    if (p->csv)
        vg_csv_close(p->csv);
    if (p->in)
        vg_input_close(p->in);
}

/* Sum over votes of the first part: value times what the totals of its statement lean to. */
static double lean_of_votes(vg_vote_reading *r, peeked *p, int32_t statement, int32_t value)
{
    double lean = 0;
    while (vg_csv_next(p->csv, &p->row, NULL)) {
        int8_t x;
        bool is_word;
        if (p->row.bad || p->row.n != r->n_header ||
            !vg_vote__value(vg_trim(p->row.cell[value]), &x, &is_word) || is_word)
            continue;
        int32_t n = vg_map_find(&r->totals, vg_trim(p->row.cell[statement]));
        if (n >= 0)
            lean += x * r->difference[n];
    }
    return lean;
}

/* The same for a matrix, from n-agree and n-disagree of each row. */
static double lean_of_rows(const vg_vote_reading *r, peeked *p, int32_t agree, int32_t disagree, int32_t from)
{
    double lean = 0;
    while (vg_csv_next(p->csv, &p->row, NULL)) {
        int64_t yes, no;
        if (p->row.bad || p->row.n != r->n_header || !vg_int(vg_trim(p->row.cell[agree]), &yes) ||
            !vg_int(vg_trim(p->row.cell[disagree]), &no))
            continue;
        int64_t sum = 0;
        for (int32_t i = from; i < p->row.n; i++) {
            int8_t x;
            bool is_word;
            if (p->row.cell[i].n && vg_vote__value(vg_trim(p->row.cell[i]), &x, &is_word))
                sum += x;
        }
        lean += (double)sum * (double)(yes - no);
    }
    return lean;
}

static void decide(vg_vote_reading *r, double lean, const char *why)
{
    if (fabs(lean) > 0)
        vg_vote__sign(r, lean > 0 ? VG_SIGN_EXPORT : VG_SIGN_STORED, why, false);
}

static void sign_of_votes(vg_vote_reading *r, int32_t statement, int32_t value)
{
    peeked p;
    if (r->has_totals && r->found->sign == VG_SIGN_FOUND_OUT) {
        if (peek_begin(r, &p, NULL))
            decide(r, lean_of_votes(r, &p, statement, value),
                   "the totals of agrees and disagrees in comments.csv");
        peek_end(&p);
    }
    if (vg_vote__column(r->header, r->n_header, "zid") >= 0)
        vg_vote__sign(r, VG_SIGN_STORED,
                      "a table of the Polis server (zid, pid, tid), which stores agree as -1", false);
    vg_vote__sign(r, VG_SIGN_EXPORT, "the form of a Polis export, which writes agree as 1", false);
}

static void sign_of_matrix(vg_vote_reading *r, int32_t from)
{
    int32_t agree = vg_vote__column(r->header, r->n_header, "n-agree");
    int32_t disagree = vg_vote__column(r->header, r->n_header, "n-disagree");
    peeked p;
    if (agree >= 0 && disagree >= 0 && r->found->sign == VG_SIGN_FOUND_OUT) {
        if (peek_begin(r, &p, NULL))
            decide(r, lean_of_rows(r, &p, agree, disagree, from),
                   "n-agree and n-disagree in participants-votes.csv");
        peek_end(&p);
    }
    vg_vote__sign(r, VG_SIGN_EXPORT, "the form of a Polis export, which writes agree as 1", false);
}

/* --- comments.csv and NAME.statements.csv --- */

static bool is_true(vg_str s)
{
    return vg_eq_nocase(s, VG_S("true")) || vg_eq(s, VG_S("1")) || vg_eq_nocase(s, VG_S("t")) ||
           vg_eq_nocase(s, VG_S("yes"));
}

/* "comment-body (fr)", "text:fr", "label::French (fr)": the language of a column of translations; empty = it is none. */
static vg_str language_of(vg_str header)
{
    static const char *const stems[] = { "comment-body", "comment_body", "text",       "txt",
                                         "body",         "label",        "translation" };
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        vg_str stem = vg_str_z(stems[i]);
        if (header.n <= stem.n || !vg_eq_nocase(vg_sub(header, 0, stem.n), stem))
            continue;
        vg_str rest = vg_trim(vg_sub(header, stem.n, header.n));
        ptrdiff_t open = vg_find_byte(rest, '(');
        if (open >= 0 && vg_ends(rest, VG_S(")")))
            return vg_trim(vg_sub(rest, open + 1, rest.n - open - 2));
        if (rest.n > 1 && (rest.s[0] == ':' || rest.s[0] == '-' || rest.s[0] == '_'))
            return vg_trim(vg_sub(rest, 1, rest.n));
    }
    return VG_NOSTR;
}

typedef struct {
    int32_t id, author, moderated, meta, seed, created, language, text, agrees, disagrees;
} comment_columns;

static bool refuse_comment(vg_vote_reading *r, int32_t column, const char *what, vg_str cell, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_fail(&why, VG_ERANGE, vg_csv_at(r->csv, &r->row, column), "%s: \"%.*s\"", what,
            VG_P(vg_utf8_head(cell, 60)));
    return vg_vote__reject(r, &why, e);
}

static bool put_translations(vg_vote_reading *r, const comment_columns *c, vg_str id, vg_err *e)
{
    for (int32_t i = 0; i < r->n_header && i < r->row.n; i++) {
        vg_str language = i == c->text ? VG_NOSTR : language_of(r->header[i]);
        if (!language.n || !vg_vote__cell(r, i).n)
            continue;
        vg_statement t = { .id = id,
                           .language = language,
                           .text = vg_vote__cell(r, i),
                           .is_translation = true,
                           .created_ms = VG_UNKNOWN };
        if (!r->sink->statement(r->sink->ctx, &t, vg_csv_at(r->csv, &r->row, i), e))
            return false;
    }
    return true;
}

static bool put_comment(vg_vote_reading *r, const comment_columns *c, vg_err *e)
{
    vg_statement s = { .id = vg_vote__cell(r, c->id),
                       .author = vg_vote__cell(r, c->author),
                       .language = vg_vote__cell(r, c->language),
                       .text = vg_vote__cell(r, c->text),
                       .is_meta = is_true(vg_vote__cell(r, c->meta)),
                       .is_seed = is_true(vg_vote__cell(r, c->seed)) };
    vg_str moderated = vg_vote__cell(r, c->moderated);
    int64_t m = 0;
    if (!s.id.n || s.id.n > VG_VOTE_ID_BYTES)
        return refuse_comment(r, c->id, "a statement without an id, or with one over 200 bytes", s.id, e);
    if (moderated.n && (!vg_int_lenient(moderated, &m) || m < -1 || m > 1))
        return refuse_comment(r, c->moderated, "moderated is none of -1, 0, 1", moderated, e);
    s.moderation = (int8_t)m;
    if (!vg_vote__time(vg_vote__cell(r, c->created), &s.created_ms))
        s.created_ms = VG_UNKNOWN;
    r->found->n_statements++;
    if (!keep_total(r, s.id, vg_vote__cell(r, c->agrees), vg_vote__cell(r, c->disagrees), e))
        return false;
    return !r->sink->statement || (r->sink->statement(r->sink->ctx, &s, vg_csv_at(r->csv, &r->row, 0), e) &&
                                   put_translations(r, c, s.id, e));
}

bool vg_polis__comments(vg_vote_reading *r, const char *path, vg_err *e)
{
    if (!vg_vote__open(r, path, e))
        return false;
    const vg_str *h = r->header;
    int32_t n = r->n_header;
    comment_columns c = { .id = vg_vote__column(h, n, STATEMENT),
                          .author = vg_vote__column(h, n, "author-id|author_id|author"),
                          .moderated = vg_vote__column(h, n, "moderated|mod"),
                          .meta = vg_vote__column(h, n, "is-meta|is_meta"),
                          .seed = vg_vote__column(h, n, "is-seed|is_seed"),
                          .created = vg_vote__column(h, n, "timestamp|created_or_ms|created"),
                          .language = vg_vote__column(h, n, "language|lang"),
                          .text = vg_vote__column(h, n, TEXT),
                          .agrees = vg_vote__column(h, n, "agrees"),
                          .disagrees = vg_vote__column(h, n, "disagrees") };
    bool good = c.id >= 0;
    if (!good)
        vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 }, "no column comment-id");
    while (good && vg_vote__next(r, e))
        good = put_comment(r, &c, e);
    return vg_vote__close(r, good, e);
}

/* --- summary.csv: key,value --- */

static bool keep_summary(vg_vote_reading *r, vg_str key, vg_str value, vg_err *e)
{
    vg_str *to = vg_eq(key, VG_S("topic"))                      ? &r->found->topic
                 : vg_eq(key, VG_S("conversation-description")) ? &r->found->description
                                                                : NULL;
    if (!to)
        return true;
    *to = vg_copy(r->a, vg_trim(value));
    return to->s || vg_fail_memory(e, vg_arena_limit(r->a));
}

bool vg_polis__summary(vg_vote_reading *r, const char *path, vg_err *e)
{
    if (!vg_vote__open(r, path, e))
        return false;
    bool good = r->n_header < 2 || keep_summary(r, r->header[0], r->header[1], e); /* there is no header */
    while (good && vg_vote__next(r, e))
        good = r->row.n < 2 || keep_summary(r, vg_vote__cell(r, 0), vg_vote__cell(r, 1), e);
    return vg_vote__close(r, good, e);
}

/* --- votes.csv --- */

static bool need_votes(vg_vote_reading *r, int32_t voter, int32_t statement, int32_t value, vg_err *e)
{
    if (voter >= 0 && statement >= 0 && value >= 0)
        return true;
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 }, "no column of %s",
            voter < 0       ? "the voter"
            : statement < 0 ? "the statement"
                            : "the vote");
    return vg_why(e, "votes are in columns such as timestamp,comment-id,voter-id,vote");
}

bool vg_polis__votes(vg_vote_reading *r, const char *path, vg_err *e)
{
    if (path && !vg_vote__open(r, path, e))
        return false;
    const vg_str *h = r->header;
    int32_t voter = vg_vote__column(h, r->n_header, VOTER),
            statement = vg_vote__column(h, r->n_header, STATEMENT);
    int32_t value = vg_vote__column(h, r->n_header, VALUE), time = vg_vote__column(h, r->n_header, TIME);
    bool good = need_votes(r, voter, statement, value, e);
    if (good)
        sign_of_votes(r, statement, value);
    while (good && vg_vote__next(r, e))
        good = vg_vote__put(r,
                            &(vg_vote_cells){ .participant = vg_vote__cell(r, voter),
                                              .statement = vg_vote__cell(r, statement),
                                              .value = vg_vote__cell(r, value),
                                              .time = vg_vote__cell(r, time),
                                              .value_column = value },
                            e);
    return vg_vote__close(r, good, e);
}

/* --- participants-votes.csv --- */

/* The statements' columns are the last ones whose names are whole numbers. */
static int32_t first_statement(const vg_vote_reading *r)
{
    int32_t from = r->n_header;
    int64_t x;
    while (from > 0 && vg_int(r->header[from - 1], &x))
        from--;
    return from;
}

static bool put_row(vg_vote_reading *r, int32_t who, int32_t group, int32_t from, bool with_votes, vg_err *e)
{
    vg_participant p = { .id = vg_vote__cell(r, who), .group = -1, .has_group = group >= 0 };
    int64_t g;
    if (!p.id.n || p.id.n > VG_VOTE_ID_BYTES)
        return refuse_comment(r, who, "a participant without an id, or with one over 200 bytes", p.id, e);
    if (vg_int(vg_vote__cell(r, group), &g) && g >= 0 && g < 1000000)
        p.group = (int32_t)g;
    r->found->n_participants++;
    if (r->sink->participant && !r->sink->participant(r->sink->ctx, &p, vg_csv_at(r->csv, &r->row, 0), e))
        return false;
    for (int32_t i = from; with_votes && i < r->row.n && i < r->n_header; i++) {
        vg_str cell = r->row.cell[i];
        if (cell.n && vg_trim(cell).n &&
            !vg_vote__put(r,
                          &(vg_vote_cells){ .participant = p.id,
                                            .statement = r->header[i],
                                            .value = vg_trim(cell),
                                            .value_column = i },
                          e))
            return false;
    }
    return true;
}

bool vg_polis__matrix(vg_vote_reading *r, const char *path, bool with_votes, vg_err *e)
{
    if (path && !vg_vote__open(r, path, e))
        return false;
    int32_t who = vg_vote__column(r->header, r->n_header, VOTER);
    int32_t group = vg_vote__column(r->header, r->n_header, "group-id|group_id|group");
    int32_t from = first_statement(r);
    bool good = who >= 0;
    if (!good)
        vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 },
                "no column of the participant");
    if (good && with_votes)
        sign_of_matrix(r, from);
    r->found->numbered = with_votes;
    while (good && vg_vote__next(r, e))
        good = put_row(r, who, group, from, with_votes, e);
    return vg_vote__close(r, good, e);
}
