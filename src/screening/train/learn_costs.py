#!/usr/bin/env python3
"""Learns what it costs when one letter stands for another in names of two scripts; writes src/text/sound_costs_int.h.

    learn_costs.py TOKENS.csv.gz LIBRARY.so OUTPUT

TOKENS has the columns script, latin, native, count (NETransliteration-COLING2018, CC0); LIBRARY is a shared build of
src/text (see README.md), so that the letters are spelt by the same C code that screens. Expectation-maximisation by best
paths: align each pair at the costs of the round before, count which letters met and which stood alone, cost = -log of
the conditional share, scaled so that the median pair of unlike letters that hardly ever meet costs 1.
"""
import csv, ctypes, gzip, math, random, sys

A = 26


def words(tokens, library):
    lib = ctypes.CDLL(library)

    class Str(ctypes.Structure):
        _fields_ = [("s", ctypes.c_char_p), ("n", ctypes.c_ssize_t)]

    out, script = ctypes.create_string_buffer(64), ctypes.c_int()

    def latin(text):
        raw = text.encode()
        lib.vg_letter_word(Str(raw, len(raw)), out, 64, ctypes.byref(script))
        return out.value.decode()

    lib.vg_letter_word.argtypes = [Str, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
    rows = list(csv.DictReader(gzip.open(tokens, "rt", encoding="utf-8")))
    random.Random(1).shuffle(rows)
    seen = {}
    for row in rows:
        if seen.get(row["script"], 0) >= 4000:
            continue
        a, b = latin(row["native"]), latin(row["latin"])
        if a and b and len(a) <= 20 and len(b) <= 20 and a.isalpha() and b.isalpha():
            seen[row["script"]] = seen.get(row["script"], 0) + 1
            yield [ord(c) - 97 for c in a], [ord(c) - 97 for c in b]


def align(a, b, change, alone, count, lonely):
    n, m = len(a), len(b)
    table = [[0.0] * (m + 1) for _ in range(n + 1)]
    for j in range(m):
        table[0][j + 1] = table[0][j] + alone[b[j]]
    for i in range(n):
        row, above, cost = table[i + 1], table[i], change[a[i]]
        row[0] = above[0] + alone[a[i]]
        for j in range(m):
            row[j + 1] = min(above[j] + cost[b[j]], above[j + 1] + alone[a[i]], row[j] + alone[b[j]])
    if table[n][m] > 0.55 * max(n, m):
        return
    while n or m:
        if n and m and abs(table[n][m] - table[n - 1][m - 1] - change[a[n - 1]][b[m - 1]]) < 1e-9:
            n, m = n - 1, m - 1
            count[a[n]][b[m]] += 1
            count[b[m]][a[n]] += 1
        elif n and abs(table[n][m] - table[n - 1][m] - alone[a[n - 1]]) < 1e-9:
            n -= 1
            lonely[a[n]] += 1
        else:
            m -= 1
            lonely[b[m]] += 1


def main():
    tokens, library, output = sys.argv[1:]
    pairs = list(words(tokens, library))
    vowel = {ord(c) - 97 for c in "aeiouy"}
    change = [[0 if x == y else .5 if x in vowel and y in vowel else 1 for y in range(A)] for x in range(A)]
    alone = [.5 if x in vowel or x == 7 else .9 for x in range(A)]
    for _ in range(5):
        count = [[.2] * A for _ in range(A)]
        lonely = [1.0] * A
        for a, b in pairs:
            align(a, b, change, alone, count, lonely)
        total = [sum(count[x]) + lonely[x] for x in range(A)]
        for x in range(A):
            alone[x] = min(1, max(.12, -math.log(lonely[x] / total[x]) / 4.5))
            for y in range(A):
                share = max(count[x][y] / total[x], count[y][x] / total[y])
                change[x][y] = 0 if x == y else min(1, max(.1, -math.log(share) / 4.5))
    for x in vowel:  # romanisations of one language differ in vowels more than these pairs show
        for y in vowel - {x}:
            change[x][y] = min(change[x][y], .55)
    unit = 64
    with open(output, "w", encoding="ascii") as f:
        f.write("/* Written by src/screening/train/learn_costs.py from xlit_name_tokens (CC0); do not edit. */\n"
                "#ifndef VG_TEXT_SOUND_COSTS_INT_H\n#define VG_TEXT_SOUND_COSTS_INT_H\n\n#include <stdint.h>\n\n"
                f"#define VG_SOUND_UNIT   {unit}\n#define VG_SOUND_DOUBLE {unit // 12}\n\n"
                "/* Of a letter that stands alone, a to z; the last for anything else. */\n"
                "static const uint8_t vg_sound_gap[27] = { "
                + ", ".join(str(round(unit * c)) for c in alone + [1]) + " };\n\n"
                "/* Of one letter for another. */\nstatic const uint8_t vg_sound_cost[26][26] = {\n")
        for x in range(A):
            f.write("    { " + ", ".join(str(round(unit * c)) for c in change[x]) + " },\n")
        f.write("};\n\n#endif\n")


main()
