/* Edit distances in machine words: one word of bits is one column of the table of the textbook. */
#include <string.h>

#include "text/distance.h"

#define SLOTS 37 /* a-z, 0-9, anything else */

static inline int slot(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? 26 + c - '0' : 36;
}

int vg_distance_edits(const char *a, int n_a, const char *b, int n_b)
{
    uint64_t match[SLOTS] = { 0 };
    n_a = n_a > 64 ? 64 : n_a;
    n_b = n_b > 64 ? 64 : n_b;
    if (n_a == 0 || n_b == 0)
        return n_a + n_b;
    for (int i = 0; i < n_a; i++)
        match[slot(a[i])] |= 1ULL << i;
    uint64_t up = ~0ULL, down = 0, zero = 0, before = 0, last = 1ULL << (n_a - 1);
    int distance = n_a;
    for (int j = 0; j < n_b; j++) {
        uint64_t m = match[slot(b[j])];
        uint64_t swap = ((~zero & m) << 1) & before;
        zero = (((m & up) + up) ^ up) | m | down | swap;
        uint64_t right_up = down | ~(zero | up), right_down = zero & up;
        distance += (right_up & last) != 0;
        distance -= (right_down & last) != 0;
        right_up = right_up << 1 | 1;
        up = right_down << 1 | ~(zero | right_up);
        down = right_up & zero;
        before = m;
    }
    return distance;
}

int vg_distance_typed(vg_str a, vg_str b)
{
    enum { MOST = 64 };
    int row[MOST + 1];
    a = vg_sub(a, 0, MOST);
    b = vg_sub(b, 0, MOST);
    for (int j = 0; j <= b.n; j++)
        row[j] = j;
    for (int i = 1; i <= a.n; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= b.n; j++) {
            int change = corner + (vg_lower(a.s[i - 1]) != vg_lower(b.s[j - 1]));
            corner = row[j];
            int step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < step ? change : step;
        }
    }
    return row[b.n];
}

/* Letters of `a` that have a partner in `b` within the window, as bits of both. */
static int partners(const char *a, int n_a, const char *b, int n_b, uint64_t *in_a, uint64_t *in_b)
{
    int longer = n_a > n_b ? n_a : n_b, window = longer / 2 - 1, n = 0;
    window = window < 0 ? 0 : window;
    *in_a = *in_b = 0;
    for (int i = 0; i < n_a; i++) {
        int from = i > window ? i - window : 0, to = i + window + 1 < n_b ? i + window + 1 : n_b;
        for (int j = from; j < to; j++)
            if (a[i] == b[j] && !(*in_b >> j & 1)) {
                *in_a |= 1ULL << i;
                *in_b |= 1ULL << j;
                n++;
                break;
            }
    }
    return n;
}

double vg_jaro_winkler(const char *a, int n_a, const char *b, int n_b)
{
    uint64_t in_a, in_b;
    n_a = n_a > 64 ? 64 : n_a;
    n_b = n_b > 64 ? 64 : n_b;
    if (n_a == 0 || n_b == 0)
        return n_a == n_b ? 1 : 0;
    if (n_a > n_b || (n_a == n_b && memcmp(a, b, (size_t)n_a) > 0)) { /* one order, so that it is symmetric */
        const char *s = a;
        int n = n_a;
        a = b, n_a = n_b;
        b = s, n_b = n;
    }
    int n = partners(a, n_a, b, n_b, &in_a, &in_b), moved = 0, prefix = 0;
    if (n == 0)
        return 0;
    for (int i = 0, j = 0; i < n_a; i++) {
        if (!(in_a >> i & 1))
            continue;
        while (!(in_b >> j & 1))
            j++;
        moved += a[i] != b[j++];
    }
    double jaro = ((double)n / n_a + (double)n / n_b + (n - moved / 2) / (double)n) / 3;
    while (prefix < 4 && prefix < n_a && a[prefix] == b[prefix])
        prefix++;
    return jaro + prefix * .1 * (1 - jaro);
}
