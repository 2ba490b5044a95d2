/** Inside of the JSON reader: opening one with a block size of the tests' own choosing (0 = the usual one). */
#ifndef VG_CORE_JSON_INT_H
#define VG_CORE_JSON_INT_H

#include "core/json.h"

bool vg_json__open(vg_input *in, vg_arena *a, int64_t block, vg_json_reader **out, vg_err *e);

#endif
