/*
 * Answers about people, and shares of a population, from CSV. Invariant: answers and questions come out sorted by their
 * bytes, so that the order of the file does not matter; the last answer of a person to a question is the one that
 * counts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consultation/segment.h"
#include "core/csv.h"
#include "core/map.h"
#include "core/num.h"

enum { MOST_QUESTIONS = 1000 };

/* Answers while the file is read: names in the order of arrival. */
typedef struct {
    const vg_consultation *c;
    vg_arena *a;
    vg_csv *csv;
    vg_map question;
    vg_map *answer; /* of each question */
    int32_t **of;
    int64_t n_rows, n_unknown, n_changed, n_kept;
} reading;

static int column(const vg_csv_row *row, const char *const *names)
{
    for (; *names; names++)
        for (int i = 0; i < row->n; i++)
            if (vg_eq_nocase(vg_trim(row->cell[i]), vg_str_z(*names)))
                return i;
    return -1;
}

static const char *const person_names[] = { "participant", "participant-id", "participant_id", "voter-id",
                                            NULL };
static const char *const question_names[] = { "question", NULL };
static const char *const answer_names[] = { "answer", NULL };
static const char *const share_names[] = { "share", NULL };

static bool begin(reading *r, vg_err *e)
{
    r->answer = vg_new(r->a, vg_map, MOST_QUESTIONS);
    r->of = vg_new(r->a, int32_t *, MOST_QUESTIONS);
    if (!r->answer || !r->of)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    return vg_map_init(&r->question, e);
}

static void drop(reading *r)
{
    for (int32_t q = 0; r->answer && q < r->question.n; q++)
        vg_map_free(&r->answer[q]);
    vg_map_free(&r->question);
    if (r->csv)
        vg_csv_close(r->csv);
}

static int32_t question_at(reading *r, vg_str name, vg_at at, vg_err *e)
{
    bool is_new;
    if (vg_map_find(&r->question, name) < 0 && r->question.n >= MOST_QUESTIONS) {
        vg_fail(e, VG_ERANGE, at, "more than %d questions", MOST_QUESTIONS);
        return -1;
    }
    int32_t q = vg_map_add(&r->question, name, &is_new);
    if (q < 0) {
        vg_fail(e, VG_ENOMEM, at, "out of memory for the names of questions");
        return -1;
    }
    if (!is_new)
        return q;
    if (!vg_map_init(&r->answer[q], e))
        return -1;
    r->of[q] = vg_new(r->a, int32_t, r->c->n_participants);
    if (!r->of[q]) {
        vg_fail_memory(e, vg_arena_limit(r->a));
        return -1;
    }
    for (int32_t p = 0; p < r->c->n_participants; p++)
        r->of[q][p] = VG_SEGMENT_NONE;
    return q;
}

static bool keep(reading *r, int32_t person, int32_t q, vg_str answer, vg_err *e)
{
    if (answer.n == 0)
        return true;
    int32_t was = r->of[q][person], now = vg_map_add(&r->answer[q], answer, NULL);
    if (now < 0)
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "out of memory for answers");
    r->n_changed += was != VG_SEGMENT_NONE && was != now;
    r->n_kept += was == VG_SEGMENT_NONE;
    r->of[q][person] = now;
    return true;
}

static bool next_row(vg_csv *csv, vg_csv_row *row, vg_err *e)
{
    if (!vg_csv_next(csv, row, e))
        return false;
    if (row->bad)
        *e = row->why;
    return !row->bad;
}

static bool short_row(const vg_csv *csv, const vg_csv_row *row, int32_t least, vg_err *e)
{
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "this row has %d cells, the header asks for %d", row->n,
            least);
    return vg_mend(e, "is a quote or a separator missing?");
}

static bool read_long(reading *r, int person, int question, int answer, vg_err *e)
{
    int most = person > question ? person : question;
    most = most > answer ? most : answer;
    vg_csv_row row;
    while (next_row(r->csv, &row, e)) {
        if (row.n <= most)
            return short_row(r->csv, &row, most + 1, e);
        r->n_rows++;
        int32_t p = vg_consultation_find_participant(r->c, vg_trim(row.cell[person]));
        r->n_unknown += p < 0;
        if (p < 0)
            continue;
        int32_t q = question_at(r, vg_trim(row.cell[question]), vg_csv_at(r->csv, &row, question), e);
        if (q < 0 || !keep(r, p, q, vg_trim(row.cell[answer]), e))
            return false;
    }
    return !vg_failed(e);
}

static bool read_wide(reading *r, int person, const vg_csv_row *header, vg_err *e)
{
    int32_t n = header->n;
    int32_t *q = vg_new(r->a, int32_t, n);
    if (!q)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    for (int32_t i = 0; i < n; i++) {
        if (i == person)
            continue;
        q[i] = question_at(r, vg_trim(header->cell[i]), vg_csv_at(r->csv, header, i), e);
        if (q[i] < 0)
            return false;
    }
    vg_csv_row row;
    while (next_row(r->csv, &row, e)) {
        if (row.n != n)
            return short_row(r->csv, &row, n, e);
        r->n_rows++;
        int32_t p = vg_consultation_find_participant(r->c, vg_trim(row.cell[person]));
        r->n_unknown += p < 0;
        for (int32_t i = 0; p >= 0 && i < n; i++)
            if (i != person && !keep(r, p, q[i], vg_trim(row.cell[i]), e))
                return false;
    }
    return !vg_failed(e);
}

static int by_name(const void *a, const void *b, void *names)
{
    const vg_map *m = names;
    return vg_cmp(vg_map_name(m, *(const int32_t *)a), vg_map_name(m, *(const int32_t *)b));
}

/* Numbers of a map's names in the order of their bytes. */
static int32_t *sorted(vg_map *m, vg_arena *a)
{
    int32_t *order = vg_new(a, int32_t, m->n);
    for (int32_t i = 0; order && i < m->n; i++)
        order[i] = i;
    if (order)
        qsort_r(order, (size_t)m->n, sizeof *order, by_name, m);
    return order;
}

static bool finish_question(reading *r, int32_t from, vg_question *out, vg_err *e)
{
    vg_map *m = &r->answer[from];
    int32_t *order = sorted(m, r->a), *place = vg_new(r->a, int32_t, m->n),
            *size = vg_new(r->a, int32_t, m->n);
    vg_str *name = vg_new(r->a, vg_str, m->n);
    out->name = vg_copy(r->a, vg_map_name(&r->question, from));
    if (!order || !place || !size || !name || !out->name.s)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    for (int32_t i = 0; i < m->n; i++) {
        place[order[i]] = i;
        name[i] = vg_copy(r->a, vg_map_name(m, order[i]));
        if (!name[i].s)
            return vg_fail_memory(e, vg_arena_limit(r->a));
    }
    for (int32_t p = 0; p < r->c->n_participants; p++) {
        int32_t was = r->of[from][p];
        if (was == VG_SEGMENT_NONE)
            continue;
        r->of[from][p] = place[was];
        size[place[was]] += r->c->row_at[p + 1] > r->c->row_at[p];
    }
    out->n_answers = m->n;
    out->answer = name;
    out->of = r->of[from];
    out->size = size;
    return true;
}

static bool finish(reading *r, vg_segments *out, vg_err *e)
{
    if (r->n_kept == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "no answer of anybody in this conversation");
        return vg_mend(e, "are the participants named as in the votes?");
    }
    int32_t n = r->question.n, *order = sorted(&r->question, r->a);
    vg_question *q = vg_new(r->a, vg_question, n);
    if (!order || !q)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    for (int32_t i = 0; i < n; i++)
        if (!finish_question(r, order[i], &q[i], e))
            return false;
    *out = (vg_segments){ .n_participants = r->c->n_participants,
                          .n_questions = n,
                          .question = q,
                          .n_rows = r->n_rows,
                          .n_unknown = r->n_unknown,
                          .n_changed = r->n_changed };
    return true;
}

bool vg_segments_read_input(vg_input *in, const vg_consultation *c, vg_arena *a, vg_segments *out, vg_err *e)
{
    reading r = { .c = c, .a = a };
    vg_csv_row header;
    bool good = begin(&r, e) && vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &r.csv, e);
    if (good && !next_row(r.csv, &header, e))
        good = vg_fail(e, VG_EPARSE, VG_NOWHERE, "the file of answers is empty");
    if (good) {
        int person = column(&header, person_names), question = column(&header, question_names),
            answer = column(&header, answer_names);
        if (person < 0) {
            good = vg_fail(e, VG_EPARSE, vg_csv_at(r.csv, &header, 0), "no column is called participant");
            vg_mend(e, "write participant,question,answer or participant and one column a question");
        } else {
            good = question >= 0 && answer >= 0 ? read_long(&r, person, question, answer, e)
                                                : read_wide(&r, person, &header, e);
        }
    }
    good = good && finish(&r, out, e);
    drop(&r);
    return good;
}

bool vg_segments_read(const char *path, const vg_consultation *c, vg_arena *a, vg_segments *out, vg_err *e)
{
    vg_input *in;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_segments_read_input(in, c, a, out, e);
    vg_input_close(in);
    return good;
}

/* --- margins --- */

static int32_t find_question(const vg_segments *g, vg_str name)
{
    for (int32_t q = 0; q < g->n_questions; q++)
        if (vg_eq(g->question[q].name, name))
            return q;
    return -1;
}

static int32_t find_answer(const vg_question *q, vg_str name)
{
    for (int32_t i = 0; i < q->n_answers; i++)
        if (vg_eq(q->answer[i], name))
            return i;
    return -1;
}

static bool read_share(vg_str cell, vg_at at, double *share, vg_err *e)
{
    bool percent = vg_ends(cell, VG_S("%"));
    double x;
    if (!vg_num(percent ? vg_trim(vg_sub(cell, 0, cell.n - 1)) : cell, &x)) {
        vg_fail(e, VG_EPARSE, at, "the share is not a number: \"%.*s\"", VG_P(cell));
        return vg_mend(e, "write 0.51 or 51 %%");
    }
    if (x < 0)
        return vg_fail(e, VG_ERANGE, at, "a share cannot be negative: %g", x);
    *share = percent ? x / 100 : x;
    return true;
}

static bool margin_of(const vg_segments *g, const vg_csv *csv, const vg_csv_row *row, const int col[3],
                      vg_margin *m, vg_err *e)
{
    for (int i = 0; i < 3; i++)
        if (row->n <= col[i])
            return short_row(csv, row, col[i] + 1, e);
    vg_str question = vg_trim(row->cell[col[0]]), answer = vg_trim(row->cell[col[1]]);
    m->question = find_question(g, question);
    if (m->question < 0)
        return vg_fail(e, VG_ENOTFOUND, vg_csv_at(csv, row, col[0]), "nobody answered the question \"%.*s\"",
                       VG_P(question));
    m->answer = find_answer(&g->question[m->question], answer);
    if (m->answer < 0) {
        vg_fail(e, VG_ENOTFOUND, vg_csv_at(csv, row, col[1]), "nobody gave the answer \"%.*s\"",
                VG_P(answer));
        return vg_mend(e, "join it with a neighbouring answer in both files: no weight can bring in people "
                          "who are not there");
    }
    return read_share(vg_trim(row->cell[col[2]]), vg_csv_at(csv, row, col[2]), &m->share, e);
}

static int margin_order(const void *x, const void *y)
{
    const vg_margin *a = x, *b = y;
    return a->question != b->question ? (a->question > b->question) - (a->question < b->question)
                                      : (a->answer > b->answer) - (a->answer < b->answer);
}

/* Shares of each question add up to 1 or 100, and every answer is there once. */
static bool close_margins(const vg_segments *g, vg_margin *m, int32_t n, vg_err *e)
{
    qsort(m, (size_t)n, sizeof *m, margin_order);
    for (int32_t from = 0, to; from < n; from = to) {
        double sum = 0;
        for (to = from; to < n && m[to].question == m[from].question; to++) {
            if (to > from && m[to].answer == m[to - 1].answer)
                return vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "two shares for one answer");
            sum += m[to].share;
        }
        const vg_question *q = &g->question[m[from].question];
        if (!(fabs(sum - 1) <= 0.01 || fabs(sum - 100) <= 1)) {
            vg_fail(e, VG_ERANGE, VG_NOWHERE, "the shares of \"%.*s\" add up to %g", VG_P(q->name), sum);
            return vg_mend(e, "shares of one question add up to 1 (or to 100)");
        }
        if (to - from != q->n_answers) {
            vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the margins of \"%.*s\" leave out an answer that was given",
                    VG_P(q->name));
            return vg_mend(e, "give a share for each of its %d answers", q->n_answers);
        }
        for (int32_t i = from; i < to; i++)
            m[i].share /= sum;
    }
    return true;
}

static bool read_margins(vg_csv *csv, const vg_segments *g, vg_arena *a, vg_margins *out, vg_err *e)
{
    vg_csv_row row;
    if (!next_row(csv, &row, e))
        return vg_fail(e, VG_EPARSE, VG_NOWHERE, "the file of margins is empty");
    int col[3] = { column(&row, question_names), column(&row, answer_names), column(&row, share_names) };
    if (col[0] < 0 || col[1] < 0 || col[2] < 0) {
        vg_fail(e, VG_EPARSE, vg_csv_at(csv, &row, 0), "the file of margins lacks a column");
        return vg_mend(e, "its header is question,answer,share");
    }
    int32_t n = 0, most = 0;
    for (int32_t q = 0; q < g->n_questions; q++)
        most += g->question[q].n_answers;
    vg_margin *m = vg_new(a, vg_margin, most);
    if (!m)
        return vg_fail_memory(e, vg_arena_limit(a));
    while (next_row(csv, &row, e)) {
        if (n == most)
            return vg_fail(e, VG_ECONFLICT, vg_csv_at(csv, &row, 0),
                           "more margins than answers: one comes twice");
        if (!margin_of(g, csv, &row, col, &m[n++], e))
            return false;
    }
    if (vg_failed(e) || !close_margins(g, m, n, e))
        return false;
    *out = (vg_margins){ .n = n, .margin = m };
    return true;
}

bool vg_margins_read_input(vg_input *in, const vg_segments *g, vg_arena *a, vg_margins *out, vg_err *e)
{
    vg_csv *csv;
    if (!vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e))
        return false;
    bool good = read_margins(csv, g, a, out, e);
    vg_csv_close(csv);
    return good;
}

bool vg_margins_read(const char *path, const vg_segments *g, vg_arena *a, vg_margins *out, vg_err *e)
{
    vg_input *in;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_margins_read_input(in, g, a, out, e);
    vg_input_close(in);
    return good;
}
