/*
 * JSON harness. The text is read in one block and again in tiny ones: the same tokens and the same verdict at the same
 * place. What was read without failure is written and read again: the same tokens once more.
 */
#include <stdlib.h>

#include "core/json_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    return (h ^ x) * 0x9E3779B97F4A7C15ULL + (h >> 29);
}

/* Writes a token as what it is; numbers as strings, so that their letters come back. */
static void echo(vg_json *j, const vg_json_token *t)
{
    switch (t->kind) {
    case VG_JSON_END: break;
    case VG_JSON_OBJECT: vg_json_object(j); break;
    case VG_JSON_ARRAY: vg_json_array(j); break;
    case VG_JSON_OBJECT_END:
    case VG_JSON_ARRAY_END: vg_json_close(j); break;
    case VG_JSON_KEY: vg_json_key(j, t->text); break;
    case VG_JSON_STRING:
    case VG_JSON_NUMBER: vg_json_str(j, t->text); break;
    case VG_JSON_TRUE:
    case VG_JSON_FALSE: vg_json_bool(j, t->kind == VG_JSON_TRUE); break;
    case VG_JSON_NULL: vg_json_null(j); break;
    }
    if (j->depth == 0)
        vg_put_char(j->out, '\n');
}

typedef struct {
    uint64_t tokens, place; /* digests without and with lines and columns */
    bool ok;
} result;

static result read_all(vg_str text, int64_t block, vg_out *out)
{
    vg_input *in;
    vg_arena a;
    vg_json_reader *r;
    vg_json_token t = { .kind = VG_JSON_NULL };
    vg_err e = VG_NO_ERR;
    result got = { .tokens = 0 };
    vg_json j = vg_json_to(out);
    if (!vg_input_memory(text, VG_S("fuzz.json"), &in, &e))
        return got;
    demand(vg_arena_init(&a, 4 << 20, &e) && vg_json__open(in, &a, block, &r, &e));
    while (t.kind != VG_JSON_END && vg_json_next(r, &t, &e)) {
        demand(vg_utf8_valid(t.text) && t.at.line > 0 && t.at.col > 0);
        got.tokens =
            mix(mix(got.tokens, t.kind == VG_JSON_NUMBER ? VG_JSON_STRING : t.kind), vg_hash(t.text));
        got.place = mix(mix(got.place, (uint64_t)t.at.line), (uint64_t)t.at.col);
        if (out)
            echo(&j, &t);
    }
    got.ok = !vg_failed(&e);
    got.place = mix(mix(mix(got.place, e.code), (uint64_t)e.at.line), (uint64_t)e.at.col);
    vg_arena_free(&a);
    vg_input_close(in);
    return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str text = { (const char *)data, (ptrdiff_t)n };
    vg_out out;
    vg_err e = VG_NO_ERR;
    demand(vg_out_memory(&out, &e));
    result whole = read_all(text, 0, &out);
    for (int64_t block = 1; block <= 64; block = block * 5 + 1) {
        result parts = read_all(text, block, NULL);
        demand(parts.ok == whole.ok && parts.tokens == whole.tokens && parts.place == whole.place);
    }
    if (whole.ok) {
        result again = read_all(vg_out_text(&out), 0, NULL);
        demand(again.ok && again.tokens == whole.tokens);
    }
    vg_out_drop(&out);
    return 0;
}
