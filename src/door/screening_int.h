/*
 * What the files of the screening's door share: the engine in the running server with those who ask it, parties as
 * FollowTheMoney entities and back, and the batches. Only door/screening*.c include this.
 */
#ifndef VG_DOOR_SCREENING_INT_H
#define VG_DOOR_SCREENING_INT_H

#include "door/door.h"
#include "door/tree.h"
#include "screening/decision.h"
#include "screening/screening.h"

#define VG_N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- screening_engine.c: one engine for the server, readers and decisions for whoever asks --- */

typedef struct vg_screen vg_screen; /* the door's state */

bool vg_screen__open(vg_serve *s, void **state, vg_err *e);
bool vg_screen__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e);
void vg_screen__close(void *state);

/* What one request or batch asks with: a reader of the engine, the decisions as they are now, the lists. */
typedef struct {
    vg_screen *screen;
    vg_screening *engine;
    vg_screening_reader *reader;
    const vg_screening_decisions *decisions;
    void *decisions_in_use;
    vg_screening_list *list; /* in the arena given */
    int32_t n_lists;
} vg_asker;

/* Fails: VG_ENODATA (no list is loaded). */
bool vg_asker_begin(vg_screen *screen, vg_arena *a, vg_asker *out, vg_err *e);
void vg_asker_end(vg_asker *k);

/* Asks, and writes question and answer into the log under `who`. */
bool vg_asker_ask(vg_asker *k, vg_str who, const vg_party *query, const vg_screening_ask_opts *opts,
                  vg_arena *a, vg_screening_answer *out, vg_err *e);

/* An entry as it stands in the vintage that the engine holds. Fails: VG_ENOTFOUND. */
bool vg_asker_party(const vg_asker *k, vg_store *st, vg_str list, vg_str id, vg_arena *a, vg_party_entry *out,
                    vg_err *e);

/* The engine's list of this name, or NULL. */
const vg_screening_list *vg_asker_list(const vg_asker *k, vg_str name);

/* Writes under `who`, one at a time. */
bool vg_screen__decide(vg_screen *screen, vg_str who, vg_str hit, vg_verdict verdict, vg_str reason,
                       vg_err *e);
bool vg_screen__log_batch(vg_screen *screen, vg_str who, const vg_screening_batch *b, vg_err *e);

/* The batches of this server. */
typedef struct vg_batches vg_batches;
vg_batches *vg_screen__batches(vg_screen *screen);

/* --- screening_entity.c: addresses of entries, and parties as FollowTheMoney entities --- */

/* "un-sc:QDi.1"; "/" and "~" of either part as "~1" and "~0", so that it can stand in a path. */
vg_str vg_entity_name(vg_arena *a, vg_str list, vg_str id);

/* Back; without a list's name in front `*list` is empty. False for what is no such name. */
bool vg_entity_parts(vg_str name, vg_arena *a, vg_str *list, vg_str *id);

/* Members of an entity (id, caption, schema, properties, datasets, ...) into an open object. */
void vg_entity_put(vg_json *j, vg_arena *a, vg_str list, const vg_party *p);

/* The same, with what it is linked to as nested entities; those are looked up in `st`. */
void vg_entity_put_nested(vg_json *j, vg_arena *a, vg_str list, const vg_party *p, const vg_asker *k,
                          vg_store *st);

/* Links as FollowTheMoney names them from this end ("ownershipAsset" ...); false = there is no such kind of link. */
typedef struct {
    const char *kind;                  /* of vg_party_link */
    const char *property;              /* of the entity: what leads to the relation */
    const char *schema, *mine, *other; /* the relation, and which of its ends this and the other one are */
} vg_entity_relation;
const vg_entity_relation *vg_entity_relations(int *n);
void vg_entity_put_relation(vg_json *j, vg_arena *a, vg_str list, const vg_party *p,
                            const vg_party_link *link, const vg_entity_relation *r, const vg_asker *k,
                            vg_store *st);

/* "1965", "1965-03", "1965-03-07" as a span of days. False when it is none. */
bool vg_span_read(vg_str text, vg_party_date *out);
/* Texts of a span: one day, month or year, else its years; at most `cap`. Returns their number. */
int vg_span_texts(const vg_party_date *d, vg_arena *a, vg_str *out, int cap);

/* --- screening_question.c: questions, from parameters and from FollowTheMoney properties --- */

/* A party being put together from properties; `party` is whole after vg_question_end. */
typedef struct {
    vg_arena *a;
    vg_party party;
    int64_t cap_names, cap_births, cap_numbers, cap_texts;
    vg_party_name *name;
    vg_party_date *birth;
    vg_party_number *number;
    vg_str *country, *nationality, *address;
    vg_str given, middle, patronymic, family;
} vg_question;

bool vg_question_begin(vg_question *q, vg_arena *a, vg_err *e);

/* Takes a value of a FollowTheMoney property; `*known` = false when nothing here asks by it. Fails: VG_ERANGE (too many). */
bool vg_question_add(vg_question *q, vg_str property, vg_str value, bool *known, vg_err *e);

/* Puts given and family names together where no name was given. */
bool vg_question_end(vg_question *q, vg_err *e);

/* Schema by FollowTheMoney's or our word; false with a message that lists them. */
bool vg_question_schema(vg_str word, vg_schema *out, vg_err *e);

/* --- screening_batch.c --- */

bool vg_batches_open(vg_screen *screen, vg_serve *s, vg_batches **out, vg_err *e);
void vg_batches_close(vg_batches *b);

/* --- routes (screening_search.c, screening_batch_routes.c, screening_lists.c, screening_yente.c, screening_refine.c) --- */

bool vg_screen_answer__search(vg_call *c, vg_err *e);
bool vg_screen_answer__decide(vg_call *c, vg_err *e);
bool vg_screen_answer__decisions(vg_call *c, vg_err *e);
bool vg_screen_answer__lists(vg_call *c, vg_err *e);
bool vg_screen_answer__diff(vg_call *c, vg_err *e);
bool vg_screen_answer__entity(vg_call *c, vg_err *e);
bool vg_screen_answer__batch_new(vg_call *c, vg_err *e);
bool vg_screen_answer__batches(vg_call *c, vg_err *e);
bool vg_screen_answer__batch(vg_call *c, vg_err *e);
bool vg_screen_answer__batch_hits(vg_call *c, vg_err *e);
bool vg_screen_answer__batch_drop(vg_call *c, vg_err *e);

bool vg_yente_answer__match(vg_call *c, vg_err *e);
bool vg_yente_answer__search(vg_call *c, vg_err *e);
bool vg_yente_answer__entity(vg_call *c, vg_err *e);
bool vg_yente_answer__adjacent(vg_call *c, vg_err *e);
bool vg_yente_answer__catalog(vg_call *c, vg_err *e);
bool vg_yente_answer__algorithms(vg_call *c, vg_err *e);
bool vg_yente_answer__ready(vg_call *c, vg_err *e);

bool vg_refine_answer__service(vg_call *c, vg_err *e);
bool vg_refine_answer__suggest(vg_call *c, vg_err *e);
bool vg_refine_answer__preview(vg_call *c, vg_err *e);
bool vg_refine_answer__properties(vg_call *c, vg_err *e);

/* --- what answers share (screening_search.c) --- */

/* The sentence of a reason in the reader's language, from Accept-Language or "lang". Lives in `a`. */
vg_str vg_reason_text(vg_call *c, vg_arena *a, const vg_screening_reason *r);

/* A candidate with its reasons, decision and entry: members of an open object. */
typedef struct {
    vg_asker *asker;
    const vg_party *query;
    char key[33];
} vg_told;
void vg_candidate_put(vg_json *j, vg_call *c, const vg_told *t, const vg_screening_candidate *m);

#endif
