/* Files of customers, screened block by block: a block of rows is read, asked on all threads, and handed over in the order
 * of the file. Memory does not grow with the file. A row that cannot be read is counted, and the next one taken. */
#include <stdlib.h>
#include <string.h>

#include "cli/screening.h"
#include "core/csv.h"

enum { BLOCK_ROWS = 4096, TASK_ROWS = 32 };

typedef struct {
    vg_cli *c;
    const vg_screening_file *f;
    vg_screening_reader *reader[VG_MAX_THREADS];
    vg_arena answers[VG_MAX_THREADS]; /* of the block, one a thread */
    vg_arena rows;
    vg_screened_row *row;
    int32_t n;
    vg_people_columns columns;
    int64_t n_rows, n_bad;
} batch;

/* --- one block --- */

static bool ask_row(batch *b, vg_screened_row *r, int worker, vg_err *e)
{
    vg_arena *a = &b->answers[worker];
    vg_screening_query_key(&r->query, r->key);
    if (!vg_screening_ask(b->reader[worker], &r->query, &b->f->ask, a, &r->answer, e))
        return false;
    if (r->answer.n <
        r->answer.n_hits) { /* a limit is for what is possible: a hit that nobody is shown is a hit missed */
        vg_screening_ask_opts all = b->f->ask;
        all.limit = r->answer.n_hits;
        if (!vg_screening_ask(b->reader[worker], &r->query, &all, a, &r->answer, e))
            return false;
    }
    r->decided = vg_new(a, vg_match_decision, r->answer.n);
    if (!r->decided)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < r->answer.n; i++)
        r->decided[i] = vg_screening_decided(b->f->decisions, r->key, &r->answer.candidate[i]);
    return true;
}

static bool ask_some(void *ctx, int64_t task, int worker, vg_err *e)
{
    batch *b = ctx;
    for (int64_t i = task * TASK_ROWS; i < (task + 1) * TASK_ROWS && i < b->n; i++)
        if (!ask_row(b, &b->row[i], worker, e))
            return false;
    return true;
}

static bool end_block(batch *b, vg_err *e)
{
    int n_threads = b->c->n_threads > 1 ? b->c->n_threads : 1;
    if (!b->n)
        return true;
    if (!vg_parallel(n_threads, (b->n + TASK_ROWS - 1) / TASK_ROWS, ask_some, b, e))
        return false;
    for (int32_t i = 0; i < b->n; i++)
        if (!b->f->row(b->f->ctx, &b->row[i], e))
            return false;
    b->n = 0;
    vg_arena_reset(&b->rows);
    for (int i = 0; i < n_threads; i++)
        vg_arena_reset(&b->answers[i]);
    b->row = vg_new(&b->rows, vg_screened_row, BLOCK_ROWS);
    return (b->row || vg_fail_memory(e, vg_arena_limit(&b->rows))) &&
           (!b->f->block || b->f->block(b->f->ctx, b->n_rows, e));
}

/* A row without a name and a number was not screened, and must not look as if it had been: it counts as not readable. */
static bool asks_something(const vg_party *q)
{
    for (int64_t i = 0; i < q->name.n; i++)
        if (vg_cli_has_letters(q->name.item[i].text))
            return true;
    return q->number.n > 0;
}

static bool add_row(batch *b, const vg_csv_row *row, vg_err *e)
{
    b->n_rows++;
    if (row->bad)
        b->n_bad++;
    if (row->bad)
        return true;
    vg_arena before = b->rows;
    vg_screened_row *r = &b->row[b->n];
    vg_str *cell = vg_new(&b->rows, vg_str, row->n);
    if (!cell)
        return vg_fail_memory(e, vg_arena_limit(&b->rows));
    for (int32_t i = 0; i < row->n; i++)
        cell[i] = vg_copy(&b->rows, row->cell[i]);
    r->line = row->line;
    r->row = b->n_rows;
    if (!vg_people_row(&b->columns, cell, row->n, b->f->schema, &b->rows, &r->query, e))
        return false;
    bool empty = !asks_something(&r->query);
    b->n_bad += empty;
    if (empty || b->n_rows <= b->f->skip_rows) {
        b->rows = before;
        return true;
    }
    b->n++;
    return b->n < BLOCK_ROWS || end_block(b, e);
}

/* --- the whole --- */

static bool no_names(const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    char there[160];
    int at = 0;
    for (int32_t i = 0; i < row->n && at < (int)sizeof there - 1; i++) {
        vg_str cell = vg_utf8_head(row->cell[i], 40);
        int more = snprintf(there + at, sizeof there - (size_t)at, "%s%.*s", i ? ", " : "", VG_P(cell));
        at += more > 0 ? more : 0;
    }
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "no column of names is found");
    vg_why(e, "the columns are: %s", there);
    return vg_mend(e, "say which one it is: --map name=COLUMN (or first=COLUMN,last=COLUMN)");
}

static bool read_heading(batch *b, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    if (!vg_csv_next(csv, &row, e))
        return !vg_failed(e) && vg_fail(e, VG_ENODATA, VG_NOWHERE, "%s is empty", b->f->path);
    if (row.bad) {
        *e = row.why;
        return false;
    }
    if (b->f->map.n) {
        if (!vg_people_columns_map(b->f->map, row.cell, row.n, &b->columns, e))
            return false;
    } else if (!vg_people_columns_guess(row.cell, row.n, &b->columns)) {
        return no_names(csv, &row, e);
    }
    vg_str map = vg_people_columns_text(&b->columns, row.cell, &b->c->arena);
    return !b->f->begin || b->f->begin(b->f->ctx, map, e);
}

static bool read_rows(batch *b, vg_input *in, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    while (vg_csv_next(csv, &row, e)) {
        if ((b->n_rows & 255) == 0 &&
            !vg_progress_step(&b->c->progress, "screening-file", vg_input_done(in), vg_input_size(in), e))
            return false;
        if (!add_row(b, &row, e))
            return false;
    }
    return !vg_failed(e) && end_block(b, e);
}

static bool open_readers(batch *b, vg_screening *s, vg_err *e)
{
    int n_threads = b->c->n_threads > 1 ? b->c->n_threads : 1;
    if (!vg_arena_init(&b->rows, (int64_t)2 << 30, e))
        return false;
    b->row = vg_new(&b->rows, vg_screened_row, BLOCK_ROWS);
    for (int i = 0; i < n_threads; i++)
        if (!vg_screening_reader_open(s, &b->reader[i], e) ||
            !vg_arena_init(&b->answers[i], (int64_t)2 << 30, e))
            return false;
    return b->row || vg_fail_memory(e, vg_arena_limit(&b->rows));
}

bool vg_cli_screen_file(vg_cli *c, vg_screening *s, const vg_screening_file *f, vg_screening_file_count *out,
                        vg_err *e)
{
    batch *b = calloc(1, sizeof *b);
    vg_input *in = NULL;
    vg_csv *csv = NULL;
    if (!b)
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the rows");
    b->c = c;
    b->f = f;
    bool good = vg_input_open(f->path, &in, e) &&
                vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e) && open_readers(b, s, e) &&
                read_heading(b, csv, e) && read_rows(b, in, csv, e);
    *out = (vg_screening_file_count){ b->n_rows, b->n_bad };
    for (int i = 0; i < VG_MAX_THREADS; i++) {
        vg_screening_reader_close(b->reader[i]);
        vg_arena_free(&b->answers[i]);
    }
    vg_arena_free(&b->rows);
    if (csv)
        vg_csv_close(csv);
    if (in)
        vg_input_close(in);
    free(b);
    vg_terminal_end();
    return good;
}

bool vg_cli_file_hash(vg_cli *c, const char *path, vg_str *hex, vg_err *e)
{
    vg_input *in;
    char text[65];
    *hex = VG_NOSTR;
    if (strcmp(path, "-") == 0)
        return true;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_input_sha256(in, text, e);
    vg_input_close(in);
    if (good)
        *hex = vg_copy(&c->arena, (vg_str){ text, 64 });
    return good && (hex->s || vg_fail_memory(e, vg_arena_limit(&c->arena)));
}

/* --- cells for spreadsheets --- */

static bool looks_like_a_formula(vg_str cell)
{
    return cell.n && memchr("=+-@\t\r", cell.s[0], 6);
}

vg_str vg_cli_guarded(vg_str cell, vg_arena *a)
{
    vg_str safe = looks_like_a_formula(cell) ? vg_format(a, "'%.*s", VG_P(cell)) : cell;
    return safe.s || !cell.n ? safe : VG_NOSTR;
}

vg_str vg_cli_unguarded(vg_str cell)
{
    bool guarded = cell.n && cell.s[0] == '\'' && looks_like_a_formula(vg_sub(cell, 1, cell.n));
    return guarded ? vg_sub(cell, 1, cell.n) : cell;
}
