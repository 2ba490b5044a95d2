/*
 * Agreement harness. An agreement that was read holds together: indexes point at what there is, versions lie in time,
 * findings have a place; and its whole text gives the same agreement again.
 */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/agreement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* In both languages, without a placeholder left over and without a control character. */
static void look_at(const vg_agreement *a, const vg_agreement_finding *f, int64_t least_line)
{
    vg_arena arena;
    vg_err e = VG_NO_ERR;
    demand(f->at.line > 0 && f->at.line >= least_line && f->id && f->id[0]);
    demand(vg_arena_init(&arena, 1 << 20, &e));
    for (int lang = VG_LANG_EN; lang <= VG_LANG_FR; lang++)
        for (int part = VG_SAY_WHAT; part <= VG_SAY_MEND; part++) {
            vg_str said = vg_agreement_say(a, f, (vg_say_part)part, (vg_lang)lang, &arena);
            demand(part != VG_SAY_WHAT || said.n > 0);
            for (ptrdiff_t i = 0; i < said.n; i++)
                demand((unsigned char)said.s[i] >= 0x20 && said.s[i] != 0x7F);
        }
    vg_arena_free(&arena);
}

static void look(const vg_agreement *a)
{
    demand(a->n_parties <= VG_AGREEMENT_PARTIES && a->n_zones <= VG_AGREEMENT_ZONES &&
           a->n_clauses <= VG_AGREEMENT_CLAUSES);
    demand(a->clock && strlen(a->sha256) == 64 && a->cutoff_s >= 0 && a->cutoff_s <= 86400);
    for (int32_t i = 0; i < a->n_findings; i++)
        look_at(a, &a->finding[i], i ? a->finding[i - 1].at.line : 1);
    for (int32_t i = 0; i < a->n_zones; i++)
        for (int32_t k = 0; k < a->zone[i].n_versions; k++) {
            demand(a->zone[i].version[k].shape != NULL);
            demand(k == 0 || a->zone[i].version[k - 1].from <= a->zone[i].version[k].from);
        }
    for (int32_t i = 0; i < a->n_clauses; i++) {
        const vg_clause *c = &a->clause[i];
        demand(c->zone >= -1 && c->zone < a->n_zones && c->severity >= 1 && c->severity <= 5);
        demand(c->closer == 0 || c->closer == a->zone[c->zone].n_versions);
        for (int32_t k = 0; k < c->n_exemptions; k++)
            demand(c->exemption[k].party < a->n_parties && c->exemption[k].zone < a->n_zones);
        int64_t seconds = vg_window_overlap(&c->window, a->clock, 1700000000, 1800000000);
        demand(seconds >= 0 && seconds <= 100000000);
    }
    demand(a->n_errors <= a->n_findings || a->n_findings >= 10000);
    int64_t from, to;
    vg_agreement_day_bounds(a, vg_agreement_day(a, 1750000000), &from, &to);
    demand(from <= 1750000000 && 1750000000 < to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_agreement *a, *again;
    vg_err e = VG_NO_ERR;
    vg_out o;
    if (!vg_agreement_parse((vg_str){ (const char *)data, (ptrdiff_t)n }, VG_S("fuzz.toml"), NULL, &a, &e)) {
        demand(vg_failed(&e));
        return 0;
    }
    look(a);
    demand(vg_out_memory(&o, &e) && vg_agreement_whole(a, &o, &e));
    demand(vg_agreement_parse(vg_out_text(&o), VG_S("again.toml"), NULL, &again, &e));
    demand(strcmp(a->sha256, again->sha256) == 0 && a->n_findings == again->n_findings);
    vg_out_drop(&o);
    vg_agreement_free(again);
    vg_agreement_free(a);
    return 0;
}
