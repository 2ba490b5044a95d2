/* Batches: a thread takes one file after another, asks for each row, and keeps the rows with hits. Invariant: a batch is
 * changed by the thread with the lock held, so whoever holds it sees whole rows; what was found is in the log by one entry
 * when the file is through. Batches live in memory and end with the server; decisions about their hits stay. */
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/hash.h"
#include "door/screening_batch_int.h"

enum { MOST_KEPT = 16, TELL_EVERY = 500 };

/* --- columns --- */

static const struct {
    const char *property, *words; /* headers in small letters without blanks, separated by | */
} guesses[] = {
    { "name", "name|fullname|names|passengername|crewname|vesselname|shipname|companyname|entityname|"
              "customername|nom|nomcomplet|"
              "nometprenom|raisonsociale|nombre|nombrecompleto|nome|nomecompleto|имя|фио|название|الاسم|اسم|"
              "姓名|名称" },
    { "firstName", "firstname|givenname|givennames|forename|prenom|prénom|primeironome|имени" },
    { "middleName", "middlename|secondname|deuxiemeprenom" },
    { "lastName", "lastname|familyname|surname|nomdefamille|apellido|apellidos|sobrenome|фамилия|اللقب|姓" },
    { "birthDate",
      "birthdate|dateofbirth|birth|dob|born|birthday|datedenaissance|naissance|nele|néle|fechadenacimiento|"
      "nacimiento|datadenascimento|nascimento|датарождения|تاريخالميلاد|出生日期" },
    { "country", "country|countrycode|pays|país|pais|страна|البلد|国家|residence|jurisdiction" },
    { "nationality",
      "nationality|citizenship|nationalite|nationalité|nacionalidad|nacionalidade|гражданство|الجنسية|国籍" },
    { "gender", "gender|sex|sexe|genre|sexo|género|genero|пол|الجنس|性别" },
    { "passportNumber",
      "passport|passportnumber|passportno|passeport|numerodepasseport|pasaporte|passaporte|паспорт" },
    { "idNumber", "idnumber|nationalid|identitynumber|numerodidentite|cedula|dni|cpf" },
    { "taxNumber", "taxnumber|taxid|tin|vat|inn|nif|rfc|cnpj" },
    { "registrationNumber", "registrationnumber|registration|companynumber|siren|siret|ogrn" },
    { "imoNumber", "imo|imonumber|numeroimo" },
    { "mmsi", "mmsi" },
    { "callSign", "callsign|indicatif" },
    { "leiCode", "lei|leicode" },
    { "address", "address|adresse|direccion|dirección|endereço|endereco|адрес|العنوان|地址" },
    { "schema", "schema|type|kind|entitytype" },
};

/* Small letters without blanks, dashes, underscores and dots. */
static vg_str bare(vg_arena *a, vg_str text)
{
    char *to = vg_new(a, char, text.n + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; to && i < text.n; i++)
        if (!strchr(" _-.'/\t", text.s[i]))
            to[n++] = vg_lower(text.s[i]);
    return (vg_str){ to, n };
}

static bool is_word_of(const char *words, vg_str text)
{
    vg_str left = vg_str_z(words);
    while (left.n)
        if (vg_eq(vg_cut(&left, '|'), text))
            return true;
    return false;
}

static vg_str guess(vg_arena *a, vg_str column)
{
    vg_str word = bare(a, column);
    for (int i = 0; i < VG_N_OF(guesses); i++)
        if (vg_eq_nocase(word, vg_str_z(guesses[i].property)) || is_word_of(guesses[i].words, word))
            return vg_str_z(guesses[i].property);
    return VG_NOSTR;
}

static bool apply(vg_batch *b, vg_str text, vg_err *e)
{
    vg_str column = text, property = vg_trim(vg_cut(&column, '='));
    column = vg_trim(column);
    for (int i = 0; i < VG_N_OF(guesses); i++) {
        if (!vg_eq(property, vg_str_z(guesses[i].property)))
            continue;
        for (int32_t k = 0; k < b->n_columns; k++)
            if (vg_eq(b->column[k], column)) {
                b->property[k] = vg_str_z(guesses[i].property);
                return true;
            }
        vg_fail(e, VG_EARG, VG_NOWHERE, "the file has no column \"%.*s\"", VG_P(vg_utf8_head(column, 60)));
        return vg_mend(e, "name a column as its first line has it");
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" cannot be read from a column",
            VG_P(vg_utf8_head(property, 40)));
    return vg_mend(
        e, "write map=name=COLUMN; also firstName, lastName, birthDate, country, nationality, gender, "
           "passportNumber, idNumber, taxNumber, imoNumber, mmsi, leiCode, address, schema");
}

static bool has_name(const vg_batch *b)
{
    static const char *const enough[] = {
        "name", "lastName", "imoNumber", "mmsi", "leiCode", "passportNumber"
    };
    for (int32_t i = 0; i < b->n_columns; i++)
        for (int k = 0; k < VG_N_OF(enough); k++)
            if (vg_eq(b->property[i], vg_str_z(enough[k])))
                return true;
    return false;
}

static bool name_columns(vg_batch *b, const vg_csv_row *row, vg_err *e)
{
    if (row->bad) {
        *e = row->why;
        return false;
    }
    b->n_columns = row->n < VG_BATCH_COLUMNS ? row->n : VG_BATCH_COLUMNS;
    for (int32_t i = 0; i < b->n_columns; i++) {
        b->column[i] = vg_copy(&b->arena, vg_trim(row->cell[i]));
        if (!b->column[i].s)
            return vg_fail_memory(e, vg_arena_limit(&b->arena));
        b->property[i] = guess(&b->arena, b->column[i]);
    }
    return true;
}

static bool fail_no_name(const vg_batch *b, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "no column holds a name, as far as the headers tell");
    vg_why(e, "the first of them is \"%.*s\"", VG_P(vg_utf8_head(b->column[0], 60)));
    return vg_mend(e, "name it: map=name=COLUMN");
}

static const vg_csv_opts csv_opts = { .latin1_ok = true, .max_row = 1 << 20 };

bool vg_batch_columns(vg_batch *b, const vg_str *map, int n_map, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_input_memory(b->bytes, VG_S("body"), &in, e))
        return false;
    bool good = vg_csv_open(in, &csv_opts, &csv, e);
    if (good) {
        good = vg_csv_next(csv, &row, e) ? name_columns(b, &row, e)
               : vg_failed(e)            ? false
                                         : vg_fail(e, VG_EPARSE, VG_NOWHERE, "the file is empty");
        vg_csv_close(csv);
    }
    vg_input_close(in);
    for (int i = 0; good && i < n_map; i++)
        good = apply(b, map[i], e);
    if (good && b->n_columns == 1 && !b->property[0].n)
        b->property[0] = VG_S("name");
    return good && (has_name(b) || fail_no_name(b, e));
}

/* --- one file --- */

static bool is_stopped(vg_batches *all, const vg_batch *b)
{
    pthread_mutex_lock(&all->lock);
    bool stop = b->stop || all->closing;
    pthread_mutex_unlock(&all->lock);
    return stop;
}

static bool read_row(const vg_batch *b, const vg_csv_row *row, vg_arena *a, vg_question *q, vg_err *e)
{
    bool known;
    if (!vg_question_begin(q, a, e))
        return false;
    q->party.schema = b->schema;
    for (int32_t i = 0; i < b->n_columns && i < row->n; i++) {
        vg_str cell = vg_trim(row->cell[i]);
        vg_err odd =
            VG_NO_ERR; /* a date that cannot be read is left out: the name is asked for all the same */
        if (!b->property[i].n || !cell.n)
            continue;
        if (vg_eq(b->property[i], VG_S("schema")))
            q->party.schema = vg_schema_from_word(cell);
        else if (!vg_question_add(q, b->property[i], cell, &known, &odd) && odd.code == VG_ENOMEM)
            *e = odd;
    }
    return !vg_failed(e) && vg_question_end(q, e);
}

static bool grow(vg_batch *b, vg_err *e)
{
    int64_t cap = b->cap ? 2 * b->cap : 64;
    vg_batch_hit *hit = vg_new(&b->arena, vg_batch_hit, cap);
    if (!hit)
        return vg_fail_memory(e, vg_arena_limit(&b->arena));
    if (b->n_rows_hit)
        memcpy(hit, b->hit, (size_t)b->n_rows_hit * sizeof *hit);
    b->hit = hit;
    b->cap = cap;
    return true;
}

/* With the lock held. */
static bool keep(vg_batch *b, const vg_asker *k, const vg_party *query, const vg_screening_answer *got,
                 int64_t line, vg_err *e)
{
    if (b->n_rows_hit == b->cap && !grow(b, e))
        return false;
    vg_batch_hit *hit = &b->hit[b->n_rows_hit];
    *hit = (vg_batch_hit){ .line = line, .query = *query, .candidate = got->candidate, .n = got->n };
    vg_screening_query_key(query, hit->key);
    for (int32_t i = 0; i < got->n; i++) {
        vg_match_decision d = vg_screening_decided(k->decisions, hit->key, &got->candidate[i]);
        b->n_excepted += d.verdict == VG_VERDICT_FALSE_MATCH && !d.outdated;
    }
    b->n_hits += got->n_hits;
    b->n_rows_hit++;
    return true;
}

/* The row's cells die with the next one, and an answer's reasons point into the question: it is copied before it is asked. */
static bool ask_copy(vg_batch *b, const vg_asker *k, const vg_party *read, vg_party *query,
                     vg_screening_answer *got, vg_err *e)
{
    *query = vg_party_copy(&b->arena, read);
    if (read->name.n && !query->name.item)
        return vg_fail_memory(e, vg_arena_limit(&b->arena));
    return vg_screening_ask(k->reader, query, &b->opts, &b->arena, got, e);
}

static bool ask_row(vg_batches *all, vg_batch *b, const vg_asker *k, const vg_csv_row *row, vg_err *e)
{
    vg_arena before = b->arena, scratch = b->scratch; /* what a row without hits took is given back */
    vg_question q;
    vg_party query;
    vg_screening_answer got = { .n = 0 };
    if (!read_row(b, row, &scratch, &q, e))
        return false;
    bool empty = !q.party.name.n && !q.party.number.n;
    if (!empty && !ask_copy(b, k, &q.party, &query, &got, e))
        return false;
    pthread_mutex_lock(&all->lock);
    bool good = true;
    if (got.n)
        good = keep(b, k, &query, &got, row->line, e);
    else
        b->arena = before;
    b->n_rows += !empty;
    b->n_bad += empty;
    b->line = row->line;
    pthread_mutex_unlock(&all->lock);
    return good;
}

/* With the lock held: what is told of a batch. */
static vg_str news_of(const vg_batch *b, char text[200])
{
    static const char *const word[] = { "waiting", "running", "done", "failed", "stopped" };
    int n = snprintf(
        text, 200, "{\"batch\":%lld,\"state\":\"%s\",\"line\":%lld,\"lines\":%lld,\"hits\":%lld}",
        (long long)b->id, word[b->state], (long long)b->line, (long long)b->n_lines, (long long)b->n_hits);
    return (vg_str){ text, n };
}

static void tell(vg_batches *all, const vg_batch *b)
{
    char text[200];
    pthread_mutex_lock(&all->lock);
    vg_str news = news_of(b, text);
    pthread_mutex_unlock(&all->lock);
    vg_serve_post(all->s, "screening-batch", news);
}

static bool ask_rows(vg_batches *all, vg_batch *b, const vg_asker *k, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    for (int64_t i = 0; vg_csv_next(csv, &row, e); i++) {
        if (is_stopped(all, b))
            return vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped");
        if (i == 0)
            continue; /* the header */
        if (row.bad) {
            pthread_mutex_lock(&all->lock);
            b->n_bad++;
            pthread_mutex_unlock(&all->lock);
        } else if (!ask_row(all, b, k, &row, e)) {
            return false;
        }
        if (i % TELL_EVERY == 0)
            tell(all, b);
    }
    return !vg_failed(e);
}

static bool run(vg_batches *all, vg_batch *b, vg_err *e)
{
    vg_asker k;
    vg_input *in;
    vg_csv *csv;
    if (!vg_asker_begin(all->screen, &b->arena, &k, e))
        return false;
    bool good = vg_input_memory(b->bytes, VG_S("body"), &in, e);
    if (good) {
        good = vg_csv_open(in, &csv_opts, &csv, e);
        if (good) {
            good = ask_rows(all, b, &k, csv, e);
            vg_csv_close(csv);
        }
        vg_input_close(in);
    }
    vg_asker_end(&k);
    vg_screening_batch about = { .file = vg_str_z(b->name),
                                 .sha256 = vg_str_z(b->sha256),
                                 .n_rows = b->n_rows,
                                 .n_bad = b->n_bad,
                                 .n_hits = b->n_hits,
                                 .n_rows_hit = b->n_rows_hit,
                                 .n_excepted = b->n_excepted,
                                 .threshold = b->opts.threshold > 0 ? b->opts.threshold
                                                                    : vg_screening_default_threshold() };
    return good && vg_screen__log_batch(all->screen, vg_str_z(b->who), &about, e);
}

/* --- the thread --- */

static vg_batch *first_waiting(const vg_batches *all)
{
    vg_batch *found = NULL;
    for (vg_batch *b = all->newest; b; b = b->next)
        if (b->state == VG_BATCH_WAITING)
            found = b;
    return found;
}

/* A batch that is through may be dropped by anybody once the lock is given back: what is told of it is written before. */
static void end_batch(vg_batches *all, vg_batch *b, bool good, const vg_err *e)
{
    char text[200];
    pthread_mutex_lock(&all->lock);
    b->why = *e;
    b->why.at = VG_NOWHERE; /* its text is not the batch's */
    b->state = good ? VG_BATCH_DONE : e->code == VG_ESTOPPED ? VG_BATCH_STOPPED : VG_BATCH_FAILED;
    free((void *)(uintptr_t)b->bytes.s);
    b->bytes = VG_NOSTR;
    vg_str news = news_of(b, text);
    pthread_mutex_unlock(&all->lock);
    vg_serve_post(all->s, "screening-batch", news);
}

static void *work(void *arg)
{
    vg_batches *all = arg;
    pthread_mutex_lock(&all->lock);
    while (!all->closing) {
        vg_batch *b = first_waiting(all);
        if (!b) {
            pthread_cond_wait(&all->changed, &all->lock);
            continue;
        }
        b->state = VG_BATCH_RUNNING;
        pthread_mutex_unlock(&all->lock);
        vg_err e = VG_NO_ERR;
        bool good = run(all, b, &e);
        end_batch(all, b, good, &e);
        pthread_mutex_lock(&all->lock);
        pthread_cond_broadcast(&all->changed); /* whoever waits to drop it */
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* --- the batches --- */

bool vg_batches_open(vg_screen *screen, vg_serve *s, vg_batches **out, vg_err *e)
{
    vg_batches *all = calloc(1, sizeof *all);
    if (!all)
        return vg_fail_memory(e, 0);
    all->screen = screen;
    all->s = s;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->changed, NULL);
    *out = all;
    return true;
}

void vg_batch_free(vg_batch *b)
{
    if (!b)
        return;
    free((void *)(uintptr_t)b->bytes.s);
    vg_arena_free(&b->arena);
    vg_arena_free(&b->scratch);
    free(b);
}

void vg_batches_close(vg_batches *all)
{
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    all->closing = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    if (all->has_thread)
        pthread_join(all->thread, NULL);
    for (vg_batch *b = all->newest, *next; b; b = next) {
        next = b->next;
        vg_batch_free(b);
    }
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

vg_batch *vg_batches_find(vg_batches *all, int64_t id)
{
    vg_batch *b = all->newest;
    while (b && b->id != id)
        b = b->next;
    return b;
}

static void unlink_batch(vg_batches *all, vg_batch *b)
{
    vg_batch **at = &all->newest;
    while (*at != b)
        at = &(*at)->next;
    *at = b->next;
    vg_batch_free(b);
}

/* Room for one more: the oldest that is not under way goes. False when all are. */
static bool make_room(vg_batches *all)
{
    vg_batch *oldest = NULL;
    int n = 0;
    for (vg_batch *b = all->newest; b; b = b->next, n++)
        if (b->state > VG_BATCH_RUNNING)
            oldest = b;
    if (n >= MOST_KEPT && oldest)
        unlink_batch(all, oldest);
    return n < MOST_KEPT || oldest;
}

bool vg_batches_add(vg_batches *all, vg_batch *b, int64_t *id, vg_err *e)
{
    pthread_mutex_lock(&all->lock);
    bool good = make_room(all);
    if (!good) {
        vg_fail(e, VG_EBUSY, VG_NOWHERE, "%d files wait already", MOST_KEPT);
        vg_mend(e, "ask again when one of them is through");
    } else if (!all->has_thread) {
        all->has_thread = pthread_create(&all->thread, NULL, work, all) == 0;
        good = all->has_thread || vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    if (good) {
        *id = b->id = ++all->n_ids;
        b->next = all->newest;
        all->newest = b;
        pthread_cond_broadcast(&all->changed);
    } else {
        vg_batch_free(b);
    }
    pthread_mutex_unlock(&all->lock);
    return good;
}

bool vg_batches_drop(vg_batches *all, int64_t id)
{
    pthread_mutex_lock(&all->lock);
    vg_batch *b = vg_batches_find(all, id);
    if (b)
        b->stop = true;
    while (b && b->state == VG_BATCH_RUNNING) {
        pthread_cond_wait(&all->changed, &all->lock);
        b = vg_batches_find(all, id);
    }
    if (b)
        unlink_batch(all, b);
    pthread_mutex_unlock(&all->lock);
    return b != NULL;
}
