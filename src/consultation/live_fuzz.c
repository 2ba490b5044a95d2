/*
 * Harness of what people send to a live consultation: the bytes before the first NUL are votes, those behind it a
 * statement and a code. Votes that are taken are within their ranges and written again give the same; a statement that
 * is taken has no control character, no more than its characters, and is cleaned to itself.
 */
#include <stdlib.h>

#include "consultation/live.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_votes(vg_str bytes)
{
    vg_live_ballot b[VG_LIVE_BALLOTS], again[VG_LIVE_BALLOTS];
    char text[VG_LIVE_BALLOTS * 64];
    vg_err e = VG_NO_ERR;
    int32_t count = -1, same;
    int at = 0;
    if (!vg_live_ballots(bytes, b, &count, &e)) {
        must(count == -1 && (e.code == VG_EPARSE || e.code == VG_ERANGE) && e.at.col > 0);
        return;
    }
    must(count >= 1 && count <= VG_LIVE_BALLOTS);
    for (int32_t i = 0; i < count; i++) {
        must(b[i].value >= -1 && b[i].value <= 1 && b[i].statement >= 1 && b[i].client >= 1 &&
             b[i].age_s >= 0);
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%lld:%d:%lld:%lld", i ? "," : "",
                       (long long)b[i].statement, b[i].value, (long long)b[i].client, (long long)b[i].age_s);
    }
    must(vg_live_ballots((vg_str){ text, at }, again, &same, &e) && same == count);
    for (int32_t i = 0; i < count; i++)
        must(b[i].statement == again[i].statement && b[i].value == again[i].value &&
             b[i].client == again[i].client && b[i].age_s == again[i].age_s);
}

static void check_text(vg_str bytes)
{
    vg_arena a;
    vg_str once, twice;
    vg_err e = VG_NO_ERR;
    char plain[65];
    must(vg_arena_init(&a, 16 << 20, &e));
    must(vg_live_code_plain(bytes, plain).n <= 64);
    if (vg_live_text_clean(bytes, &a, &once, &e)) {
        must(once.n > 0 && once.n <= VG_LIVE_TEXT * 4 && vg_utf8_valid(once));
        for (ptrdiff_t i = 0; i < once.n; i++)
            must((unsigned char)once.s[i] >= 0x20);
        must(vg_live_text_clean(once, &a, &twice, &e) && vg_eq(once, twice));
    }
    vg_arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str rest = { (const char *)data, (ptrdiff_t)n }, votes = vg_cut(&rest, '\0');
    check_votes(votes);
    check_text(rest);
    return 0;
}
