/**
 * Inside of the store's parties: their bytes, and the members of a vintage.
 * Only files of src/store include this.
 */
#ifndef VG_PARTY_INT_H
#define VG_PARTY_INT_H

#include "store/party.h"
#include "store/store_int.h"

/** Appends the bytes of all fields but the id; the same content gives the same bytes on every machine. */
void vg_party__encode(vg_out *o, const vg_party *p);

/** The party with these bytes; slices point into them, arrays live in `a`. Fails: VG_EPARSE (damaged), VG_ENOMEM. */
bool vg_party__decode(vg_str bytes, vg_str id, vg_arena *a, vg_party *out, vg_err *e);

/** Whole numbers and texts as bytes: seven bits a byte, low ones first. */
void vg_party__put_number(vg_out *o, uint64_t x);
bool vg_party__take_number(vg_str *rest, uint64_t *x);

/** Numbers of the bodies of a vintage, by id of the party. `body` lives in `a`. Fails: VG_ENOTFOUND, VG_EPARSE. */
typedef struct {
    vg_str list;
    int64_t vintage, n;
    int64_t *body;
} vg_party_members;
bool vg_party__members(vg_store *st, int64_t vintage, vg_arena *a, vg_party_members *out, vg_err *e);

/** All numbers of a question come from one moment: begins a reading transaction unless one is under way. */
bool vg_party__begin_read(vg_store *st, bool *begun, vg_err *e);
bool vg_party__end_read(vg_store *st, bool begun, bool ok);

/** Vintage of the list that is newest at `as_of`; 0 = none. */
bool vg_party__newest(vg_store *st, vg_str list, int64_t as_of, int64_t *vintage, vg_err *e);

#endif
