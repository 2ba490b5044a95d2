/* The stored form of a run's results: one table of fields a struct, used to write and to read (core/fields.h). */
#include <stddef.h>

#include "forecast/kept_int.h"

#define AT(type, member) offsetof(type, member)

static const vg_field analogue_fields[] = {
    { "unit", VG_FIELD_INT32, AT(vg_kept_analogue, unit), 0, 0, 0, NULL },
    { "month", VG_FIELD_MONTH, AT(vg_kept_analogue, month), 0, 0, 0, NULL },
    { "iso3", VG_FIELD_TEXT, AT(vg_kept_analogue, iso3), 0, 0, 0, NULL },
    { "name", VG_FIELD_TEXT, AT(vg_kept_analogue, name), 0, 0, 0, NULL },
    { "weight", VG_FIELD_NUM, AT(vg_kept_analogue, weight), 0, 0, 0, NULL },
    { "before12", VG_FIELD_NUM, AT(vg_kept_analogue, before12), 0, 0, 0, NULL },
    { "after_mean", VG_FIELD_NUM, AT(vg_kept_analogue, after_mean), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

static const vg_field driver_fields[] = {
    { "feature", VG_FIELD_TEXT, AT(vg_kept_driver, feature), 0, 0, 0, NULL },
    { "value", VG_FIELD_NUM, AT(vg_kept_driver, value), 0, 0, 0, NULL },
    { "percentile", VG_FIELD_NUM, AT(vg_kept_driver, percentile), 0, 0, 0, NULL },
    { "effect", VG_FIELD_NUM, AT(vg_kept_driver, effect), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

const vg_field vg_kept_reasons_fields[] = {
    { "base", VG_FIELD_NUM, AT(vg_kept_reasons, base), 0, 0, 0, NULL },
    { "level", VG_FIELD_NUM, AT(vg_kept_reasons, level), 0, 0, 0, NULL },
    { "own_share", VG_FIELD_NUM, AT(vg_kept_reasons, own_share), 0, 0, 0, NULL },
    { "analogue_share", VG_FIELD_NUM, AT(vg_kept_reasons, analogue_share), 0, 0, 0, NULL },
    { "analogues", VG_FIELD_OBJECTS, AT(vg_kept_reasons, analogue), AT(vg_kept_reasons, n_analogues),
      VG_MAX_ANALOGUES, sizeof(vg_kept_analogue), analogue_fields },
    { "drivers", VG_FIELD_OBJECTS, AT(vg_kept_reasons, driver), AT(vg_kept_reasons, n_drivers),
      VG_MAX_DRIVERS, sizeof(vg_kept_driver), driver_fields },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

static const vg_field quality_fields[] = {
    { "n", VG_FIELD_INT64, AT(vg_kept_quality, n), 0, 0, 0, NULL },
    { "crps", VG_FIELD_NUM, AT(vg_kept_quality, crps), 0, 0, 0, NULL },
    { "ign", VG_FIELD_NUM, AT(vg_kept_quality, ign), 0, 0, 0, NULL },
    { "mis", VG_FIELD_NUM, AT(vg_kept_quality, mis), 0, 0, 0, NULL },
    { "brier25", VG_FIELD_NUM, AT(vg_kept_quality, brier25), 0, 0, 0, NULL },
    { "coverage50", VG_FIELD_NUM, AT(vg_kept_quality, coverage50), 0, 0, 0, NULL },
    { "coverage90", VG_FIELD_NUM, AT(vg_kept_quality, coverage90), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

const vg_field vg_kept_score_fields[] = {
    { "model", VG_FIELD_TEXT, AT(vg_kept_score, model), 0, 0, 0, NULL },
    { "first_window", VG_FIELD_INT32, AT(vg_kept_score, first_window), 0, 0, 0, NULL },
    { "last_window", VG_FIELD_INT32, AT(vg_kept_score, last_window), 0, 0, 0, NULL },
    { "all", VG_FIELD_OBJECT, AT(vg_kept_score, all), 0, 0, 0, quality_fields },
    { "strata", VG_FIELD_OBJECTS, AT(vg_kept_score, stratum), AT(vg_kept_score, n_strata), VG_N_STRATA,
      sizeof(vg_kept_quality), quality_fields },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

const vg_field vg_kept_params_fields[] = {
    { "target", VG_FIELD_TEXT, AT(vg_kept_params, target), 0, 0, 0, NULL },
    { "unit", VG_FIELD_TEXT, AT(vg_kept_params, unit), 0, 0, 0, NULL },
    { "source", VG_FIELD_TEXT, AT(vg_kept_params, source), 0, 0, 0, NULL },
    { "variable", VG_FIELD_TEXT, AT(vg_kept_params, variable), 0, 0, 0, NULL },
    { "scope", VG_FIELD_TEXT, AT(vg_kept_params, scope), 0, 0, 0, NULL },
    { "model", VG_FIELD_TEXT, AT(vg_kept_params, model), 0, 0, 0, NULL },
    { "origin", VG_FIELD_MONTH, AT(vg_kept_params, origin), 0, 0, 0, NULL },
    { "data_first", VG_FIELD_MONTH, AT(vg_kept_params, data_first), 0, 0, 0, NULL },
    { "data_last", VG_FIELD_MONTH, AT(vg_kept_params, data_last), 0, 0, 0, NULL },
    { "first_lead", VG_FIELD_INT32, AT(vg_kept_params, first_lead), 0, 0, 0, NULL },
    { "months", VG_FIELD_INT32, AT(vg_kept_params, n_leads), 0, 0, 0, NULL },
    { "draws", VG_FIELD_INT32, AT(vg_kept_params, n_draws), 0, 0, 0, NULL },
    { "world_last12", VG_FIELD_NUM, AT(vg_kept_params, world_last12), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

const vg_field vg_kept_unit_fields[] = {
    { "iso3", VG_FIELD_TEXT, AT(vg_kept_unit, iso3), 0, 0, 0, NULL },
    { "name", VG_FIELD_TEXT, AT(vg_kept_unit, name), 0, 0, 0, NULL },
    { "last12", VG_FIELD_NUM, AT(vg_kept_unit, last12), 0, 0, 0, NULL },
    { "p_month", VG_FIELD_NUMS, AT(vg_kept_unit, p_month), AT(vg_kept_unit, n_thresholds), VG_N_THRESHOLDS, 0,
      NULL },
    { "history_first", VG_FIELD_MONTH, AT(vg_kept_unit, history_first), 0, 0, 0, NULL },
    { "history", VG_FIELD_NUMS, AT(vg_kept_unit, history), AT(vg_kept_unit, n_history), VG_KEPT_HISTORY, 0,
      NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};
