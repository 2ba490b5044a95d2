/*
 * HXL tags (hxlstandard.org, 1.1): a row of hashtags under the header that says what each column holds, in any
 * language. Invariant: a tag counts more than the column's name.
 */
#include "source/source_int.h"

typedef struct {
    vg_map_field field;
    const char *tag, *with, *without; /* attributes, '+' between them; NULL = none asked */
} rule;

/* For one field the first rule that a column fits wins. */
static const rule rules[] = {
    { VG_MAP_ID, "#event", "id", NULL },
    { VG_MAP_ID, "#event", "code", NULL },
    { VG_MAP_ID, "#meta", "id", NULL },
    { VG_MAP_START, "#date", "start", NULL },
    { VG_MAP_END, "#date", "end", NULL },
    { VG_MAP_MONTH, "#date", "month", NULL },
    { VG_MAP_DATE, "#date", "occurred", NULL },
    { VG_MAP_DATE, "#date", NULL, "start+end+year+month+reported+prec" },
    { VG_MAP_LAT, "#geo", "lat", NULL },
    { VG_MAP_LON, "#geo", "lon", NULL },
    { VG_MAP_COUNTRY, "#country", "code", NULL },
    { VG_MAP_COUNTRY, "#country", NULL, "id" },
    { VG_MAP_COUNTRY, "#adm0", NULL, NULL },
    { VG_MAP_LOW, "#affected", "killed+min", NULL },
    { VG_MAP_LOW, "#affected", "killed+low", NULL },
    { VG_MAP_HIGH, "#affected", "killed+max", NULL },
    { VG_MAP_HIGH, "#affected", "killed+high", NULL },
    { VG_MAP_CIVILIANS, "#affected", "killed+civilians", NULL },
    { VG_MAP_DEATHS, "#affected", "killed", "min+max+low+high+civilians" },
    { VG_MAP_DEATHS, "#affected", "deaths", "min+max+low+high+civilians" },
    { VG_MAP_KIND, "#event", "type", NULL },
    { VG_MAP_KIND, "#event", NULL, "id+code+description" },
    { VG_MAP_ACTOR_A, "#group", NULL, "target" },
    { VG_MAP_ACTOR_B, "#group", "target", NULL },
    { VG_MAP_ADM1_CODE, "#adm1", "code", NULL },
    { VG_MAP_ADM1, "#adm1", "name", NULL },
    { VG_MAP_ADM1, "#adm1", NULL, "code" },
    { VG_MAP_ADM2, "#adm2", "name", NULL },
    { VG_MAP_ADM2, "#adm2", NULL, "code" },
    { VG_MAP_TEXT, "#description", NULL, NULL },
    { VG_MAP_TEXT, "#event", "description", NULL },
    { VG_MAP_SOURCE, "#meta", "source", NULL },
    { VG_MAP_URL, "#meta", "url", NULL },
    { VG_MAP_VALUE, "#value", NULL, NULL },
    { VG_MAP_VALUE, "#indicator", "value", NULL },
    { VG_MAP_VALUE, "#indicator", "num", NULL },
    { VG_MAP_VALUE, "#inflow", NULL, NULL },
    { VG_MAP_VALUE, "#affected", NULL, "killed+deaths" },
    { VG_MAP_VALUE, "#population", NULL, NULL },
};

static bool has_attribute(vg_str attributes, vg_str wanted)
{
    while (attributes.n)
        if (vg_eq_nocase(vg_trim(vg_cut(&attributes, '+')), wanted))
            return true;
    return false;
}

/* How many of the wanted attributes are there, and how many there are. */
static int count_attributes(vg_str attributes, const char *wanted, int *n)
{
    int found = 0;
    vg_str rest = vg_str_z(wanted);
    for (*n = 0; rest.n; ++*n)
        found += has_attribute(attributes, vg_cut(&rest, '+'));
    return found;
}

static bool fits(const rule *u, vg_str tag)
{
    int n;
    vg_str attributes = tag, name = vg_trim(vg_cut(&attributes, '+'));
    if (!vg_eq_nocase(name, vg_str_z(u->tag)))
        return false;
    bool with = count_attributes(attributes, u->with, &n) == n;
    return with && count_attributes(attributes, u->without, &n) == 0;
}

void vg_hxl__mapping(const vg_sample *s, vg_mapping *m)
{
    if (!s->hxl)
        return;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (int32_t c = 0; c < s->n_columns && m->col[rules[i].field] < 0; c++)
            if (fits(&rules[i], vg_trim(s->hxl[c]))) {
                m->col[rules[i].field] = c;
                m->from_hxl = true;
            }
}
