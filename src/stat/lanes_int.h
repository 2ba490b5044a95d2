/*
 * Sixteen bytes at a time, for forest.c only: AVX2 where the processor has it, SSE2 where the compiler has it, plain
 * loops else. All give the same bytes: every lane's sum is taken in row order, in single precision, over the same
 * runs of rows.
 */
#ifndef VG_STAT_LANES_INT_H
#define VG_STAT_LANES_INT_H

#include <stdint.h>
#include <string.h>

enum { LANES = 16, RUN = 240 }; /* a run's count fits in a byte */

#if defined(__SSE2__) && !defined(VG_NO_SIMD)

#include <immintrin.h>
#include <stdbool.h>
typedef __m128i lanes;

static inline lanes lanes_all(uint8_t b)
{
    return _mm_set1_epi8((char)b);
}

static inline lanes lanes_min(lanes a, lanes b)
{
    return _mm_min_epu8(a, b);
}

static inline lanes lanes_max(lanes a, lanes b)
{
    return _mm_max_epu8(a, b);
}

/* For `n` <= RUN rows, `stride` blocks apart: counts and sums of those at or below the limit, lane by lane. */
static inline void lanes_run(const lanes *x, int64_t stride, const float *y, int n_targets, int n,
                             lanes limit, uint8_t count[LANES], float (*sum)[LANES])
{
    lanes counts = _mm_setzero_si128();
    __m128 s[4][4];
    for (int t = 0; t < n_targets; t++)
        for (int k = 0; k < 4; k++)
            s[t][k] = _mm_setzero_ps();
    for (int i = 0; i < n; i++) {
        lanes v = x[i * stride], below = _mm_cmpeq_epi8(_mm_min_epu8(v, limit), v);
        counts = _mm_sub_epi8(counts, below);
        lanes low = _mm_unpacklo_epi8(below, below), high = _mm_unpackhi_epi8(below, below);
        __m128 mask[4] = { _mm_castsi128_ps(_mm_unpacklo_epi16(low, low)),
                           _mm_castsi128_ps(_mm_unpackhi_epi16(low, low)),
                           _mm_castsi128_ps(_mm_unpacklo_epi16(high, high)),
                           _mm_castsi128_ps(_mm_unpackhi_epi16(high, high)) };
        for (int t = 0; t < n_targets; t++) {
            __m128 value = _mm_set1_ps(y[i * n_targets + t]);
            for (int k = 0; k < 4; k++)
                s[t][k] = _mm_add_ps(s[t][k], _mm_and_ps(mask[k], value));
        }
    }
    memcpy(count, &counts, LANES);
    memcpy(sum, s, (size_t)n_targets * sizeof *sum);
}

#define LANES_WIDE __attribute__((target("avx2")))

static inline bool lanes_have_wide(void)
{
#ifdef VG_NO_WIDE
    return false;
#else
    return __builtin_cpu_supports("avx2");
#endif
}

/* The same with registers of twice the width. */
LANES_WIDE static inline void lanes_run_wide(const lanes *x, int64_t stride, const float *y, int n_targets,
                                             int n, lanes limit, uint8_t count[LANES], float (*sum)[LANES])
{
    lanes counts = _mm_setzero_si128();
    __m256 s[4][2];
    for (int t = 0; t < n_targets; t++)
        s[t][0] = s[t][1] = _mm256_setzero_ps();
    for (int i = 0; i < n; i++) {
        lanes v = x[i * stride], below = _mm_cmpeq_epi8(_mm_min_epu8(v, limit), v);
        counts = _mm_sub_epi8(counts, below);
        __m256 low = _mm256_castsi256_ps(_mm256_cvtepi8_epi32(below));
        __m256 high = _mm256_castsi256_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(below, below)));
        for (int t = 0; t < n_targets; t++) {
            __m256 value = _mm256_set1_ps(y[i * n_targets + t]);
            s[t][0] = _mm256_add_ps(s[t][0], _mm256_and_ps(low, value));
            s[t][1] = _mm256_add_ps(s[t][1], _mm256_and_ps(high, value));
        }
    }
    memcpy(count, &counts, LANES);
    memcpy(sum, s, (size_t)n_targets * sizeof *sum);
}

#else

#include <stdbool.h>
#define LANES_WIDE
#define lanes_run_wide lanes_run

static inline bool lanes_have_wide(void)
{
    return false;
}

typedef struct {
    uint8_t b[LANES];
} lanes;

static inline lanes lanes_all(uint8_t b)
{
    lanes out;
    memset(out.b, b, LANES);
    return out;
}

static inline lanes lanes_min(lanes a, lanes b)
{
    for (int k = 0; k < LANES; k++)
        a.b[k] = a.b[k] < b.b[k] ? a.b[k] : b.b[k];
    return a;
}

static inline lanes lanes_max(lanes a, lanes b)
{
    for (int k = 0; k < LANES; k++)
        a.b[k] = a.b[k] > b.b[k] ? a.b[k] : b.b[k];
    return a;
}

static inline void lanes_run(const lanes *x, int64_t stride, const float *y, int n_targets, int n,
                             lanes limit, uint8_t count[LANES], float (*sum)[LANES])
{
    memset(count, 0, LANES);
    memset(sum, 0, (size_t)n_targets * sizeof *sum);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < LANES; k++) {
            if (x[i * stride].b[k] > limit.b[k])
                continue;
            count[k]++;
            for (int t = 0; t < n_targets; t++)
                sum[t][k] += y[i * n_targets + t];
        }
}

#endif

#endif
