/*
 * What the files of names share: the book of words, the alignment of two names, and the features that the model reads.
 * Invariant: everything that the score depends on is in vg_name_features; all of them are symmetric in the two names.
 */
#ifndef VG_SCREENING_NAME_INT_H
#define VG_SCREENING_NAME_INT_H

#include <string.h>

#include "screening/name.h"
#include "text/letter.h"

/* --- the book --- */

/** What is known of a word or a phrase (words joined by one blank), by its folded letters. */
typedef struct {
    uint64_t hash;      /* 0 = empty slot */
    float weight;       /* bits of a common part of people's names; 0 = not said */
    float weight_other; /* of a word in names of organisations */
    int32_t number;     /* value of a number word; -1 = none */
    uint16_t group_person, group_person_2, group_other, family;
    uint8_t kind_person, kind_other; /* vg_part_kind */
    uint8_t use;                     /* VG_WORD_... */
    uint8_t more_words;              /* longest phrase that begins with this word, in words */
} vg_word;

enum {
    VG_WORD_PERSON = 1, /* kind_person is said */
    VG_WORD_OTHER = 2,  /* kind_other is said */
    VG_WORD_NICK = 4,   /* group_person is said */
    VG_WORD_COMMON = 8, /* a common part of people's names */
    VG_WORD_VESSEL = 32 /* a prefix of vessels */
};

typedef struct {
    vg_word *slot; /* open addressing, a power of two */
    int64_t n_slots, n;
} vg_word_table;

struct vg_name_book {
    vg_arena arena;
    vg_word_table words, counts; /* counts: parts of the lists loaded; weight in bits */
    vg_word_table han;           /* family and given names in Han, by their code points */
    vg_str *reading;             /* Latin readings of `han`, by group_person */
    int32_t n_groups, n_readings;
    vg_arena counts_arena;
};

uint64_t vg_word_hash(uint64_t seed, const char *s, ptrdiff_t n);
#define VG_WORD_SEED 1469598103934665603ULL
const vg_word *vg_word_find(const vg_word_table *t, uint64_t hash);

/* --- alignment --- */

/** One pair of groups of parts: parts [a, a + n_a) of one against [b, b + n_b) of the other. */
typedef struct {
    uint8_t kind; /* vg_align_kind */
    int8_t a, n_a, b, n_b;
    uint8_t edits, length;
    float likeness, weight;
    float sound; /* distance in sounds, in edits */
} vg_alignment_pair;

typedef struct {
    vg_alignment_pair pair[VG_NAME_PARTS];
    int32_t n;
    int8_t a_to[VG_NAME_PARTS], b_to[VG_NAME_PARTS]; /* the pair a part belongs to, or -1 */
} vg_alignment;

void vg_name_align(const vg_name *a, const vg_name *b, vg_alignment *out);

/* --- features --- */

#define VG_FEATURE_LIST(X)                                                                                   \
    X(cover_less) /* share of the weight of the less covered name that is aligned, by likeness */            \
    X(cover_more) /* of the better covered one */                                                            \
    X(same_less)  /* the same, of parts equal or equivalent only */                                          \
    X(same_more)                                                                                             \
    X(weight_same)    /* bits in parts that are equal */                                                     \
    X(weight_aligned) /* bits aligned, by likeness */                                                        \
    X(left_less)      /* bits left over in the name with fewer left */                                       \
    X(left_more)      /* and in the other */                                                                 \
    X(left_best)      /* bits of the rarest part left over */                                                \
    X(n_less)         /* core parts of the shorter name */                                                   \
    X(n_more)                                                                                                \
    X(n_left_less) /* core parts left over */                                                                \
    X(n_left_more)                                                                                           \
    X(worst_likeness) /* of the aligned pairs, the least alike */                                            \
    X(worst_edits)                                                                                           \
    X(worst_length) /* letters of its longer word */                                                         \
    X(worst_sound)  /* its distance in sounds */                                                             \
    X(worst_weight)                                                                                          \
    X(worst_prefix)     /* letters alike at its front */                                                     \
    X(worst_suffix)     /* and at its end */                                                                 \
    X(worst_skeleton)   /* 1 = its consonants are the same */                                                \
    X(worst_swap)       /* 1 = two neighbouring letters swapped, or one doubled */                           \
    X(worst_vowels)     /* 1 = only vowels differ */                                                         \
    X(worst_known)      /* 0..2: how many of the two words are common names */                               \
    X(worst_initial)    /* 1 = the first letters differ */                                                   \
    X(worst_difference) /* letters by which the lengths differ */                                            \
    X(n_edited)         /* aligned pairs that are not equal */                                               \
    X(edits)            /* over all aligned pairs */                                                         \
    X(sound)            /* distance in sounds over all aligned pairs */                                      \
    X(joined_likeness)  /* 1 - edits / length of all core letters in the order written */                    \
    X(sorted_jaro)      /* Jaro-Winkler of the core parts in alphabetical order */                           \
    X(raw_edits)        /* edits of all letters of the core parts */                                         \
    X(bag_likeness)     /* share of all core letters that both have, in any order */                         \
    X(n_initials)                                                                                            \
    X(n_nicknames)                                                                                           \
    X(n_joined)                                                                                              \
    X(n_acronyms)                                                                                            \
    X(order)          /* aligned pairs that cross, as a share */                                             \
    X(first_aligned)  /* 1 = the first core parts belong together */                                         \
    X(last_aligned)   /* 1 = the last do */                                                                  \
    X(first_likeness) /* likeness of what the first core parts are aligned with, less of both */             \
    X(last_likeness)                                                                                         \
    X(number_clash) /* different numbers or ordinals */                                                      \
    X(number_extra) /* a number on one side only */                                                          \
    X(number_same)                                                                                           \
    X(legal_clash) /* legal forms of different families */                                                   \
    X(legal_same)  /* of one group 2, of one family 1 */                                                     \
    X(legal_extra) /* on one side only */                                                                    \
    X(place_left)  /* places left over */                                                                    \
    X(place_clash) /* on both sides */                                                                       \
    X(symbol_left) /* words of trade (bank, oil) left over */                                                \
    X(symbol_clash)                                                                                          \
    X(plain_left_less) /* parts of neither kind left over, on the side with fewer */                         \
    X(plain_left_more)                                                                                       \
    X(known_left) /* common names left over, both sides */                                                   \
    X(patronymic_left)                                                                                       \
    X(particle_clash)                                                                                        \
    X(title_extra)                                                                                           \
    X(left_alike)    /* likeness of the parts left over that are most alike */                               \
    X(cross_script)  /* 1 = the names are in different scripts */                                            \
    X(joined_script) /* 1 = both in Han, Hangul or kana */                                                   \
    X(raw_likeness)  /* likeness of the code points, in joined scripts; 1 else */                            \
    X(organisation)  /* 1 = neither is a person's */                                                         \
    X(vessel)                                                                                                \
    X(weight_less)   /* bits of the lighter name */                                                          \
    X(length_less)   /* letters of the shorter name */                                                       \
    X(fields_turned) /* not learnt, last: 1 = each source's given name is the other's family name */

typedef enum {
#define X(name) VG_FEATURE_##name,
    VG_FEATURE_LIST(X)
#undef X
        VG_N_FEATURES
} vg_feature;

typedef struct {
    float x[VG_N_FEATURES];
} vg_name_features;

const char *vg_feature_name(vg_feature f);

/** All features of a pair, from its alignment. Symmetric. */
void vg_name_measure(const vg_name *a, const vg_name *b, const vg_alignment *al, vg_name_features *out);

/** Both, with the names in the one order that makes the score symmetric to the bit; true when that turned them round. */
bool vg_name_ordered_features(const vg_name *a, const vg_name *b, vg_alignment *al, vg_name_features *f);

/* --- model --- */

/** Log-odds that the features are those of two names of one party; with `part`, what each feature contributed. */
double vg_name_model(const vg_name_features *f, double *base, double part[VG_N_FEATURES]);

#endif
