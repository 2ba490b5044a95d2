/* Any CSV of votes: long (a row a vote) or wide (a row a participant, a column a statement). The columns are known by
 * their names or given by --map. Invariant: without words for the answers nothing in such a file tells the sign, so +1
 * is taken as agree and found->sign_assumed says so. */
#include "source/vote_int.h"

typedef struct {
    int32_t participant, statement, value, time, group;
} columns;

static const char *const NAMES_PARTICIPANT = "participant|participant-id|participant_id|participantid|voter|"
                                             "voter-id|voter_id|voterid|user|user-id|user_id|"
                                             "userid|pid|respondent|respondent_id|person|person_id|_id|id";
static const char *const NAMES_STATEMENT = "statement|statement-id|statement_id|statementid|comment|comment-"
                                           "id|comment_id|commentid|tid|item|item_id|question|"
                                           "question_id|proposal|proposal_id";
static const char *const NAMES_VALUE = "value|vote|answer|response|opinion|choice";
static const char *const NAMES_TIME =
    "time|time_ms|timestamp|time_s|modified_ms|modified|created|created_at|date|datetime|when";
static const char *const NAMES_GROUP = "group|group-id|group_id";

static columns guess(const vg_vote_reading *r)
{
    const vg_str *h = r->header;
    int32_t n = r->n_header;
    return (columns){ .participant = vg_vote__column(h, n, NAMES_PARTICIPANT),
                      .statement = vg_vote__column(h, n, NAMES_STATEMENT),
                      .value = vg_vote__column(h, n, NAMES_VALUE),
                      .time = vg_vote__column(h, n, NAMES_TIME),
                      .group = vg_vote__column(h, n, NAMES_GROUP) };
}

/* The guess, with what --map says in its place. */
static bool map_columns(const vg_vote_reading *r, columns *c, vg_err *e)
{
    *c = guess(r);
    for (vg_str rest = r->opts->map; rest.n;) {
        vg_str column = vg_cut(&rest, ','), field = vg_cut(&column, '=');
        int32_t *to = vg_eq(field, VG_S("participant")) ? &c->participant
                      : vg_eq(field, VG_S("statement")) ? &c->statement
                      : vg_eq(field, VG_S("value"))     ? &c->value
                      : vg_eq(field, VG_S("time"))      ? &c->time
                      : vg_eq(field, VG_S("group"))     ? &c->group
                                                        : NULL;
        if (!to) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "--map knows no field %.*s", VG_P(vg_utf8_head(field, 60)));
            return vg_mend(e, "fields are participant, statement, value, time, group");
        }
        *to = -1;
        for (int32_t i = 0; i < r->n_header && *to < 0; i++)
            if (vg_eq_nocase(r->header[i], column))
                *to = i;
        if (*to < 0)
            return vg_fail(e, VG_EARG, (vg_at){ .file = vg_input_name(r->in), .line = 1 },
                           "no column is called %.*s", VG_P(vg_utf8_head(column, 60)));
    }
    return true;
}

bool vg_vote_csv__is_long(const vg_vote_reading *r)
{
    columns c;
    vg_err e = VG_NO_ERR;
    return map_columns(r, &c, &e) ? c.participant >= 0 && c.statement >= 0 && c.value >= 0
                                  : r->opts->map.n > 0;
}

bool vg_vote_csv__is_wide(const vg_vote_reading *r)
{
    columns c;
    vg_err e = VG_NO_ERR;
    return map_columns(r, &c, &e) && c.participant >= 0 && c.statement < 0 && c.value < 0 && r->n_header > 1;
}

static void assume_sign(vg_vote_reading *r)
{
    vg_vote__sign(r, VG_SIGN_EXPORT, "nothing in the file tells; 1 is taken as agree", true);
}

static bool read_long(vg_vote_reading *r, const columns *c, vg_err *e)
{
    while (vg_vote__next(r, e))
        if (!vg_vote__put(r,
                          &(vg_vote_cells){ .participant = vg_vote__cell(r, c->participant),
                                            .statement = vg_vote__cell(r, c->statement),
                                            .value = vg_vote__cell(r, c->value),
                                            .time = vg_vote__cell(r, c->time),
                                            .value_column = c->value },
                          e))
            return false;
    return !vg_failed(e);
}

/* A column's name is the statement's id, and its text too. Longer names than an id may have are numbered. */
static bool put_statements(vg_vote_reading *r, const columns *c, vg_str *id, vg_err *e)
{
    for (int32_t i = 0; i < r->n_header; i++) {
        if (i == c->participant || i == c->time || i == c->group || !r->header[i].n)
            continue;
        id[i] = r->header[i].n <= VG_VOTE_ID_BYTES ? r->header[i] : vg_format(r->a, "column %d", i + 1);
        if (!id[i].s)
            return vg_fail_memory(e, vg_arena_limit(r->a));
        vg_statement s = { .id = id[i], .text = r->header[i], .created_ms = VG_UNKNOWN };
        r->found->n_statements++;
        if (r->sink->statement && !r->sink->statement(r->sink->ctx, &s, vg_csv_at(r->csv, &r->row, i), e))
            return false;
    }
    return true;
}

static bool read_wide(vg_vote_reading *r, const columns *c, vg_err *e)
{
    vg_str *id = vg_new(r->a, vg_str, r->n_header);
    if (!id)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!put_statements(r, c, id, e))
        return false;
    while (vg_vote__next(r, e)) {
        for (int32_t i = 0; i < r->row.n && i < r->n_header; i++) {
            vg_str value = id[i].n ? vg_vote__cell(r, i) : VG_NOSTR;
            if (value.n && !vg_vote__put(r,
                                         &(vg_vote_cells){ .participant = vg_vote__cell(r, c->participant),
                                                           .statement = id[i],
                                                           .value = value,
                                                           .time = vg_vote__cell(r, c->time),
                                                           .value_column = i },
                                         e))
                return false;
        }
    }
    return !vg_failed(e);
}

static bool need(const vg_vote_reading *r, const columns *c, bool wide, vg_err *e)
{
    if (c->participant >= 0 && (wide || (c->statement >= 0 && c->value >= 0)))
        return true;
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 }, "no column of %s",
            c->participant < 0 ? "the participant"
            : c->statement < 0 ? "the statement"
                               : "the value");
    return vg_mend(e, "name the columns: --map participant=...,statement=...,value=...");
}

bool vg_vote_csv__read(vg_vote_reading *r, bool wide, vg_err *e)
{
    columns c;
    if (!map_columns(r, &c, e) || !need(r, &c, wide, e))
        return false;
    assume_sign(r);
    if (!(wide ? read_wide(r, &c, e) : read_long(r, &c, e)))
        return false;
    if (r->found->sign_assumed && r->has_words && !r->has_a_number) {
        r->found->sign_assumed = false;
        r->found->sign_why = VG_S("the words for the answers");
    }
    return true;
}
