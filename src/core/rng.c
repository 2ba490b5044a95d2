/* Philox4x32-10. Ten rounds of two 32x32-bit multiplications; the key grows by the two Weyl constants each round. */
#include "core/rng.h"

void vg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53U * c0, b = (uint64_t)0xCD9E8D57U * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

vg_rng vg_rng_at(uint64_t seed, uint64_t stream)
{
    return (vg_rng){ .seed = seed, .stream = stream };
}

uint64_t vg_rng_stream(uint64_t a, uint64_t b)
{
    uint64_t x = a * 0x9E3779B97F4A7C15ULL + b; /* SplitMix64's finaliser over a combination of the two */
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

uint32_t vg_rng_u32(vg_rng *r)
{
    if (r->left == 0) {
        uint32_t counter[4] = { (uint32_t)r->block, (uint32_t)(r->block >> 32), (uint32_t)r->stream,
                                (uint32_t)(r->stream >> 32) };
        uint32_t key[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
        vg_philox(counter, key, r->word);
        r->block++;
        r->left = 4;
    }
    return r->word[4 - r->left--];
}

uint64_t vg_rng_u64(vg_rng *r)
{
    uint64_t high = vg_rng_u32(r);
    return high << 32 | vg_rng_u32(r);
}

uint32_t vg_rng_below(vg_rng *r, uint32_t n)
{
    uint64_t m = (uint64_t)vg_rng_u32(r) * n;
    if ((uint32_t)m < n) {
        uint32_t least = -n % n;
        while ((uint32_t)m < least)
            m = (uint64_t)vg_rng_u32(r) * n;
    }
    return (uint32_t)(m >> 32);
}

double vg_rng_unit(vg_rng *r)
{
    return (double)(vg_rng_u64(r) >> 11) * 0x1p-53;
}
