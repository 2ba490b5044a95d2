/* The Humanitarian Exchange Language: what a column means, as tags in the second row of a CSV (hxlstandard.org, 1.1).
 * Invariant: a tag says no more than the column holds; a column without a tag keeps an empty cell there. */
#include <string.h>

#include "serve/serve_int.h"

static const struct {
    const char *column, *tag;
} tags[] = {
    { "accepted", "#meta+rows+accepted" },
    { "actor", "#meta+actor" },
    { "actor_a", "#org+side_a+name" },
    { "actor_b", "#org+side_b+name" },
    { "adm1", "#adm1+name" },
    { "adm2", "#adm2+name" },
    { "at", "#date+recorded" },
    { "cell", "#geo+cell+v_priogrid" },
    { "citation", "#meta+citation" },
    { "conflict", "#crisis+name" },
    { "country", "#country+code" },
    { "date_from", "#date+start" },
    { "date_precision", "#date+precision" },
    { "date_to", "#date+end" },
    { "deaths_best", "#affected+killed" },
    { "deaths_civilians", "#affected+killed+civilians" },
    { "deaths_high", "#affected+killed+max" },
    { "deaths_low", "#affected+killed+min" },
    { "external_id", "#event+id+source" },
    { "file", "#meta+file" },
    { "first_month", "#date+start" },
    { "gwcode", "#country+code+v_gw" },
    { "id", "#event+id" },
    { "imported_at", "#date+imported" },
    { "iso3", "#country+code+v_iso3" },
    { "known_at", "#date+published" },
    { "last_month", "#date+end" },
    { "lat", "#geo+lat" },
    { "licence", "#meta+license" },
    { "lon", "#geo+lon" },
    { "month", "#date+month" },
    { "name", "#country+name" },
    { "place_precision", "#geo+precision" },
    { "reason", "#description+reason" },
    { "rejected", "#meta+rows+rejected" },
    { "result", "#meta+id+result" },
    { "run", "#meta+id+run" },
    { "source", "#meta+source" },
    { "text", "#description" },
    { "type", "#event+type" },
    { "unit", "#loc+id" },
    { "unit_kind", "#loc+type" },
    { "url", "#meta+url" },
    { "value", "#indicator+value+num" },
    { "variable", "#indicator+code" },
    { "version", "#meta+version" },
    { "vintage", "#meta+id+vintage" },
};

vg_str vg_hxl__tag(const char *column)
{
    size_t low = 0, high = sizeof tags / sizeof *tags;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(column, tags[mid].column);
        if (order == 0)
            return vg_str_z(tags[mid].tag);
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return VG_NOSTR;
}
