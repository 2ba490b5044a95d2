/**
 * Random numbers that depend on nothing but (seed, stream, position): a counter-based generator, so that tree 17
 * or row 4,211 draws the same numbers whichever thread works on it, and however many threads there are.
 *
 *     vg_rng r = vg_rng_at(seed, row);
 *     uint32_t k = vg_rng_below(&r, n_leaves);
 *     double u = vg_rng_unit(&r);
 *
 * The generator is Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC11, doi 10.1145/2063384.2063405; checked against the paper's known-answer vectors. Key = seed; counter =
 * (position, stream). 2^64 streams of 2^66 numbers each. Not for secrets.
 */
#ifndef VG_CORE_RNG_H
#define VG_CORE_RNG_H

#include <stdint.h>

typedef struct {
    uint64_t seed, stream, block;
    uint32_t word[4];
    int32_t left; /* words of the current block not yet used */
} vg_rng;

/** Generator at the start of a stream. */
vg_rng vg_rng_at(uint64_t seed, uint64_t stream);

/** Mixes two numbers into a stream id, for streams named by more than one number (window, lead, unit ...). */
uint64_t vg_rng_stream(uint64_t a, uint64_t b);

/** Ten rounds of Philox4x32 on a 128-bit counter with a 64-bit key (the raw function, for tests). */
void vg_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

uint32_t vg_rng_u32(vg_rng *r);
uint64_t vg_rng_u64(vg_rng *r);

/** Uniform whole number in 0..n-1 without bias (Lemire 2019, doi 10.1145/3230636); n >= 1. */
uint32_t vg_rng_below(vg_rng *r, uint32_t n);

/** Uniform in [0, 1) with 53 bits. */
double vg_rng_unit(vg_rng *r);

#endif
