/* vigie consult open, codes, close: a live consultation is made, people are invited, and it ends. What is secret is shown
 * once, here: the store keeps hashes of codes and of the moderator's and the observer's secrets. */
#include <math.h>
#include <string.h>

#include "cli/verb.h"
#include "consultation/live.h"
#include "core/csv.h"
#include "core/num.h"

const vg_opt vg_consult_open_options[] = {
    { "name", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "topic", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { "description", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { "languages", VG_OPT_TEXT, "fr,ar", "en", 0, 0 },
    { "statements", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "questions", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "moderate", VG_OPT_CHOICE, "before|after", "before", 0, 0 },
    { "no-statements", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "most", VG_OPT_INT, "N", "100000", 1, 10000000 },
    { "per-minute", VG_OPT_INT, "N", "300", 1, 1000000 },
    { "address", VG_OPT_TEXT, "URL", "http://127.0.0.1:8080", 0, 0 },
    { .name = NULL },
};
const vg_opt vg_consult_codes_options[] = {
    { "n", VG_OPT_INT, "N", "100", 1, 100000 },
    { "address", VG_OPT_TEXT, "URL", "http://127.0.0.1:8080", 0, 0 },
    { .name = NULL },
};
const vg_opt vg_consult_close_options[] = {
    { "reason", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { .name = NULL },
};

enum { MOST_WORDS = 2000, MOST_SEEDS = 5000 };

/* --- files --- */

typedef bool take_row(void *ctx, const vg_csv_row *row, const int *column, vg_at at, vg_err *e);

static int column_of(const vg_csv_row *row, const char *name)
{
    for (int i = 0; i < row->n; i++)
        if (vg_eq_nocase(vg_trim(row->cell[i]), vg_str_z(name)))
            return i;
    return -1;
}

static vg_str cell_of(const vg_csv_row *row, int column)
{
    return column >= 0 && column < row->n ? vg_trim(row->cell[column]) : VG_NOSTR;
}

/* Reads rows under a heading; the first name of `names` must be there. */
static bool read_rows(const char *path, const char *const *names, take_row *take, void *ctx, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    int column[8];
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e);
    if (good) {
        good = vg_csv_next(csv, &row, e) && !row.bad;
        for (int i = 0; good && names[i]; i++)
            column[i] = column_of(&row, names[i]);
        if (!vg_failed(e) && (!good || column[0] < 0)) {
            vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_str_z(path), .line = 1 }, "there is no column \"%s\"",
                    names[0]);
            good = vg_mend(e, "name it in the first line");
        }
        while (good && vg_csv_next(csv, &row, e)) {
            if (row.bad)
                *e = row.why;
            good = !row.bad && take(ctx, &row, column, vg_csv_at(csv, &row, 0), e);
        }
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return good && !vg_failed(e);
}

/* Statements: text, language, id; the same id again is the same statement in another language. */
typedef struct {
    vg_arena *a;
    vg_live_record *r; /* for its languages */
    vg_str *id;
    vg_live_entry *entry;
    int32_t n, n_statements;
} seeds;

static bool take_seed(void *ctx, const vg_csv_row *row, const int *column, vg_at at, vg_err *e)
{
    seeds *s = ctx;
    vg_str text, language = cell_of(row, column[1]), id = cell_of(row, column[2]);
    vg_str own = s->r->about.languages;
    if (s->n == MOST_SEEDS)
        return vg_fail(e, VG_ERANGE, at, "there are more than %d statements", MOST_SEEDS);
    if (!vg_live_text_clean(cell_of(row, column[0]), s->a, &text, e)) {
        e->at = at;
        return false;
    }
    language = language.n ? vg_copy(s->a, language) : vg_cut(&own, ',');
    if (!vg_live_has_language(s->r, language)) {
        vg_fail(e, VG_EARG, at, "\"%.*s\" is not a language of the consultation", VG_P(language));
        return vg_mend(e, "name it with --languages");
    }
    int64_t known = 0;
    for (int32_t i = 0; id.n && i < s->n; i++)
        if (vg_eq(s->id[i], id) && !known)
            known = s->entry[i].statement;
    s->id[s->n] = vg_copy(s->a, id);
    s->entry[s->n++] = (vg_live_entry){ .kind = known ? VG_LIVE_WORDING : VG_LIVE_STATE,
                                        .statement = known ? known : ++s->n_statements,
                                        .language = language,
                                        .text = text,
                                        .is_seed = true };
    return true;
}

static bool read_seeds(vg_cli *c, vg_live_record *r, seeds *out, vg_err *e)
{
    static const char *const names[] = { "text", "language", "id", NULL };
    const char *path = vg_opt_path(&c->opts, "statements");
    *out = (seeds){ .a = &c->arena,
                    .r = r,
                    .id = vg_new(&c->arena, vg_str, MOST_SEEDS),
                    .entry = vg_new(&c->arena, vg_live_entry, MOST_SEEDS) };
    if (!out->id || !out->entry)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    return !path || read_rows(path, names, take_seed, out, e);
}

/* Questions about oneself: question, answer (ids), language and their texts in it, share of the population. */
typedef struct {
    vg_arena *a;
    vg_live_record *r;
    vg_live_word *word;
    int32_t n;
} words;

static bool has_word(const words *w, const vg_live_word *x)
{
    for (int32_t i = 0; i < w->n; i++)
        if (vg_eq(w->word[i].question, x->question) && vg_eq(w->word[i].answer, x->answer) &&
            vg_eq(w->word[i].language, x->language))
            return true;
    return false;
}

static void add_word(words *w, vg_live_word x)
{
    if (!has_word(w, &x) && w->n < MOST_WORDS)
        w->word[w->n++] = x;
}

static bool take_question(void *ctx, const vg_csv_row *row, const int *column, vg_at at, vg_err *e)
{
    words *w = ctx;
    vg_str own = w->r->about.languages, first = vg_cut(&own, ','), share = cell_of(row, column[5]);
    vg_live_word x = { .question = vg_copy(w->a, cell_of(row, column[0])),
                       .answer = vg_copy(w->a, cell_of(row, column[1])),
                       .language = vg_copy(w->a, cell_of(row, column[2])),
                       .share = NAN };
    vg_str asked = vg_copy(w->a, cell_of(row, column[3])), said = vg_copy(w->a, cell_of(row, column[4]));
    x.language = x.language.n ? x.language : first;
    bool good = x.question.n > 0 && x.answer.n > 0 && x.question.n <= 60 && x.answer.n <= 60 &&
                vg_find_byte(x.question, '=') < 0 && vg_live_has_language(w->r, x.language) &&
                w->n + 2 <= MOST_WORDS;
    if (!good) {
        vg_fail(e, VG_EPARSE, at, "this is no question with an answer");
        vg_why(e, "question and answer have 1 to 60 bytes, a question no =, and the language is one of the "
                  "consultation's");
        return vg_mend(e, "write a row for each answer and language: question,answer,language,question_text,"
                          "answer_text,share");
    }
    if (share.n && (!vg_num(share, &x.share) || x.share < 0 || x.share > 1)) {
        vg_fail(e, VG_ERANGE, at, "the share \"%.*s\" is not between 0 and 1", VG_P(share));
        return vg_mend(e, "write 0.51, or leave it out where it is not known");
    }
    vg_live_word question = x;
    question.answer = VG_NOSTR;
    question.share = NAN;
    question.text = asked.n ? asked : x.question;
    x.text = said.n ? said : x.answer;
    add_word(w, question);
    add_word(w, x);
    return true;
}

static bool read_words(vg_cli *c, vg_live_record *r, words *out, vg_err *e)
{
    static const char *const names[] = { "question",    "answer", "language", "question_text",
                                         "answer_text", "share",  NULL };
    const char *path = vg_opt_path(&c->opts, "questions");
    *out = (words){ .a = &c->arena, .r = r, .word = vg_new(&c->arena, vg_live_word, MOST_WORDS) };
    if (!out->word)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    return !path || read_rows(path, names, take_question, out, e);
}

/* --- secrets --- */

static bool no_chance(vg_err *e)
{
    return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no random numbers");
}

/* 32 bytes as 64 hexadecimal digits. */
static bool make_key(vg_arena *a, vg_str *key, vg_err *e)
{
    char letters[65], hex[65];
    if (!vg_live_letters(letters, 64))
        return no_chance(e);
    vg_live_hash(vg_str_z(letters), "key", vg_str_z(letters), hex); /* 320 random bits into 256 */
    *key = vg_copy(a, vg_str_z(hex));
    return key->s || vg_fail_memory(e, vg_arena_limit(a));
}

static bool make_secret(vg_arena *a, vg_str key, const char *purpose, int32_t n, vg_str *text, vg_str *hash,
                        vg_err *e)
{
    char letters[65], hex[65];
    if (!vg_live_letters(letters, n))
        return no_chance(e);
    vg_live_hash(key, purpose, vg_str_z(letters), hex);
    *text = vg_copy(a, vg_str_z(letters));
    *hash = vg_copy(a, vg_str_z(hex));
    return (text->s && hash->s) || vg_fail_memory(e, vg_arena_limit(a));
}

/* --- open --- */

typedef struct {
    vg_str code, moderator, observer; /* texts */
    vg_live_code link;
} secrets;

static bool make_secrets(vg_cli *c, vg_live *about, secrets *out, vg_err *e)
{
    vg_arena *a = &c->arena;
    out->link = (vg_live_code){ .most = vg_opt_int(&c->opts, "most"),
                                .per_minute = vg_opt_int(&c->opts, "per-minute") };
    return make_key(a, &about->key, e) &&
           make_secret(a, about->key, "code", VG_LIVE_CODE, &out->code, &out->link.hash, e) &&
           make_secret(a, about->key, "moderator", VG_LIVE_SECRET, &out->moderator, &about->moderator, e) &&
           make_secret(a, about->key, "observer", VG_LIVE_SECRET, &out->observer, &about->observer, e);
}

static vg_str link_of(vg_cli *c, const char *part, vg_str name, vg_str secret)
{
    vg_str address = vg_opt_text(&c->opts, "address");
    while (address.n && address.s[address.n - 1] == '/')
        address.n--;
    return vg_format(&c->arena, "%.*s/live.html#%s/%.*s/%.*s", VG_P(address), part, VG_P(name), VG_P(secret));
}

static bool show_links(vg_cli *c, const vg_live *about, const secrets *s, const seeds *seed)
{
    vg_str links[] = { link_of(c, "vote", about->name, s->code),
                       link_of(c, "moderate", about->name, s->moderator),
                       link_of(c, "observe", about->name, s->observer) };
    static const char *const key[] = { "participants", "moderator", "observer" };
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, "consult.opened", vg_arg_text("name", about->name), vg_arg_int("n", seed->n_statements));
        for (int i = 0; i < 3; i++) {
            char name[40];
            snprintf(name, sizeof name, "consult.link-%s", key[i]);
            vg_line(c, name, vg_arg_text("link", links[i]));
        }
        vg_note(c, "consult.keep", vg_arg_int("n", 0));
        return true;
    }
    if (c->form == VG_FORM_CSV) {
        vg_put(c->out, VG_S("who,link\n"));
        for (int i = 0; i < 3; i++)
            vg_print(c->out, "%s,%.*s\n", key[i], VG_P(links[i]));
        return true;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("name")), vg_json_str(&j, about->name);
    vg_json_key(&j, VG_S("statements")), vg_json_int(&j, seed->n_statements);
    for (int i = 0; i < 3; i++)
        vg_json_key(&j, vg_str_z(key[i])), vg_json_str(&j, links[i]);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

static bool languages_are_good(vg_str list, vg_err *e)
{
    vg_str rest = list;
    while (rest.n) {
        vg_str one = vg_cut(&rest, ',');
        bool good = one.n >= 2 && one.n <= 12;
        for (ptrdiff_t i = 0; good && i < one.n; i++)
            good = (one.s[i] >= 'a' && one.s[i] <= 'z') || (i >= 2 && one.s[i] == '-') ||
                   (i >= 2 && one.s[i] >= 'A' && one.s[i] <= 'Z');
        if (good)
            continue;
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" is no code of a language", VG_P(vg_utf8_head(one, 40)));
        return vg_mend(e, "write codes with commas between: --languages fr,ar");
    }
    return true;
}

static bool read_about(vg_cli *c, vg_live *out, vg_err *e)
{
    const vg_opts *o = &c->opts;
    if (!vg_opt_given(o, "name") || !vg_opt_given(o, "topic")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a consultation needs --name and --topic");
        return vg_mend(e, "for example: vigie consult open --name water-2027 --topic \"Water in our town\"");
    }
    *out = (vg_live){ .name = vg_opt_text(o, "name"),
                      .topic = vg_opt_text(o, "topic"),
                      .description = vg_opt_text(o, "description"),
                      .languages = vg_opt_text(o, "languages"),
                      .settings =
                          (vg_eq(vg_opt_text(o, "moderate"), VG_S("after")) ? (unsigned)VG_LIVE_AFTER : 0) |
                          (vg_opt_given(o, "no-statements") ? (unsigned)VG_LIVE_CLOSED_LIST : 0) };
    return languages_are_good(out->languages, e);
}

static bool make(vg_cli *c, vg_live *about, const secrets *s, const words *w, seeds *seed, vg_err *e)
{
    vg_store *st;
    int64_t id = 0;
    if (!vg_cli_store(c, VG_STORE_WRITE, true, &st, e))
        return false;
    bool good = vg_live_make(st, about, w->word, w->n, &s->link, 1, &id, e);
    for (int32_t i = 0; i < seed->n; i++)
        seed->entry[i].live = id;
    good = good && (seed->n == 0 || vg_live_write_now(st, seed->entry, seed->n, e));
    vg_store_close(st);
    return good;
}

bool vg_verb_consult_open(vg_cli *c, vg_err *e)
{
    vg_live_record r = { .n_words = 0 };
    secrets s;
    seeds seed;
    words w;
    return read_about(c, &r.about, e) && read_words(c, &r, &w, e) && read_seeds(c, &r, &seed, e) &&
           make_secrets(c, &r.about, &s, e) && make(c, &r.about, &s, &w, &seed, e) &&
           show_links(c, &r.about, &s, &seed);
}

/* --- codes --- */

static bool show_codes(vg_cli *c, vg_str name, const vg_str *text, int64_t n)
{
    vg_json j = vg_json_to(c->out);
    bool json = c->form == VG_FORM_JSON;
    if (json)
        vg_json_array(&j);
    else
        vg_put(c->out, VG_S("code,link\n"));
    for (int64_t i = 0; i < n; i++) {
        vg_str link = link_of(c, "vote", name, text[i]);
        vg_str shown = vg_format(&c->arena, "%.4s-%.4s-%.4s", text[i].s, text[i].s + 4, text[i].s + 8);
        if (!json) {
            vg_print(c->out, "%.*s,%.*s\n", VG_P(shown), VG_P(link));
            continue;
        }
        vg_json_object(&j);
        vg_json_key(&j, VG_S("code")), vg_json_str(&j, shown);
        vg_json_key(&j, VG_S("link")), vg_json_str(&j, link);
        vg_json_close(&j);
    }
    if (json) {
        vg_json_close(&j);
        vg_put_char(c->out, '\n');
    }
    return true;
}

bool vg_verb_consult_codes(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_live_record r;
    int64_t n = vg_opt_int(&c->opts, "n");
    vg_str *text = vg_new(&c->arena, vg_str, n);
    vg_live_code *code = vg_new(&c->arena, vg_live_code, n);
    if (!text || !code)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_live_read(st, vg_str_z(c->opts.arg[0]), &c->arena, &r, e);
    for (int64_t i = 0; good && i < n; i++) {
        code[i] = (vg_live_code){ .most = 1, .per_minute = 1 };
        good = make_secret(&c->arena, r.about.key, "code", VG_LIVE_CODE, &text[i], &code[i].hash, e);
    }
    good = good && vg_live_add_codes(st, r.about.id, code, n, e);
    vg_store_close(st);
    return good && show_codes(c, r.about.name, text, n);
}

/* --- close --- */

bool vg_verb_consult_close(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_live_record r;
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_live_read(st, vg_str_z(c->opts.arg[0]), &c->arena, &r, e);
    if (good && r.state == VG_LIVE_ENDED) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "%.*s is closed already", VG_P(r.about.name));
        good =
            vg_mend(e, "its votes are there: vigie consult report --conversation %.*s", VG_P(r.about.name));
    }
    vg_live_entry x = { .kind = VG_LIVE_ACT,
                        .live = good ? r.about.id : 0,
                        .act = VG_S("close"),
                        .actor = VG_S("command line"),
                        .reason = vg_opt_text(&c->opts, "reason") };
    good = good && vg_live_write_now(st, &x, 1, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (c->form == VG_FORM_TABLE)
        vg_line(c, "consult.closed", vg_arg_text("name", r.about.name));
    else
        vg_print(c->out, c->form == VG_FORM_JSON ? "{\"closed\":\"%.*s\"}\n" : "closed\n%.*s\n",
                 VG_P(r.about.name));
    return true;
}
