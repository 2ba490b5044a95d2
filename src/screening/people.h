/**
 * Rows of people, companies and ships as files of customers have them, and as questions: which column holds what is
 * guessed from the headings and told, or given.
 *
 *     vg_people_columns c;
 *     if (!vg_people_columns_guess(row.cell, row.n, &c)) ...      the heading row
 *     if (!vg_people_row(&c, row.cell, row.n, VG_SCHEMA_ANY, &arena, &query, e)) ...
 */
#ifndef VG_SCREENING_PEOPLE_H
#define VG_SCREENING_PEOPLE_H

#include "screening/screening.h"

/** Which column holds what; -1 = none. */
typedef struct {
    int32_t id, name, first_name, middle_name, last_name, birth, country, nationality, gender, schema,
        address, variant;
    int32_t number[4];
    vg_str number_kind[4];
    int32_t n_numbers;
} vg_people_columns;

/**
 * Columns by their headings, in several languages ("full_name", "nom", "date of birth", "naissance" ...). False when
 * there is neither a name nor its parts.
 */
bool vg_people_columns_guess(const vg_str *heading, int32_t n, vg_people_columns *out);

/** Columns as told: "name=Passenger,birth=DOB,country=Nationality,passport=Doc No". Fails: VG_EARG. */
bool vg_people_columns_map(vg_str map, const vg_str *heading, int32_t n, vg_people_columns *out, vg_err *e);

/** How --map would say it. Lives in `a`. */
vg_str vg_people_columns_text(const vg_people_columns *c, const vg_str *heading, vg_arena *a);

/** A row as a query; slices in `a` or the row. False when memory is out. A birth date that cannot be read is left out. */
bool vg_people_row(const vg_people_columns *c, const vg_str *cell, int32_t n, vg_schema schema, vg_arena *a,
                   vg_party *out, vg_err *e);

#endif
