/* Live consultations, made: one transaction with its codes and questions, and its entry in the audit log. Invariant: a
 * name stands for one conversation of the store, live or imported. */
#include <math.h>

#include "core/date.h"
#include "store/live_int.h"

enum { NAME_MOST = 60 };

static bool name_is_good(vg_str name, vg_err *e)
{
    bool good = name.n >= 1 && name.n <= NAME_MOST;
    for (ptrdiff_t i = 0; good && i < name.n; i++)
        good = (name.s[i] >= 'a' && name.s[i] <= 'z') || (name.s[i] >= '0' && name.s[i] <= '9') ||
               (name.s[i] == '-' && i > 0);
    if (good)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" is no name of a consultation", VG_P(vg_utf8_head(name, 80)));
    vg_why(e, "it becomes part of an address");
    return vg_mend(e, "use 1 to 60 small letters, digits and dashes, such as water-2027");
}

static bool name_is_free(vg_store *st, vg_str name, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st, "SELECT 1 FROM live WHERE name = ?1 UNION ALL SELECT 1 FROM conversation WHERE name = ?1",
            e))
        return false;
    vg_sql__bind_text(&q, 1, name);
    bool taken = vg_sql__next(&q);
    if (!vg_sql__close(&q) || !taken)
        return !vg_failed(e);
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the store has a conversation called %.*s already", VG_P(name));
    return vg_mend(e, "choose another name");
}

static bool add_about(vg_store *st, const vg_live *l, int64_t id, vg_err *e)
{
    vg_sql q;
    const vg_str text[] = {
        l->name, l->topic, l->description, l->languages, l->key, l->moderator, l->observer
    };
    if (!vg_sql__open(&q, st, "INSERT INTO live VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    for (int i = 0; i < 7; i++)
        vg_sql__bind_text(&q, 2 + i, text[i]);
    vg_sql__bind_int(&q, 9, l->settings);
    vg_sql__bind_int(&q, 10, vg_now());
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

static bool add_words(vg_store *st, int64_t live, const vg_live_word *word, int32_t n, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "INSERT INTO live_word (live, question, answer, language, text, share) VALUES (?1, ?2,"
                      " ?3, ?4, ?5, ?6)",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, live);
    for (int32_t i = 0; i < n; i++) {
        vg_sql__bind_text(&q, 2, word[i].question);
        vg_sql__bind_text(&q, 3, word[i].answer);
        vg_sql__bind_text(&q, 4, word[i].language);
        vg_sql__bind_text(&q, 5, word[i].text);
        vg_sql__bind_real(&q, 6, word[i].share);
        vg_sql__run(&q);
    }
    return vg_sql__close(&q);
}

static bool add_codes(vg_store *st, int64_t live, const vg_live_code *code, int64_t n, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "INSERT INTO live_code (live, hash, most, per_minute, made_at) VALUES (?1, ?2, ?3, ?4,"
                      " ?5)",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, live);
    vg_sql__bind_int(&q, 5, vg_now());
    for (int64_t i = 0; i < n; i++) {
        vg_sql__bind_text(&q, 2, code[i].hash);
        vg_sql__bind_int(&q, 3, code[i].most);
        vg_sql__bind_int(&q, 4, code[i].per_minute);
        vg_sql__run(&q);
    }
    return vg_sql__close(&q);
}

static bool tell_audit(vg_store *st, int64_t live, vg_str what, int64_t n, vg_err *e)
{
    char text[120];
    int len = snprintf(text, sizeof text, "{\"live\":%lld,\"act\":\"%.*s\",\"codes\":%lld}", (long long)live,
                       VG_P(what), (long long)n);
    return vg_audit__add(st, VG_S("consult"), (vg_str){ text, len }, e);
}

bool vg_live_make(vg_store *st, const vg_live *about, const vg_live_word *word, int32_t n_words,
                  const vg_live_code *code, int32_t n_codes, int64_t *id, vg_err *e)
{
    int64_t live = 0;
    if (!name_is_good(about->name, e) || !vg_sql__begin(st, e))
        return false;
    bool good = name_is_free(st, about->name, e) &&
                vg_sql__one_int(st, "SELECT 1 + coalesce(max(id), 0) FROM live", &live, e) &&
                add_about(st, about, live, e) && add_words(st, live, word, n_words, e) &&
                add_codes(st, live, code, n_codes, e) && tell_audit(st, live, VG_S("make"), n_codes, e);
    if (!vg_sql__end(st, good, e))
        return false;
    *id = live;
    return true;
}

bool vg_live_add_codes(vg_store *st, int64_t live, const vg_live_code *code, int64_t n, vg_err *e)
{
    if (!vg_sql__begin(st, e))
        return false;
    return vg_sql__end(st, add_codes(st, live, code, n, e) && tell_audit(st, live, VG_S("codes"), n, e), e);
}
