/* A conversation straight from a file or folder to the record of votes, without the store between: the way for
 * `analyse PATH`, where millions of votes should not be written anywhere. Invariant: what was assumed about the source
 * (format, sign) is in the record. */
#include "consultation/consultation_int.h"

/* Ends the building and says where the record came from. */
static bool finish(vg_consultation_builder *b, const vg_conversation *about, vg_str place, bool assumed,
                   vg_arena *a, vg_consultation *out, vg_err *e)
{
    vg_consultation c;
    if (about->numbered) /* Polis numbers people and statements as they come; its matrix has another order */
        vg_consultation__order_by_id(b);
    if (!vg_consultation_end(b, a, &c, e))
        return false;
    c.name = about->name;
    c.topic = about->topic;
    c.description = about->description;
    c.format = about->format;
    c.sign = (vg_vote_sign)about->sign;
    c.sign_why = about->sign_why;
    c.sign_assumed = assumed;
    if (c.n_votes == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = place }, "there is not one good vote");
        return vg_why(e, "%lld rows were refused%s%s", (long long)c.n_rejected,
                      c.n_rejected ? ", the first: " : "", c.first_rejected.what);
    }
    *out = c;
    return true;
}

bool vg_consultation_read(const char *path, const vg_consultation_opts *opts, vg_arena *a,
                          vg_consultation *out, vg_err *e)
{
    vg_consultation_builder *b;
    vg_vote_found found;
    if (!vg_consultation_begin(opts, &b, e))
        return false;
    if (!vg_vote_read(path, &opts->source, vg_consultation_sink(b), a, &found, e)) {
        vg_consultation_drop(b);
        return false;
    }
    vg_conversation about = { .name = found.name,
                              .topic = found.topic,
                              .description = found.description,
                              .format = found.format,
                              .sign = (int)found.sign,
                              .sign_why = found.sign_why,
                              .numbered = found.numbered };
    return finish(b, &about, vg_str_z(path), found.sign_assumed, a, out, e);
}

bool vg_consultation_load(vg_store *st, const vg_conversation *what, const vg_consultation_opts *opts,
                          vg_arena *a, vg_consultation *out, vg_err *e)
{
    vg_consultation_builder *b;
    if (!vg_consultation_begin(opts, &b, e))
        return false;
    if (!vg_store_votes(st, what, vg_consultation_sink(b), e)) {
        vg_consultation_drop(b);
        return false;
    }
    return finish(b, what, what->name, false, a, out, e);
}
