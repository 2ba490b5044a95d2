/* Survey data as ODK and KoBo export them, CSV or JSON. Both forms end in the same three steps: a respondent begins, a
 * named answer is taken, the respondent ends. Invariant: an answer is a code of its question or not known; nothing is
 * ever read as zero because it is absent. */
#include <math.h>
#include <string.h>

#include "consultation/survey_int.h"
#include "core/date.h"
#include "core/json.h"
#include "core/map.h"
#include "core/num.h"

enum { MAX_PATH = 2000 };

typedef enum { NOTHING, ID, TIME, ONE, MULTIPLE, OPTION, AMBIGUOUS } goal;

/* What a header or key leads to. */
typedef struct {
    goal goal;
    int32_t question; /* of MULTIPLE its first option */
    int32_t language; /* of the label by which it was found; -1 = by its name */
} target;

typedef struct {
    vg_str id;
    int64_t time_s; /* VG_NO_TIME = not known */
    double *answer;
    bool dropped, doubtful;
} respondent;

static const int64_t NO_TIME = INT64_MIN;

typedef struct {
    const vg_survey_form *form;
    vg_str file, id_column;
    vg_arena *a;
    vg_map names;
    target *target; /* by number of the name */
    int64_t cap_targets;
    respondent *row;
    int64_t n_rows, cap_rows;
    respondent now; /* being read */
    bool id_seen, any_question;
    char path[MAX_PATH]; /* of a JSON key */
    vg_survey_data d;
} reader;

static bool no_memory(const reader *r, vg_err *e)
{
    return vg_fail_memory(e, vg_arena_limit(r->a));
}

/* --- names to questions --- */

static bool add_name(reader *r, vg_str name, target t)
{
    bool fresh;
    int32_t number = name.n ? vg_map_add(&r->names, name, &fresh) : 0;
    if (!name.n || number < 0)
        return number >= 0;
    target *room = VG_GROW(r->a, r->target, number, &r->cap_targets);
    if (!room)
        return false;
    r->target = room;
    target *old = &r->target[number];
    if (fresh)
        *old = t;
    else if (t.language < 0 && (old->goal != t.goal || old->question != t.question))
        old->goal = AMBIGUOUS;
    return true;
}

/* Paths first, so that a bare name that two groups share cannot hide one. */
static bool add_names(reader *r, vg_err *e)
{
    const vg_survey_form *f = r->form;
    bool good = true;
    for (int turn = 0; turn < 2; turn++)
        for (int32_t i = 0; i < f->n_questions && good; i++) {
            const vg_survey_question *q = &f->question[i];
            vg_str name = turn == 0 ? q->path : q->name;
            if (turn == 1 && vg_eq(q->path, q->name))
                continue;
            good = add_name(r, name, (target){ q->multiple < 0 ? ONE : OPTION, i, -1 });
            if (q->multiple == i) {
                ptrdiff_t cut = name.n;
                while (cut > 0 && name.s[--cut] != '/')
                    ;
                good = good && add_name(r, vg_sub(name, 0, cut), (target){ MULTIPLE, i, -1 });
            }
        }
    for (int32_t i = 0; i < f->n_questions && good; i++)
        for (int32_t k = 0; k < f->n_languages && good && f->question[i].multiple < 0; k++)
            good = add_name(r, f->question[i].label[k], (target){ ONE, i, k });
    return good || no_memory(r, e);
}

/* The part behind the last of the separators that group names are joined by. */
static vg_str last_part(vg_str head, char separator)
{
    ptrdiff_t at = head.n;
    while (at > 0 && head.s[at - 1] != separator)
        at--;
    return vg_sub(head, at, head.n);
}

static bool is_time(vg_str head)
{
    static const char *const time[] = { "_submission_time", "submissiondate", "__system/submissiondate",
                                        "_submission_date", "submissiontime", NULL };
    return vg_survey_word(head, time);
}

static bool is_id(const reader *r, vg_str head)
{
    return vg_eq(head, r->id_column) || vg_eq(last_part(head, '/'), r->id_column) ||
           vg_eq(last_part(head, '-'), r->id_column);
}

static target named(const reader *r, vg_str name)
{
    int32_t number = vg_map_find(&r->names, name);
    return number >= 0 ? r->target[number] : (target){ NOTHING, -1, -1 };
}

/* What a header leads to: by path, by name, with - for /, by its last part. */
static target resolve(const reader *r, vg_str head)
{
    char slashed[MAX_PATH];
    if (is_id(r, head))
        return (target){ ID, -1, -1 };
    if (is_time(head))
        return (target){ TIME, -1, -1 };
    target t = named(r, head);
    if (t.goal != NOTHING || head.n >= MAX_PATH)
        return t;
    for (ptrdiff_t i = 0; i < head.n; i++)
        slashed[i] = head.s[i] == '-' || head.s[i] == '.' || head.s[i] == ':' ? '/' : head.s[i];
    t = named(r, (vg_str){ slashed, head.n });
    if (t.goal == NOTHING)
        t = named(r, last_part(head, '/'));
    if (t.goal == NOTHING)
        t = named(r, last_part(head, '-'));
    return t;
}

/* --- one answer --- */

static void reject(reader *r, vg_at at, const vg_survey_question *q, vg_str value, const char *why)
{
    if (r->d.n_rejected++)
        return;
    at.file = r->file;
    vg_fail(&r->d.first_rejected, VG_ERANGE, at, "\"%.*s\": \"%.*s\" is no answer to it",
            VG_P(vg_utf8_head(q->name, 60)), VG_P(vg_utf8_head(value, 80)));
    vg_why(&r->d.first_rejected, "%s", why);
}

/* The choice that an answer names: by name, by number, by label in any language. */
static const vg_survey_choice *choice_of(reader *r, const vg_survey_question *q, vg_str value)
{
    double number, code;
    for (int32_t i = 0; i < q->n_choices; i++)
        if (vg_eq(q->choice[i].name, value))
            return &q->choice[i];
    if (vg_num(value, &number))
        for (int32_t i = 0; i < q->n_choices; i++)
            if (vg_num(q->choice[i].name, &code) && code == number)
                return &q->choice[i];
    for (int32_t k = 0; k < r->form->n_languages; k++)
        for (int32_t i = 0; i < q->n_choices; i++)
            if (vg_eq(q->choice[i].label[k], value)) {
                r->d.languages |= 1u << k;
                return &q->choice[i];
            }
    return NULL;
}

static void take_one(reader *r, int32_t question, vg_str value, vg_at at)
{
    const vg_survey_question *q = &r->form->question[question];
    double *answer = &r->now.answer[question];
    if (q->kind == VG_ASK_NUMBER) {
        if (!vg_num(value, answer))
            reject(r, at, q, value, "the question asks for a number");
        return;
    }
    const vg_survey_choice *c = choice_of(r, q, value);
    if (!c) {
        reject(r, at, q, value, "it is not among the question's choices, by name or by label");
        return;
    }
    r->d.n_no_answer += c->missing;
    *answer = c->missing ? NAN : c->code;
}

/* One column of a split select_multiple. */
static void take_option(reader *r, int32_t question, vg_str value, vg_at at)
{
    static const char *const yes[] = { "1", "true", "yes", "oui", NULL };
    static const char *const no[] = { "0", "false", "no", "non", NULL };
    bool is_yes = vg_survey_word(value, yes);
    if (is_yes || vg_survey_word(value, no))
        r->now.answer[question] = is_yes;
    else
        reject(r, at, &r->form->question[question], value, "an option is 1 or 0, or true or false");
}

/* All options of a select_multiple in one cell, separated by blanks. All or nothing. */
static void take_multiple(reader *r, int32_t first, vg_str value, vg_at at)
{
    const vg_survey_form *f = r->form;
    int32_t end = first;
    while (end < f->n_questions && f->question[end].multiple == first)
        r->now.answer[end++] = 0;
    for (vg_str rest = value; rest.n;) {
        vg_str option = vg_cut(&rest, ' ');
        int32_t at_option = -1;
        for (int32_t i = first; i < end && option.n; i++)
            if (vg_eq(last_part(f->question[i].name, '/'), option))
                at_option = i;
        if (at_option >= 0)
            r->now.answer[at_option] = 1;
        else if (option.n) {
            reject(r, at, &f->question[first], option, "it is not among the question's choices");
            for (int32_t i = first; i < end; i++)
                r->now.answer[i] = NAN;
            return;
        }
    }
}

static bool take(reader *r, target t, vg_str value, vg_at at, vg_err *e)
{
    value = vg_trim(value);
    if (!value.n || (t.goal != ID && (vg_eq(value, VG_S("n/a")) || vg_eq(value, VG_S("NA")))))
        return true; /* not answered */
    if (t.language >= 0)
        r->d.languages |= 1u << t.language;
    switch (t.goal) {
    case ID: r->now.id = vg_copy(r->a, value); return r->now.id.s || no_memory(r, e);
    case TIME:
        if (!vg_instant_parse(value, &r->now.time_s))
            r->now.time_s = NO_TIME;
        break;
    case ONE: take_one(r, t.question, value, at); break;
    case OPTION: take_option(r, t.question, value, at); break;
    case MULTIPLE: take_multiple(r, t.question, value, at); break;
    default: break;
    }
    return true;
}

/* --- one respondent --- */

static bool begin(reader *r, vg_err *e)
{
    r->now = (respondent){ .time_s = NO_TIME, .answer = vg_new(r->a, double, r->form->n_questions) };
    if (!r->now.answer)
        return no_memory(r, e);
    for (int32_t i = 0; i < r->form->n_questions; i++)
        r->now.answer[i] = NAN;
    return true;
}

static bool end(reader *r, vg_err *e)
{
    r->d.n_rows++;
    if (!r->now.id.n) {
        r->d.n_without_id++;
        return true;
    }
    respondent *room = VG_GROW(r->a, r->row, r->n_rows, &r->cap_rows);
    if (!room)
        return no_memory(r, e);
    r->row = room;
    r->row[r->n_rows++] = r->now;
    return true;
}

/* --- CSV --- */

static bool refuse_repeat(vg_str head, vg_at at, vg_err *e)
{
    vg_fail(e, VG_EPARSE, at, "a repeat group: \"%.*s\"", VG_P(vg_utf8_head(head, 100)));
    vg_why(e,
           "a group that repeats gives one respondent many answers, and before and after cannot be paired");
    return vg_mend(e, "export without the repeat group");
}

/* "children[2]/age" */
static bool is_repeat(vg_str head)
{
    ptrdiff_t open = vg_find_byte(head, '[');
    return open > 0 && open + 2 < head.n && head.s[open + 1] >= '0' && head.s[open + 1] <= '9' &&
           vg_find(head, VG_S("]/")) > open;
}

static bool refuse_second(const reader *r, const target *t, int32_t i, const vg_csv *csv,
                          const vg_csv_row *row, vg_err *e)
{
    for (int32_t j = 0; j < i; j++)
        if (t[j].goal == t[i].goal && t[j].question == t[i].question && t[i].goal >= ONE) {
            vg_fail(e, VG_ECONFLICT, vg_csv_at(csv, row, i), "a second column for the question \"%.*s\"",
                    VG_P(vg_utf8_head(r->form->question[t[i].question].name, 100)));
            return vg_mend(e, "keep one of the two columns");
        }
    return true;
}

static bool read_head(reader *r, const vg_csv *csv, const vg_csv_row *row, target **out, vg_err *e)
{
    target *t = vg_new(r->a, target, row->n);
    if (!t)
        return no_memory(r, e);
    r->d.n_columns = row->n;
    for (int32_t i = 0; i < row->n; i++) {
        vg_str head = vg_trim(row->cell[i]);
        if (is_repeat(head) && named(r, head).goal == NOTHING)
            return refuse_repeat(head, vg_csv_at(csv, row, i), e);
        t[i] = resolve(r, head);
        if (t[i].goal == ID && r->id_seen)
            t[i].goal = NOTHING; /* the first one is it */
        r->id_seen = r->id_seen || t[i].goal == ID;
        if (t[i].goal == AMBIGUOUS) {
            vg_fail(e, VG_ECONFLICT, vg_csv_at(csv, row, i),
                    "\"%.*s\" is a question in two groups of the form", VG_P(vg_utf8_head(head, 100)));
            return vg_mend(e, "export with the names of the groups: group/question");
        }
        if (t[i].goal >= ONE && !refuse_second(r, t, i, csv, row, e))
            return false;
        r->any_question = r->any_question || t[i].goal >= ONE;
        r->d.n_other_columns += t[i].goal == NOTHING;
    }
    *out = t;
    return true;
}

static void reject_row(reader *r, const vg_err *why)
{
    r->d.n_rows++;
    if (!r->d.n_rejected++) {
        r->d.first_rejected = *why;
        r->d.first_rejected.at.file = r->file;
    }
}

static bool read_row(reader *r, const target *t, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    if (row->bad) {
        reject_row(r, &row->why);
        return true;
    }
    if (row->n > r->d.n_columns) {
        vg_err why = VG_NO_ERR;
        vg_fail(&why, VG_EPARSE, vg_csv_at(csv, row, r->d.n_columns), "%d cells under %d headers", row->n,
                r->d.n_columns);
        reject_row(r, &why);
        return true;
    }
    bool good = begin(r, e);
    for (int32_t i = 0; i < row->n && good; i++)
        if (t[i].goal != NOTHING)
            good = take(r, t[i], row->cell[i], vg_csv_at(csv, row, i), e);
    return good && end(r, e);
}

static bool read_csv(reader *r, vg_input *in, vg_err *e)
{
    vg_csv *csv;
    vg_csv_row row;
    target *t = NULL;
    bool good = true;
    if (!vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e))
        return false;
    while (good && vg_csv_next(csv, &row, e)) {
        if (!t && row.bad) {
            *e = row.why;
            good = false;
        } else {
            good = t ? read_row(r, t, csv, &row, e) : read_head(r, csv, &row, &t, e);
        }
    }
    vg_csv_close(csv);
    return good && !vg_failed(e);
}

/* --- JSON --- */

static bool scalar(const vg_json_token *t, vg_str *text)
{
    *text = t->kind == VG_JSON_TRUE ? VG_S("1") : t->kind == VG_JSON_FALSE ? VG_S("0") : t->text;
    return t->kind == VG_JSON_STRING || t->kind == VG_JSON_NUMBER || t->kind == VG_JSON_TRUE ||
           t->kind == VG_JSON_FALSE;
}

static bool json_field(reader *r, vg_str path, vg_str value, vg_at at, vg_err *e)
{
    target t = resolve(r, path);
    if (t.goal == AMBIGUOUS)
        return true;
    r->id_seen = r->id_seen || t.goal == ID;
    r->any_question = r->any_question || t.goal >= ONE;
    return take(r, t, value, at, e);
}

/* An array as an answer: options of a select_multiple. Objects in it are a repeat group. */
static bool json_array(reader *r, vg_json_reader *j, vg_str path, bool own, vg_err *e)
{
    vg_json_token t;
    vg_str text, all = VG_NOSTR;
    vg_at at = { 0 };
    int depth = 1;
    while (depth > 0) {
        if (!vg_json_next(j, &t, e))
            return false;
        at = t.at;
        if (t.kind == VG_JSON_ARRAY || t.kind == VG_JSON_OBJECT)
            depth++;
        else if (t.kind == VG_JSON_ARRAY_END || t.kind == VG_JSON_OBJECT_END)
            depth--;
        if (t.kind == VG_JSON_OBJECT && own)
            return refuse_repeat(path, t.at, e);
        if (depth == 1 && own && scalar(&t, &text)) {
            all = vg_format(r->a, "%.*s %.*s", VG_P(all), VG_P(text));
            if (!all.s)
                return no_memory(r, e);
        }
    }
    return !all.n || json_field(r, path, all, at, e);
}

/* The members of an object behind `length` bytes of path; ends with its brace. */
static bool json_members(reader *r, vg_json_reader *j, ptrdiff_t length, vg_err *e)
{
    vg_json_token t;
    vg_str text;
    while (vg_json_next(j, &t, e) && t.kind == VG_JSON_KEY) {
        bool own = !vg_starts(t.text, VG_S("_"));
        ptrdiff_t from = length + (length > 0);
        if (from + t.text.n >= MAX_PATH) {
            if (!vg_json_skip(j, &t, e))
                return false;
            continue;
        }
        if (length > 0)
            r->path[length] = '/';
        memcpy(&r->path[from], t.text.s, (size_t)t.text.n);
        vg_str path = { r->path, from + t.text.n };
        if (!vg_json_next(j, &t, e))
            return false;
        bool good = t.kind == VG_JSON_OBJECT  ? json_members(r, j, path.n, e)
                    : t.kind == VG_JSON_ARRAY ? json_array(r, j, path, own, e)
                    : scalar(&t, &text)       ? json_field(r, path, text, t.at, e)
                                              : true;
        if (!good)
            return false;
    }
    return !vg_failed(e);
}

static bool json_record(reader *r, vg_json_reader *j, vg_err *e)
{
    return begin(r, e) && json_members(r, j, 0, e) && end(r, e);
}

static bool json_records(reader *r, vg_json_reader *j, vg_err *e)
{
    vg_json_token t;
    while (vg_json_next(j, &t, e) && t.kind != VG_JSON_ARRAY_END) {
        if (t.kind != VG_JSON_OBJECT) {
            vg_fail(e, VG_EPARSE, t.at, "a submission is not an object");
            return vg_why(e, "a list of submissions holds one object a respondent");
        }
        if (!json_record(r, j, e))
            return false;
    }
    return !vg_failed(e);
}

/* An object at the top: a wrapper around the list of submissions. Anything else in it is passed over. */
static bool json_wrapper(reader *r, vg_json_reader *j, bool *found, vg_err *e)
{
    static const char *const word[] = { "results", "value", "data", "submissions", NULL };
    vg_json_token t;
    while (vg_json_next(j, &t, e) && t.kind == VG_JSON_KEY) {
        bool list = vg_survey_word(t.text, word);
        if (!vg_json_next(j, &t, e))
            return false;
        if (list && t.kind == VG_JSON_ARRAY) {
            *found = true;
            if (!json_records(r, j, e))
                return false;
        } else if (!vg_json_skip(j, &t, e)) {
            return false;
        }
    }
    return !vg_failed(e);
}

static bool read_json(reader *r, vg_input *in, vg_err *e)
{
    vg_json_reader *j;
    vg_json_token t;
    bool found = false;
    if (!vg_json_open(in, r->a, &j, e))
        return false;
    while (vg_json_next(j, &t, e) && t.kind != VG_JSON_END) {
        found = found || t.kind == VG_JSON_ARRAY;
        bool good = t.kind == VG_JSON_ARRAY    ? json_records(r, j, e)
                    : t.kind == VG_JSON_OBJECT ? json_wrapper(r, j, &found, e)
                                               : vg_fail(e, VG_EPARSE, t.at, "no list of submissions");
        if (!good)
            return false;
    }
    if (!vg_failed(e) && !found) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file }, "no list of submissions");
        vg_why(e, "it is an array, or an object whose \"results\" or \"value\" is one");
    }
    return !vg_failed(e);
}

/* --- the whole file --- */

/* One respondent an id: the later submission, where times tell; else none of them. */
static bool keep_one_each(reader *r, vg_err *e)
{
    vg_map ids;
    if (!vg_map_init(&ids, e))
        return false;
    int64_t *first = vg_new(r->a, int64_t, r->n_rows + 1);
    bool good = first != NULL;
    for (int64_t i = 0; i < r->n_rows && good; i++) {
        bool fresh;
        int32_t number = vg_map_add(&ids, r->row[i].id, &fresh);
        good = number >= 0;
        if (!good || fresh) {
            first[good ? number : 0] = i;
            continue;
        }
        respondent *old = &r->row[first[number]], *new = &r->row[i];
        bool told = old->time_s != NO_TIME && new->time_s != NO_TIME && old->time_s != new->time_s;
        bool later = told && new->time_s > old->time_s;
        (later ? old : new)->dropped = true;
        old->doubtful = old->doubtful || !told;
        new->doubtful = !told;
        first[number] = later ? i : first[number];
    }
    vg_map_free(&ids);
    return good || no_memory(r, e);
}

static bool finish(reader *r, vg_err *e)
{
    vg_str *id = vg_new(r->a, vg_str, r->n_rows + 1);
    double **answer = vg_new(r->a, double *, r->n_rows + 1);
    if (!id || !answer)
        return no_memory(r, e);
    for (int64_t i = 0; i < r->n_rows; i++) {
        const respondent *p = &r->row[i];
        r->d.n_ambiguous += p->doubtful;
        r->d.n_replaced += p->dropped && !p->doubtful;
        if (p->dropped || p->doubtful)
            continue;
        id[r->d.n] = p->id;
        answer[r->d.n++] = p->answer;
    }
    r->d.id = id;
    r->d.answer = answer;
    return true;
}

static bool check_found(const reader *r, vg_err *e)
{
    vg_at at = { .file = r->file };
    if (!r->any_question) {
        vg_fail(e, VG_ENODATA, at, "no question of the form is in the file");
        return vg_mend(e, "is it the data of this form? headers are question or group/question");
    }
    if (!r->id_seen) {
        vg_fail(e, VG_ENOTFOUND, at, "there is no column \"%.*s\"", VG_P(vg_utf8_head(r->id_column, 100)));
        vg_why(e, "the id column says which answers before and after are of one person");
        return vg_mend(e, "name the column that both surveys have: --id COLUMN");
    }
    return true;
}

static bool read_all(reader *r, vg_input *in, vg_err *e)
{
    vg_str head;
    if (!vg_input_peek(in, 4096, &head, e))
        return false;
    if (vg_starts(head, VG_S("\xEF\xBB\xBF")))
        head = vg_sub(head, 3, head.n);
    head = vg_trim(head);
    bool json = head.n && (head.s[0] == '{' || head.s[0] == '[');
    return (json ? read_json(r, in, e) : read_csv(r, in, e)) && check_found(r, e) &&
           vg_input_sha256(in, r->d.sha256, e) && keep_one_each(r, e) && finish(r, e);
}

bool vg_survey_data_read(const char *path, const vg_survey_form *form, vg_str id_column, vg_arena *a,
                         vg_survey_data *out, vg_err *e)
{
    vg_input *in;
    reader *r = vg_new(a, reader, 1);
    if (!r)
        return vg_fail_memory(e, vg_arena_limit(a));
    *r = (reader){
        .form = form, .file = vg_str_z(path), .id_column = id_column, .a = a, .d = { .file = path }
    };
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_map_init(&r->names, e);
    if (good) {
        good = add_names(r, e) && read_all(r, in, e);
        vg_map_free(&r->names);
    }
    vg_input_close(in);
    if (!good && e->at.file.n)
        e->at.file = r->file; /* the caller's, which stays */
    if (good)
        *out = r->d;
    return good;
}
