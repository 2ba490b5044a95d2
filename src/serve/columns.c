/* Columns of numbers as one binary answer, for the page: it looks at them without copying. Invariant: little-endian, each
 * column begins at a multiple of 8 bytes. The form:
 *
 *     0   8 bytes  "VGCOLS1" and a zero
 *     8   u32      rows
 *     12  u32      columns
 *     16  a column each 24 bytes: name (16 bytes, zeros behind), u32 type (vg_column_type), u32 where its data begins
 */
#include <string.h>

#include "serve/serve_int.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are sent as they stand in memory");

enum { HEAD = 16, ENTRY = 24, NAME = 16 };

static int64_t width_of(vg_column_type type)
{
    static const int8_t width[] = { 0, 1, 2, 4, 4, 4, 8 };
    return width[type];
}

static int64_t round_up(int64_t n)
{
    return (n + 7) / 8 * 8;
}

static void put_u32(vg_out *o, int64_t x)
{
    uint32_t u = (uint32_t)x;
    vg_put(o, (vg_str){ (const char *)&u, sizeof u });
}

void vg_columns__put(vg_out *o, const vg_column_data *column, int n_columns, int64_t n_rows)
{
    static const char zeros[NAME];
    int64_t at = round_up(HEAD + (int64_t)ENTRY * n_columns);
    vg_put(o, VG_S("VGCOLS1\0"));
    put_u32(o, n_rows);
    put_u32(o, n_columns);
    for (int i = 0; i < n_columns; i++) {
        vg_str name = vg_sub(vg_str_z(column[i].name), 0, NAME);
        vg_put(o, name);
        vg_put(o, (vg_str){ zeros, NAME - name.n });
        put_u32(o, column[i].type);
        put_u32(o, at);
        at += round_up(n_rows * width_of(column[i].type));
    }
    for (int i = 0; i < n_columns; i++) {
        vg_put(o, (vg_str){ zeros, round_up(o->n) - o->n });
        vg_put(o, (vg_str){ column[i].data, n_rows * width_of(column[i].type) });
    }
    vg_put(o, (vg_str){ zeros, round_up(o->n) - o->n });
}
