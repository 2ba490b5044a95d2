/* What another program found in a simulation, scored as the watch is: one incident a row, so that each program may number
 * as it likes. Invariant: a party or clause that does not exist is an error and never passed over. */
#include "ceasefire/evaluate_int.h"
#include "core/csv.h"

enum { MOST_MEMBERS = 4096 };

static bool unknown(vg_err *e, vg_at at, const char *what, vg_str word)
{
    vg_fail(e, VG_ENOTFOUND, at, "no %s is called \"%.*s\"", what, VG_P(vg_utf8_head(word, 60)));
    return vg_why(e, "what was found must be of the same simulation");
}

static int32_t clause_named(const vg_agreement *a, vg_str id)
{
    for (int32_t i = 0; i < a->n_clauses; i++)
        if (vg_eq(a->clause[i].id, id))
            return i;
    return -1;
}

/* "patrol-1/22;camera-2/7": source and id of each report. */
static int64_t stands_for(const vg_evaluation *ev, vg_str members)
{
    int64_t told[MOST_MEMBERS];
    int32_t n = 0;
    while (members.n && n < MOST_MEMBERS) {
        vg_str id = vg_cut(&members, ';'), source = vg_cut(&id, '/');
        n += vg_evaluation_find(ev, vg_report_key(source, id), &told[n]);
    }
    return vg_evaluation_majority(told, n);
}

static bool take_row(vg_evaluation *ev, const vg_csv_row *r, vg_at at, vg_err *e)
{
    if (r->bad) {
        *e = r->why;
        return false;
    }
    if (r->n != 3)
        return vg_fail(e, VG_EPARSE, at, "%d cells; party, clauses and reports are three", r->n);
    vg_str actor = vg_trim(r->cell[0]), clauses = vg_trim(r->cell[1]);
    int32_t party = actor.n ? vg_agreement_find_party(ev->a, actor) : -1;
    if (actor.n && party < 0)
        return unknown(e, at, "party", actor);
    int64_t incident = stands_for(ev, vg_trim(r->cell[2]));
    vg_evaluation_add(ev, incident, party);
    while (clauses.n) {
        vg_str id = vg_cut(&clauses, ';');
        int32_t clause = clause_named(ev->a, id);
        if (clause < 0)
            return unknown(e, at, "clause", id);
        vg_evaluation_add_pair(ev, incident, clause, 1, VG_LEVEL_VIOLATION);
    }
    return true;
}

bool vg_evaluation_file(vg_evaluation *ev, const char *path, vg_evaluation_score *out, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row r;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ .sep = ',' }, &csv, e);
    if (good) {
        while (good && vg_csv_next(csv, &r, e))
            good = take_row(ev, &r, vg_csv_at(csv, &r, 0), e);
        vg_csv_close(csv);
    }
    good = good && !vg_failed(e);
    if (!good && e->at.file.n)
        e->at.file = vg_str_z(path);
    vg_input_close(in);
    if (good)
        vg_evaluation_score_now(ev, out);
    return good;
}
