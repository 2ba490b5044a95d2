/*
 * The learnt model: boosted trees of depth 3 whose nodes hold log-odds. The path through a tree is told apart by question:
 * a step from a node to its child is the contribution of the property that the node asks for, so that the base and all
 * contributions add up to the score.
 */
#define VG_MODEL_TABLE
#include "screening/name_int.h"
#include "screening/name_model_int.h"

static const char *const feature_name[VG_N_FEATURES] = {
#define X(name) #name,
    VG_FEATURE_LIST(X)
#undef X
};

const char *vg_feature_name(vg_feature f)
{
    return feature_name[f];
}

double vg_name_threshold(void)
{
    return VG_MODEL_THRESHOLD;
}

/* What is stated and not learnt, for want of labelled pairs whose sources give the fields apart: fields are turned round
 * by mistake often enough that this alone does not clear a rare name. */
#define TURNED (-1.5)

static inline int next(const vg_model_tree *t, const float *x, int i)
{
    return 2 * i + 1 + (x[t->feature[i]] > t->limit[i]);
}

double vg_name_model(const vg_name_features *f, double *base, double part[VG_N_FEATURES])
{
    const float *x = f->x;
    double sum = VG_MODEL_START;
    if (base)
        *base = VG_MODEL_BASE;
    if (part)
        memset(part, 0, VG_N_FEATURES * sizeof *part);
    for (int k = 0; k < VG_MODEL_TREES; k++) {
        const vg_model_tree *t = &model[k];
        int a = next(t, x, 0), b = next(t, x, a), c = next(t, x, b);
        sum += (double)t->value[c];
        if (!part)
            continue;
        part[t->feature[0]] += (double)t->value[a] - (double)t->value[0];
        part[t->feature[a]] += (double)t->value[b] - (double)t->value[a];
        part[t->feature[b]] += (double)t->value[c] - (double)t->value[b];
    }
    if (x[VG_FEATURE_fields_turned] > 0) {
        sum += TURNED;
        if (part)
            part[VG_FEATURE_fields_turned] += TURNED;
    }
    return sum;
}
