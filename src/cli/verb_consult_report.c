/* vigie consult report: one HTML page about a consultation, to standard output or to --out. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/consult.h"
#include "cli/survey.h"
#include "consultation/report.h"

const vg_opt vg_consult_report_options[] = {
    VG_CONVERSATION_OPTIONS,
    { "out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "top", VG_OPT_INT, "N", "8", 1, 100 },
    { "groups", VG_OPT_INT, "N", NULL, 1, VG_HOUSE_MAX_GROUPS },
    { "min-votes", VG_OPT_INT, "N", NULL, 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "segments", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "margins", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "licence", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { "citation", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    VG_SURVEY_OPTIONS,
    { .name = NULL },
};

enum { MAX_SOURCES = 64 };

/* --- sources --- */

typedef struct {
    vg_page_source s[MAX_SOURCES];
    int32_t n;
} sources;

static bool add_source(vg_cli *c, const char *path, sources *out, vg_err *e)
{
    vg_input *in;
    char hex[65];
    if (out->n == MAX_SOURCES)
        return true;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_input_sha256(in, hex, e);
    vg_input_close(in);
    if (!good)
        return false;
    const char *slash = strrchr(path, '/');
    vg_page_source *s = &out->s[out->n++];
    *s = (vg_page_source){ .source = vg_copy(&c->arena, vg_str_z(slash ? slash + 1 : path)),
                           .sha256 = vg_copy(&c->arena, vg_str_z(hex)),
                           .licence = vg_opt_text(&c->opts, "licence"),
                           .citation = vg_opt_text(&c->opts, "citation") };
    return (s->source.s && s->sha256.s) || vg_fail_memory(e, vg_arena_limit(&c->arena));
}

static int is_table(const struct dirent *d)
{
    vg_str name = vg_str_z(d->d_name);
    return vg_ends(name, VG_S(".csv")) || vg_ends(name, VG_S(".csv.gz"));
}

static bool add_folder(vg_cli *c, const char *path, sources *out, vg_err *e)
{
    struct dirent **entry = NULL;
    int n = scandir(path, &entry, is_table, alphasort);
    bool good = true;
    for (int i = 0; i < n; i++) {
        vg_str file = vg_format(&c->arena, "%s/%s", path, entry[i]->d_name);
        good = good && file.s && add_source(c, file.s, out, e);
        free(entry[i]);
    }
    free(entry);
    return good;
}

/* The vintage that a conversation of the store came in: the newest of that name, as the record was read. */
static bool add_vintage(vg_cli *c, const vg_consultation *votes, sources *out, vg_err *e)
{
    vg_store *st;
    vg_conversation *list;
    vg_vintage *vintage;
    int64_t n, n_vintages, id = 0;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_store_conversations(st, c->as_of, &c->arena, &list, &n, e) &&
                vg_store_vintages(st, c->as_of, &c->arena, &vintage, &n_vintages, e);
    for (int64_t i = 0; good && i < n; i++)
        id = vg_eq(list[i].name, votes->name) ? list[i].vintage : id;
    for (int64_t i = 0; good && i < n_vintages; i++)
        if (vintage[i].id == id) {
            const vg_vintage *v = &vintage[i];
            out->s[out->n++] = (vg_page_source){ .vintage = v->id,
                                                 .source = v->file.n ? v->file : v->source,
                                                 .version = v->version,
                                                 .sha256 = v->sha256,
                                                 .licence = v->licence,
                                                 .citation = v->citation,
                                                 .n_accepted = v->n_accepted,
                                                 .n_rejected = v->n_rejected,
                                                 .imported_at = v->imported_at };
            break;
        }
    vg_store_close(st);
    return good;
}

/* The files that the page rests on, with their fingerprints. The first carries the counts of votes. */
static bool find_sources(vg_cli *c, const char *path, const vg_consultation *votes, sources *out, vg_err *e)
{
    struct stat about;
    static const char *const option[] = { "segments", "margins", "before", "after" };
    bool folder = path && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    if (!(!path    ? add_vintage(c, votes, out, e)
          : folder ? add_folder(c, path, out, e)
                   : add_source(c, path, out, e)))
        return false;
    for (int32_t i = 0; path && i < out->n; i++)
        if (!folder || vg_starts(out->s[i].source, VG_S("votes."))) {
            out->s[i].n_accepted = votes->n_rows;
            out->s[i].n_rejected = votes->n_rejected;
        }
    for (int i = 0; i < 4; i++) {
        const char *file = vg_opt_path(&c->opts, option[i]);
        if (file && !add_source(c, file, out, e))
            return false;
    }
    return true;
}

/* --- what the page is given --- */

static bool read_people(vg_cli *c, vg_consultation_report_opts *o, vg_segments *segments, vg_weights *weights,
                        vg_err *e)
{
    const char *answers = vg_opt_path(&c->opts, "segments"), *population = vg_opt_path(&c->opts, "margins");
    vg_margins margins;
    if (population && !answers) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--margins needs --segments");
        return vg_why(e,
                      "shares of the population are compared with what participants said about themselves");
    }
    if (!answers)
        return true;
    if (!vg_segments_read(answers, o->votes, &c->arena, segments, e))
        return false;
    o->segments = segments;
    if (!population)
        return true;
    if (!vg_margins_read(population, segments, &c->arena, &margins, e) ||
        !vg_segments_rake(o->votes, segments, &margins, &c->arena, weights, e))
        return false;
    o->weights = weights;
    return true;
}

static bool analyse(vg_cli *c, const vg_consultation *votes, const vg_house_opts *how, vg_house *out,
                    vg_err *e)
{
    vg_opinions *model;
    if (!vg_opinions_fit(votes, how, &model, e))
        return false;
    bool good = vg_house_analyse(votes, model, how, &c->arena, out, e);
    vg_opinions_free(model);
    return good;
}

static bool write_page(vg_cli *c, const vg_consultation_report_opts *o, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "out");
    vg_out file;
    if (!path)
        return vg_consultation_report(o, &c->arena, c->out, e);
    if (!vg_out_path(&file, path, e))
        return false;
    if (!vg_consultation_report(o, &c->arena, &file, e)) {
        vg_out_drop(&file);
        return false;
    }
    return vg_out_end(&file, e);
}

bool vg_verb_consult_report(vg_cli *c, vg_err *e)
{
    const char *path = c->opts.n_args ? c->opts.arg[0] : NULL;
    vg_consultation votes;
    vg_house house;
    vg_segments segments;
    vg_weights weights;
    vg_survey survey;
    sources from = { .n = 0 };
    vg_house_opts how = { .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                          .n_threads = c->n_threads,
                          .min_votes = (int32_t)vg_opt_int(&c->opts, "min-votes"),
                          .n_groups = (int32_t)vg_opt_int(&c->opts, "groups"),
                          .progress = c->progress };
    if (!vg_cli_conversation(c, &votes, e) || !analyse(c, &votes, &how, &house, e))
        return false;
    vg_consultation_report_opts o = { .votes = &votes,
                                      .opinions = &house,
                                      .source = from.s,
                                      .how = how,
                                      .top = (int32_t)vg_opt_int(&c->opts, "top"),
                                      .lang = c->lang };
    bool asked = vg_opt_given(&c->opts, "form") || vg_opt_given(&c->opts, "before");
    if (!read_people(c, &o, &segments, &weights, e) || (asked && !vg_cli_survey_open(c, &survey, e)) ||
        !find_sources(c, path, &votes, &from, e))
        return false;
    o.survey = asked ? &survey : NULL;
    o.n_sources = from.n;
    vg_terminal_end();
    return write_page(c, &o, e);
}
