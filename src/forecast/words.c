/* Sentences about a kept forecast. All wording is in the message catalogues; here is only which sentence fits. */
#include "forecast/words.h"

#include <math.h>

void vg_words_interval(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u)
{
    const double *q = u->total.quantile;
    vg_say(o, lang, q[VG_Q95] < 0.5 ? "words.interval-zero" : "words.interval",
           vg_arg_int("months", k->params.n_leads), vg_arg_num("median", q[VG_Q50], 0),
           vg_arg_num("low50", q[VG_Q25], 0), vg_arg_num("high50", q[VG_Q75], 0),
           vg_arg_num("low90", q[VG_Q05], 0), vg_arg_num("high90", q[VG_Q95], 0));
}

void vg_words_change(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u)
{
    double median = u->total.quantile[VG_Q50];
    vg_arg last = vg_arg_num("last12", u->last12, 0);
    if (isnan(u->last12)) {
        vg_say(o, lang, "words.change-unknown", last);
    } else if (k->params.n_leads != 12 || u->last12 < 1) {
        vg_say(o, lang, "words.last12", last);
    } else {
        double change = median / u->last12 - 1;
        const char *key = change > 0.1    ? "words.change-up"
                          : change < -0.1 ? "words.change-down"
                                          : "words.change-same";
        vg_say(o, lang, key, last, vg_arg_percent("change", fabs(change), 0));
    }
}

void vg_words_spread(vg_out *o, vg_lang lang, const vg_kept_unit *u)
{
    double low = u->total.quantile[VG_Q05] + 1, high = u->total.quantile[VG_Q95] + 1;
    const char *key = high < 26         ? "words.spread-small"
                      : high > 10 * low ? "words.spread-wide"
                      : high > 3 * low  ? "words.spread-middle"
                                        : "words.spread-narrow";
    vg_say(o, lang, key, vg_arg_num("ratio", high / low, 0));
}

void vg_words_chances(vg_out *o, vg_lang lang, const vg_kept_unit *u)
{
    vg_say(o, lang, "words.chances", vg_arg_chance("p1", u->p_month[0]), vg_arg_chance("p25", u->p_month[1]),
           vg_arg_chance("p100", u->p_month[2]), vg_arg_chance("p1000", u->p_month[3]));
}

void vg_words_analogue(vg_out *o, vg_lang lang, const vg_kept_analogue *a, vg_str name)
{
    vg_say(o, lang, "words.analogue", vg_arg_text("name", name), vg_arg_month("month", a->month),
           vg_arg_num("before", a->before12, 0),
           vg_arg_num("after", a->after_mean, a->after_mean < 10 ? 1 : 0),
           vg_arg_percent("weight", a->weight, 1));
}

void vg_words_driver(vg_out *o, vg_lang lang, const vg_kept_driver *d)
{
    char feature[96];
    snprintf(feature, sizeof feature, "%.*s", VG_P(d->feature));
    bool above = d->percentile >= 0.5;
    double size = fabs(d->effect);
    const char *key = size >= 0.5     ? d->effect > 0 ? "words.driver-up-strong" : "words.driver-down-strong"
                      : size >= 0.15  ? d->effect > 0 ? "words.driver-up" : "words.driver-down"
                      : d->effect > 0 ? "words.driver-up-little"
                                      : "words.driver-down-little";
    vg_say(o, lang, above ? "words.driver-above" : "words.driver-below",
           vg_arg_text("feature", vg_message(lang, feature)),
           vg_arg_percent("rank", fmin(above ? d->percentile : 1 - d->percentile, 0.99), 0),
           vg_arg_text("effect", vg_message(lang, key)));
}

void vg_words_shares(vg_out *o, vg_lang lang, const vg_kept_reasons *r)
{
    vg_say(o, lang, r->own_share + r->analogue_share > 0.995 ? "words.shares-all" : "words.shares",
           vg_arg_percent("own", r->own_share, 0), vg_arg_int("n", r->n_analogues),
           vg_arg_percent("share", r->analogue_share, 0));
}

void vg_words_coverage(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u)
{
    const vg_kept_quality *q = vg_kept_quality_of(k, u);
    if (!q) {
        vg_say(o, lang, "words.not-scored", vg_arg_int("n", 0));
        return;
    }
    char key[32], from[8], to[8];
    snprintf(key, sizeof key, "stratum.%d", vg_forecast_stratum(u->last12));
    snprintf(from, sizeof from, "%d", k->score[0].first_window % 10000);
    snprintf(to, sizeof to, "%d", k->score[0].last_window % 10000);
    vg_say(o, lang, "words.coverage", vg_arg_text("stratum", vg_message(lang, key)),
           vg_arg_text("from", vg_str_z(from)), vg_arg_text("to", vg_str_z(to)), vg_arg_int("n", q->n),
           vg_arg_percent("c50", q->coverage50, 0), vg_arg_percent("c90", q->coverage90, 0));
}
