/* Harness of the speller: any bytes become at most as many letters as there is room for, all of them a-z and 0-9. */
#include <stdlib.h>
#include <string.h>

#include "text/letter.h"
#include "text/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char latin[24], sound[VG_SOUND_MAX + 1];
    vg_script script;
    int m = vg_letter_word((vg_str){ (const char *)data, (ptrdiff_t)n }, latin, sizeof latin, &script);
    if (m < 0 || m > 23 || latin[m] || script > VG_SCRIPT_OTHER)
        abort();
    for (int i = 0; i < m; i++)
        if (!((latin[i] >= 'a' && latin[i] <= 'z') || (latin[i] >= '0' && latin[i] <= '9')))
            abort();
    if (vg_sound(latin, m, sound) > VG_SOUND_MAX)
        abort();
    return 0;
}
