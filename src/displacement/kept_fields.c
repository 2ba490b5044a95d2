/* The stored form of a run of arrivals: one table of fields a struct, used to write and to read (core/fields.h). */
#include <stddef.h>

#include "displacement/kept_int.h"

#define AT(type, member) offsetof(type, member)
#define SCALAR(type, member, form)                                                                           \
    {                                                                                                        \
#member, form, AT(type, member), 0, 0, 0, NULL                                                       \
    }
#define END                                                                                                  \
    {                                                                                                        \
        NULL, 0, 0, 0, 0, 0, NULL                                                                            \
    }

#define P(member, form) SCALAR(vg_displacement_kept_params, member, form)
const vg_field vg_dis_params_fields[] = {
    P(source, VG_FIELD_TEXT),
    P(scope, VG_FIELD_TEXT),
    P(variable, VG_FIELD_TEXT),
    P(covariates, VG_FIELD_TEXT),
    P(model, VG_FIELD_TEXT),
    P(scenario, VG_FIELD_TEXT),
    P(origin, VG_FIELD_MONTH),
    P(data_first, VG_FIELD_MONTH),
    P(data_last, VG_FIELD_MONTH),
    P(n_leads, VG_FIELD_INT32),
    P(n_draws, VG_FIELD_INT32),
    P(threshold, VG_FIELD_NUM),
    END,
};

#define U(member, form) SCALAR(vg_displacement_kept_unit, member, form)
const vg_field vg_dis_unit_fields[] = {
    U(name, VG_FIELD_TEXT),
    U(sparse, VG_FIELD_INT32),
    U(history_first, VG_FIELD_MONTH),
    { "history", VG_FIELD_NUMS, AT(vg_displacement_kept_unit, history),
      AT(vg_displacement_kept_unit, n_history), VG_DISPLACEMENT_KEPT_HISTORY, 0, NULL },
    END,
};

#define M(member, form) SCALAR(vg_displacement_kept_month, member, form)
const vg_field vg_dis_month_fields[] = {
    M(month, VG_FIELD_MONTH),
    M(mean, VG_FIELD_NUM),
    { "quantiles", VG_FIELD_NUMS, AT(vg_displacement_kept_month, quantile),
      AT(vg_displacement_kept_month, n_levels), VG_DISPLACEMENT_LEVELS, 0, NULL },
    { "probabilities", VG_FIELD_NUMS, AT(vg_displacement_kept_month, probability),
      AT(vg_displacement_kept_month, n_thresholds), VG_DISPLACEMENT_THRESHOLDS, 0, NULL },
    M(probability_own, VG_FIELD_NUM),
    M(alarm, VG_FIELD_TEXT),
    M(expanding, VG_FIELD_NUM),
    M(ewm_log, VG_FIELD_NUM),
    M(lag12, VG_FIELD_NUM),
    END,
};

#define D(member, form) SCALAR(vg_displacement_kept_driver, member, form)
static const vg_field driver_fields[] = {
    D(driver, VG_FIELD_TEXT),
    D(covariate, VG_FIELD_TEXT),
    D(value, VG_FIELD_NUM),
    D(factor, VG_FIELD_NUM),
    END,
};

#define A(member, form) SCALAR(vg_displacement_kept_analogue, member, form)
static const vg_field analogue_fields[] = {
    A(unit, VG_FIELD_INT32), A(month, VG_FIELD_MONTH), A(name, VG_FIELD_TEXT),   A(weight, VG_FIELD_NUM),
    A(before, VG_FIELD_NUM), A(after, VG_FIELD_NUM),   A(carried, VG_FIELD_NUM), END,
};

#define R(member, form) SCALAR(vg_displacement_kept_reasons, member, form)
const vg_field vg_dis_reasons_fields[] = {
    R(base, VG_FIELD_NUM),
    R(median, VG_FIELD_NUM),
    { "drivers", VG_FIELD_OBJECTS, AT(vg_displacement_kept_reasons, driver),
      AT(vg_displacement_kept_reasons, n_drivers), VG_DISPLACEMENT_MAX_DRIVERS,
      sizeof(vg_displacement_kept_driver), driver_fields },
    { "analogues", VG_FIELD_OBJECTS, AT(vg_displacement_kept_reasons, analogue),
      AT(vg_displacement_kept_reasons, n_analogues), VG_DISPLACEMENT_MAX_ANALOGUES,
      sizeof(vg_displacement_kept_analogue), analogue_fields },
    END,
};

#define S(member, form) SCALAR(vg_displacement_kept_part, member, form)
static const vg_field part_fields[] = {
    S(by, VG_FIELD_TEXT),
    S(from, VG_FIELD_INT32),
    S(name, VG_FIELD_TEXT),
    S(reason, VG_FIELD_TEXT),
    S(share, VG_FIELD_NUM),
    S(share_low, VG_FIELD_NUM),
    S(share_high, VG_FIELD_NUM),
    S(mean, VG_FIELD_NUM),
    S(low, VG_FIELD_NUM),
    S(high, VG_FIELD_NUM),
    END,
};

const vg_field vg_dis_split_fields[] = {
    { "parts", VG_FIELD_OBJECTS, AT(vg_displacement_kept_split, part),
      AT(vg_displacement_kept_split, n_parts), VG_DISPLACEMENT_KEPT_PARTS, sizeof(vg_displacement_kept_part),
      part_fields },
    END,
};

#define Q(member, form) SCALAR(vg_displacement_kept_score, member, form)
const vg_field vg_dis_score_fields[] = {
    Q(model, VG_FIELD_TEXT),
    Q(horizon, VG_FIELD_INT32),
    Q(first_month, VG_FIELD_MONTH),
    Q(last_month, VG_FIELD_MONTH),
    Q(n, VG_FIELD_INT32),
    Q(rmse, VG_FIELD_NUM),
    Q(mae, VG_FIELD_NUM),
    Q(crps, VG_FIELD_NUM),
    Q(cover50, VG_FIELD_NUM),
    Q(cover90, VG_FIELD_NUM),
    END,
};
