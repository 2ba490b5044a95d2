/* An XLSForm's sheets survey and choices, as CSV. Invariant: a form is read whole or refused with the place of its first
 * fault, since answers read by a half-understood form would be wrong without anybody seeing it. */
#include <math.h>
#include <string.h>

#include "consultation/survey_int.h"
#include "core/map.h"
#include "core/num.h"

enum { MAX_QUESTIONS = 5000, MAX_CHOICES = 200000, MAX_LANGUAGES = 16, MAX_GROUPS = 32 };

typedef struct {
    vg_survey_choice c;
    int32_t list;
    bool said_missing;
} listed;

typedef struct {
    vg_survey_choice *choice;
    int32_t n;
    bool numbers;   /* every name is a number */
    double highest; /* of the codes that may be answers */
} list;

/* Columns of a sheet, -1 = none; label[language]. */
typedef struct {
    int32_t type, name, appearance, parameters, scale, reversed, list, missing, label[MAX_LANGUAGES];
} columns;

typedef struct {
    vg_arena *a;
    vg_str file, wanted;
    columns col;
    bool survey; /* the sheet being read */
    vg_str language[MAX_LANGUAGES];
    int32_t n_languages;
    vg_map lists, names;
    listed *choice;
    int64_t n_choices, cap_choices;
    list *list;
    vg_survey_question *question;
    int64_t n_questions, cap_questions;
    vg_str group[MAX_GROUPS];
    int depth;
    vg_survey_form f;
} reader;

/* --- small things --- */

void *vg_survey_grow(vg_arena *a, const void *old, int64_t n, int64_t *cap, int64_t size)
{
    if (n < *cap) {
        void *same;
        memcpy(&same, &old, sizeof same); /* the caller's own, which is not const */
        return same;
    }
    int64_t next = *cap ? *cap * 2 : 16;
    void *room = vg_alloc(a, next, size, 16);
    if (room && n)
        memcpy(room, old, (size_t)(n * size));
    *cap = room ? next : *cap;
    return room;
}

bool vg_survey_word(vg_str text, const char *const *word)
{
    for (; *word; word++)
        if (vg_eq_nocase(text, vg_str_z(*word)))
            return true;
    return false;
}

static bool no_memory(const reader *r, vg_err *e)
{
    return vg_fail_memory(e, vg_arena_limit(r->a));
}

static vg_str cell(const vg_csv_row *row, int32_t column)
{
    return column >= 0 && column < row->n ? vg_trim(row->cell[column]) : VG_NOSTR;
}

static bool says_yes(vg_str text)
{
    static const char *const yes[] = { "yes", "true", "1", "x", "oui", "vrai", "true()", "yes()", NULL };
    return vg_survey_word(text, yes);
}

/* --- headers --- */

/* The language of a header "label", "label::French (fr)" or "label:fr": its code, else its name. */
static bool label_language(vg_str head, vg_str *language)
{
    vg_str word = vg_cut(&head, ':');
    if (!vg_eq_nocase(vg_trim(word), VG_S("label")))
        return false;
    while (head.n && head.s[0] == ':')
        head = vg_sub(head, 1, head.n);
    ptrdiff_t open = vg_find_byte(head, '('), close = vg_find_byte(head, ')');
    *language = vg_trim(open >= 0 && close > open ? vg_sub(head, open + 1, close - open - 1) : head);
    return true;
}

/* Number of a language, new ones added; -1 when there are too many. */
static int32_t language_number(reader *r, vg_str language)
{
    for (int32_t i = 0; i < r->n_languages; i++)
        if (vg_eq_nocase(r->language[i], language))
            return i;
    if (r->n_languages == MAX_LANGUAGES)
        return -1;
    r->language[r->n_languages] = vg_copy(r->a, language);
    return r->language[r->n_languages].s ? r->n_languages++ : -1;
}

static bool read_head(reader *r, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    static const char *const name[] = {
        "type", "name", "appearance", "parameters", "scale", "reversed", NULL
    };
    columns *c = &r->col;
    memset(c, 0xff, sizeof *c); /* all -1 */
    int32_t *const at[] = { &c->type, &c->name, &c->appearance, &c->parameters, &c->scale, &c->reversed };
    for (int32_t i = 0; i < row->n; i++) {
        vg_str head = vg_trim(row->cell[i]), language;
        for (int k = 0; name[k]; k++)
            if (vg_eq_nocase(head, vg_str_z(name[k])))
                *at[k] = i;
        if (vg_eq_nocase(head, VG_S("value")) && c->name < 0)
            c->name = i;
        if (vg_eq_nocase(head, VG_S("list_name")) || vg_eq_nocase(head, VG_S("list name")))
            c->list = i;
        if (vg_eq_nocase(head, VG_S("missing")))
            c->missing = i;
        int32_t number = label_language(head, &language) ? language_number(r, language) : -1;
        if (number >= 0)
            c->label[number] = i;
    }
    if (c->name >= 0 && (r->survey ? c->type : c->list) >= 0)
        return true;
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "the %s sheet lacks a column",
            r->survey ? "survey" : "choices");
    vg_why(e, r->survey ? "its first line names type and name" : "its first line names list_name and name");
    return vg_mend(e, "save the form's two sheets as CSV: --form survey.csv,choices.csv");
}

static const vg_str *read_labels(reader *r, const vg_csv_row *row)
{
    vg_str *label = vg_new(r->a, vg_str, MAX_LANGUAGES);
    for (int32_t i = 0; label && i < r->n_languages; i++) {
        vg_str text = cell(row, r->col.label[i]);
        if (text.n)
            label[i] = vg_copy(r->a, text);
        if (text.n && !label[i].s)
            return NULL;
    }
    return label;
}

/* --- choices --- */

static bool add_choice(reader *r, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_str name = cell(row, r->col.name), in = cell(row, r->col.list);
    if (!name.n && !in.n)
        return true;
    if (!name.n || !in.n)
        return vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "a choice without a %s",
                       name.n ? "list" : "name");
    if (r->n_choices == MAX_CHOICES)
        return vg_fail(e, VG_ERANGE, vg_csv_at(csv, row, 0), "more than %d choices", MAX_CHOICES);
    listed *room = VG_GROW(r->a, r->choice, r->n_choices, &r->cap_choices);
    int32_t number = vg_map_add(&r->lists, in, NULL);
    if (!room || number < 0)
        return no_memory(r, e);
    r->choice = room;
    listed l = { .list = number,
                 .c = { .name = vg_copy(r->a, name), .label = read_labels(r, row), .code = NAN },
                 .said_missing = says_yes(cell(row, r->col.missing)) };
    if (!l.c.name.s || !l.c.label)
        return no_memory(r, e);
    r->choice[r->n_choices++] = l;
    return true;
}

static bool word_for_no_answer(vg_str name)
{
    static const char *const word[] = { "dk",
                                        "dont_know",
                                        "don't_know",
                                        "na",
                                        "n_a",
                                        "n/a",
                                        "nsp",
                                        "no_answer",
                                        "no_response",
                                        "refused",
                                        "refuse",
                                        "other",
                                        "not_applicable",
                                        "prefer_not_to_say",
                                        "prefer_not_to_answer",
                                        NULL };
    return vg_survey_word(name, word);
}

/* 77, 88, 97, 98, 99, these tripled in length, and their negatives. */
static bool code_for_no_answer(double code)
{
    static const double known[] = { 77, 88, 97, 98, 99, 777, 888, 997, 998, 999 };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fabs(code) == known[i])
            return true;
    return false;
}

static void decide_codes(list *l, const bool *said)
{
    double other = -INFINITY;
    l->numbers = true;
    for (int32_t i = 0; i < l->n; i++) {
        vg_survey_choice *c = &l->choice[i];
        c->missing = said[i] || word_for_no_answer(c->name);
        l->numbers = l->numbers && (vg_num(c->name, &c->code) || c->missing);
        if (!isnan(c->code) && !code_for_no_answer(c->code))
            other = fmax(other, c->code);
    }
    l->highest = other;
    for (int32_t i = 0, place = 0; i < l->n; i++) {
        vg_survey_choice *c = &l->choice[i];
        if (l->numbers && other <= 20 && code_for_no_answer(c->code))
            c->missing = true;
        if (!l->numbers)
            c->code = c->missing ? NAN : (double)++place;
    }
}

/* The choices, list by list, each in its order. */
static bool make_lists(reader *r, vg_err *e)
{
    bool *said = vg_new(r->a, bool, r->n_choices + 1);
    vg_survey_choice *all = vg_new(r->a, vg_survey_choice, r->n_choices + 1);
    int32_t *at = vg_new(r->a, int32_t, r->lists.n + 1);
    r->list = vg_new(r->a, list, r->lists.n + 1);
    if (!said || !all || !at || !r->list)
        return no_memory(r, e);
    for (int64_t i = 0; i < r->n_choices; i++)
        r->list[r->choice[i].list].n++;
    for (int32_t k = 0, from = 0; k < r->lists.n; k++) {
        at[k] = from;
        r->list[k].choice = &all[from];
        from += r->list[k].n;
    }
    for (int64_t i = 0; i < r->n_choices; i++) {
        int32_t to = at[r->choice[i].list]++;
        all[to] = r->choice[i].c;
        said[to] = r->choice[i].said_missing;
    }
    for (int32_t k = 0; k < r->lists.n; k++)
        decide_codes(&r->list[k], &said[r->list[k].choice - all]);
    return true;
}

/* --- questions --- */

typedef enum { NUMBER, ONE, MULTIPLE, BEGIN, END, REPEAT, SKIPPED, UNKNOWN } type;

/* Types by their first words; a blank stands for a blank or an underscore. Longer ones first. */
static const struct {
    const char *text;
    type type;
} types[] = {
    { "select one from file", SKIPPED },
    { "select multiple from file", SKIPPED },
    { "select one external", SKIPPED },
    { "select one", ONE },
    { "select1", ONE },
    { "select multiple", MULTIPLE },
    { "select all that apply", MULTIPLE },
    { "begin group", BEGIN },
    { "end group", END },
    { "begin repeat", REPEAT },
    { "end repeat", REPEAT },
    { "integer", NUMBER },
    { "int", NUMBER },
    { "decimal", NUMBER },
    { "range", NUMBER },
};

static const char *const skipped[] = { "text",
                                       "string",
                                       "note",
                                       "calculate",
                                       "start",
                                       "end",
                                       "today",
                                       "deviceid",
                                       "username",
                                       "email",
                                       "phonenumber",
                                       "simserial",
                                       "audit",
                                       "subscriberid",
                                       "date",
                                       "time",
                                       "datetime",
                                       "geopoint",
                                       "geotrace",
                                       "image",
                                       "geoshape",
                                       "photo",
                                       "audio",
                                       "video",
                                       "file",
                                       "barcode",
                                       "hidden",
                                       "acknowledge",
                                       "trigger",
                                       "rank",
                                       "osm",
                                       "xml-external",
                                       "csv-external",
                                       "entity",
                                       "start-geopoint",
                                       "background-audio",
                                       "background-geopoint",
                                       NULL };

static bool starts_words(vg_str text, const char *words)
{
    ptrdiff_t i = 0;
    for (; words[i]; i++) {
        char c = i < text.n ? vg_lower(text.s[i]) : '\0';
        if (c != words[i] && !(words[i] == ' ' && c == '_'))
            return false;
    }
    return i == text.n || text.s[i] == ' ';
}

/* What a type is, and what follows it: the list's name. */
static type type_of(vg_str text, vg_str *rest)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (starts_words(text, types[i].text)) {
            *rest = vg_trim(vg_sub(text, (ptrdiff_t)strlen(types[i].text), text.n));
            if (vg_starts(*rest, VG_S("from ")))
                *rest = vg_trim(vg_sub(*rest, 5, rest->n));
            return types[i].type;
        }
    return vg_survey_word(vg_cut(&text, ' '), skipped) ? SKIPPED : UNKNOWN;
}

static vg_str path_of(const reader *r, vg_str name)
{
    vg_str path = VG_S("");
    for (int i = 0; i < r->depth && path.s; i++)
        if (r->group[i].n)
            path = vg_format(r->a, "%.*s%.*s/", VG_P(path), VG_P(r->group[i]));
    return path.s ? vg_format(r->a, "%.*s%.*s", VG_P(path), VG_P(name)) : path;
}

static bool add_question(reader *r, vg_survey_question q, vg_at at, vg_err *e)
{
    bool fresh;
    if (r->n_questions == MAX_QUESTIONS)
        return vg_fail(e, VG_ERANGE, at, "more than %d questions", MAX_QUESTIONS);
    vg_survey_question *room = VG_GROW(r->a, r->question, r->n_questions, &r->cap_questions);
    if (!room || !q.name.s || !q.path.s || !q.label || vg_map_add(&r->names, q.path, &fresh) < 0)
        return no_memory(r, e);
    if (!fresh) {
        vg_fail(e, VG_ECONFLICT, at, "the question \"%.*s\" comes twice", VG_P(q.path));
        return vg_why(e, "names of questions differ within a group");
    }
    r->question = room;
    r->question[r->n_questions++] = q;
    return true;
}

/* A range's ends from "start=1 end=5 step=1". */
static void read_range(vg_str parameters, vg_survey_question *q)
{
    while (parameters.n) {
        vg_str word = vg_cut(&parameters, ' '), key = vg_cut(&word, '=');
        if (vg_eq_nocase(key, VG_S("start")))
            (void)vg_num(vg_trim(word), &q->low);
        if (vg_eq_nocase(key, VG_S("end")))
            (void)vg_num(vg_trim(word), &q->high);
    }
}

/* Yes is 1 and no is 0, whatever the two are called: a copy of the list with such codes. */
static bool make_yes_no(reader *r, vg_survey_question *q)
{
    static const char *const yes[] = { "yes", "oui", "y", "o", "true", "vrai", "agree", "1", NULL };
    vg_survey_choice *c = vg_new(r->a, vg_survey_choice, q->n_choices);
    if (!c)
        return false;
    int32_t one = -1;
    for (int32_t i = q->n_choices - 1; i >= 0; i--) {
        c[i] = q->choice[i];
        if (!c[i].missing && (one < 0 || vg_survey_word(c[i].name, yes) || !vg_survey_word(c[one].name, yes)))
            one = i;
    }
    for (int32_t i = 0; i < q->n_choices; i++)
        c[i].code = c[i].missing ? NAN : i == one;
    q->choice = c;
    q->kind = VG_ASK_YES_NO;
    q->low = 0;
    q->high = 1;
    return true;
}

static bool finish_one(reader *r, const list *l, vg_str appearance, vg_survey_question *q)
{
    int32_t answers = 0;
    q->choice = l->choice;
    q->n_choices = l->n;
    for (int32_t i = 0; i < l->n; i++)
        if (!l->choice[i].missing) {
            answers++;
            q->low = fmin(q->low, l->choice[i].code); /* fmin passes over NaN */
            q->high = fmax(q->high, l->choice[i].code);
        }
    if (answers == 2)
        return make_yes_no(r, q);
    q->kind = l->numbers || vg_find(appearance, VG_S("likert")) >= 0 ? VG_ASK_ORDERED : VG_ASK_NOMINAL;
    return true;
}

/* A label of its own for each option: "What do you need? - Water". */
static bool add_options(reader *r, const list *l, const vg_survey_question *whole, vg_at at, vg_err *e)
{
    int32_t first = (int32_t)r->n_questions;
    for (int32_t i = 0; i < l->n; i++) {
        vg_survey_question q = *whole;
        vg_str *label = vg_new(r->a, vg_str, MAX_LANGUAGES);
        for (int32_t k = 0; label && k < r->n_languages; k++) {
            vg_str option = l->choice[i].label[k].n ? l->choice[i].label[k] : l->choice[i].name;
            if (whole->label[k].n)
                label[k] = vg_format(r->a, "%.*s \xE2\x80\x93 %.*s", VG_P(whole->label[k]), VG_P(option));
        }
        q.name = vg_format(r->a, "%.*s/%.*s", VG_P(whole->name), VG_P(l->choice[i].name));
        q.path = vg_format(r->a, "%.*s/%.*s", VG_P(whole->path), VG_P(l->choice[i].name));
        q.label = label;
        q.kind = VG_ASK_YES_NO;
        q.multiple = first;
        q.low = 0;
        q.high = 1;
        if (!add_question(r, q, at, e))
            return false;
    }
    return true;
}

/* The list of a question with choices. Fails when nobody filled it. */
static const list *list_of(reader *r, vg_str name, vg_at at, vg_err *e)
{
    vg_str or_other = VG_S("or_other");
    if (vg_ends(name, or_other))
        name = vg_trim(vg_sub(name, 0, name.n - or_other.n));
    int32_t number = vg_map_find(&r->lists, name);
    if (number >= 0)
        return &r->list[number];
    vg_fail(e, VG_ENOTFOUND, at, "the list \"%.*s\" has no choices", VG_P(name));
    vg_why(e, "the choices sheet says what may be answered");
    vg_mend(e, "give it behind the survey sheet: --form survey.csv,choices.csv");
    return NULL;
}

static bool add_counted(reader *r, type t, vg_str rest, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_at at = vg_csv_at(csv, row, r->col.type);
    vg_str name = cell(row, r->col.name);
    if (!name.n)
        return vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, r->col.name), "a question without a name");
    vg_survey_question q = { .name = vg_copy(r->a, name),
                             .path = path_of(r, name),
                             .label = read_labels(r, row),
                             .kind = VG_ASK_NUMBER,
                             .multiple = -1,
                             .low = NAN,
                             .high = NAN,
                             .scale = vg_copy(r->a, cell(row, r->col.scale)),
                             .reversed = says_yes(cell(row, r->col.reversed)),
                             .line = row->line };
    if (!q.label)
        return no_memory(r, e);
    if (t == NUMBER) {
        read_range(cell(row, r->col.parameters), &q);
        return add_question(r, q, at, e);
    }
    const list *l = list_of(r, rest, at, e);
    if (!l)
        return false;
    if (t == MULTIPLE)
        return add_options(r, l, &q, at, e);
    return finish_one(r, l, cell(row, r->col.appearance), &q) ? add_question(r, q, at, e) : no_memory(r, e);
}

static bool refuse_repeat(const vg_csv *csv, const vg_csv_row *row, int32_t column, vg_err *e)
{
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, column), "the form has a repeat group");
    vg_why(e,
           "a group that repeats gives one respondent many answers, and before and after cannot be paired");
    return vg_mend(e, "take the repeat out of the form and of the data, or export it apart");
}

static bool add_row(reader *r, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_str text = cell(row, r->col.type), rest = VG_NOSTR;
    if (!text.n)
        return true;
    type t = type_of(text, &rest);
    switch (t) {
    case BEGIN:
        if (r->depth == MAX_GROUPS)
            return vg_fail(e, VG_ERANGE, vg_csv_at(csv, row, 0), "more than %d groups one in another",
                           MAX_GROUPS);
        r->group[r->depth++] = vg_copy(r->a, cell(row, r->col.name));
        return r->group[r->depth - 1].s || no_memory(r, e);
    case END: r->depth -= r->depth > 0; return true;
    case REPEAT: return refuse_repeat(csv, row, r->col.type, e);
    case SKIPPED: r->f.n_skipped++; return true;
    case UNKNOWN:
        if (!r->f.n_unknown++) {
            vg_fail(&r->f.first_unknown, VG_EPARSE, vg_csv_at(csv, row, r->col.type),
                    "no question type of XLSForm: \"%.*s\"", VG_P(vg_utf8_head(text, 80)));
            vg_why(&r->f.first_unknown, "the question is left out");
        }
        return true;
    default: return add_counted(r, t, rest, csv, row, e);
    }
}

/* --- sheets --- */

static bool read_rows(reader *r, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    bool head = false;
    while (vg_csv_next(csv, &row, e)) {
        if (row.bad) {
            *e = row.why;
            return false;
        }
        if (!head       ? !read_head(r, csv, &row, e)
            : r->survey ? !add_row(r, csv, &row, e)
                        : !add_choice(r, csv, &row, e))
            return false;
        head = true;
    }
    return !vg_failed(e);
}

static bool read_sheet(reader *r, const char *path, bool survey, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_str name = vg_str_z(path);
    if (vg_ends(name, VG_S(".xlsx")) || vg_ends(name, VG_S(".xls"))) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "workbooks are not read");
        return vg_mend(e, "save the sheets survey and choices as CSV: --form survey.csv,choices.csv");
    }
    if (!vg_input_open(path, &in, e))
        return false;
    r->survey = survey;
    bool good = vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e);
    if (good) {
        good = read_rows(r, csv, e);
        vg_csv_close(csv);
    }
    vg_input_close(in);
    if (!good && e->at.file.n)
        e->at.file = name; /* the caller's, which stays */
    return good;
}

/* The labels in the language asked for, else in the first that has one, else the names. */
static void show_labels(reader *r)
{
    vg_survey_form *f = &r->f;
    f->shown = f->n_languages ? 0 : -1;
    for (int32_t k = 0; k < f->n_languages; k++)
        if (r->wanted.n && vg_eq_nocase(f->language[k], r->wanted))
            f->shown = k;
    for (int64_t i = 0; i < r->n_questions; i++) {
        vg_survey_question *q = &r->question[i];
        q->shown = f->shown >= 0 ? q->label[f->shown] : VG_NOSTR;
        for (int32_t k = 0; k < f->n_languages && !q->shown.n; k++)
            q->shown = q->label[k];
        q->shown = q->shown.n ? q->shown : q->name;
    }
}

static bool finish(reader *r, vg_err *e)
{
    vg_str *language = vg_new(r->a, vg_str, r->n_languages + 1);
    if (!language)
        return no_memory(r, e);
    if (!r->n_questions) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(r->f.file) },
                "the form has no question that can be counted");
        return vg_why(e, "numbers and choices are; texts, dates, places and notes are not");
    }
    memcpy(language, r->language, sizeof *language * (size_t)r->n_languages);
    r->f.n_languages = r->n_languages;
    r->f.language = language;
    r->f.n_questions = (int32_t)r->n_questions;
    r->f.question = r->question;
    r->f.first_unknown.at.file = vg_str_z(r->f.file);
    show_labels(r);
    return true;
}

bool vg_survey_form_read(const char *survey_path, const char *choices_path, vg_str language, vg_arena *a,
                         vg_survey_form *out, vg_err *e)
{
    reader r = { .a = a, .wanted = language, .f = { .file = survey_path } };
    if (!vg_map_init(&r.lists, e))
        return false;
    bool good = vg_map_init(&r.names, e);
    if (good) {
        good = (!choices_path || read_sheet(&r, choices_path, false, e)) && make_lists(&r, e) &&
               read_sheet(&r, survey_path, true, e) && finish(&r, e);
        vg_map_free(&r.names);
    }
    vg_map_free(&r.lists);
    if (good)
        *out = r.f;
    return good;
}

int32_t vg_survey_find(const vg_survey_form *form, vg_str name)
{
    int32_t found = -1;
    for (int32_t i = form->n_questions - 1; i >= 0; i--) {
        if (vg_eq(form->question[i].path, name))
            return i;
        if (vg_eq(form->question[i].name, name))
            found = i;
    }
    return found;
}

vg_str vg_survey_choice_label(const vg_survey_form *form, const vg_survey_choice *c)
{
    vg_str label = form->shown >= 0 ? c->label[form->shown] : VG_NOSTR;
    for (int32_t k = 0; k < form->n_languages && !label.n; k++)
        label = c->label[k];
    return label.n ? label : c->name;
}
