/* Forms and data: the input is split at NUL bytes into survey sheet, choices sheet, before and after. No crash, no hang;
 * what comes out keeps its own laws: an answer is a code within the question's range, pairs are not more than people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "consultation/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { PARTS = 4 };

static void write_part(char *path, const uint8_t **data, size_t *n)
{
    const uint8_t *zero = *n ? memchr(*data, 0, *n) : NULL;
    size_t length = zero ? (size_t)(zero - *data) : *n;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, *data, length) != (ssize_t)length)
        abort();
    close(fd);
    *data += zero ? length + 1 : length;
    *n -= zero ? length + 1 : length;
}

static void check_answers(const vg_survey_form *f, const vg_survey_data *d)
{
    for (int64_t i = 0; i < d->n; i++)
        for (int32_t q = 0; q < f->n_questions; q++) {
            double x = d->answer[i][q];
            if (f->question[q].kind != VG_ASK_NUMBER && !isnan(x) &&
                !(x >= f->question[q].low && x <= f->question[q].high))
                abort();
        }
}

static void compare(const vg_survey_form *f, char path[PARTS][40], vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_survey_data before, after;
    vg_survey r;
    if (!vg_survey_data_read(path[2], f, VG_S("id"), a, &before, &e) ||
        !vg_survey_data_read(path[3], f, VG_S("id"), a, &after, &e)) {
        if (!vg_failed(&e))
            abort();
        return;
    }
    check_answers(f, &before);
    check_answers(f, &after);
    if (vg_survey_compare(f, &before, &after, &(vg_survey_opts){ 0 }, a, &r, &e)) {
        if (r.n_pairs < 1 || r.n_pairs > before.n || r.n_pairs > after.n)
            abort();
    } else if (!vg_failed(&e)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[PARTS][40];
    vg_arena a;
    vg_survey_form form;
    vg_err e = VG_NO_ERR;
    if (!vg_arena_init(&a, 256 << 20, &e))
        abort();
    for (int i = 0; i < PARTS; i++) {
        strcpy(path[i], "/tmp/vigie-fuzz-s-XXXXXX");
        write_part(path[i], &data, &n);
    }
    if (vg_survey_form_read(path[0], path[1], VG_S("fr"), &a, &form, &e))
        compare(&form, path, &a);
    else if (!vg_failed(&e))
        abort();
    for (int i = 0; i < PARTS; i++)
        remove(path[i]);
    vg_arena_free(&a);
    return 0;
}
