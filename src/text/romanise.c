/* ICU's transliterator behind one handle. */
#include <stdlib.h>

#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "text/romanise.h"

struct vg_romaniser {
    UTransliterator *icu;
};

bool vg_romaniser_open(vg_romaniser **out, vg_err *e)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    UChar id[64];
    vg_romaniser *r = calloc(1, sizeof *r);
    if (!r)
        return vg_fail_memory(e, 0);
    u_uastrcpy(id, "NFKC; Any-Latin; Latin-ASCII; Lower");
    r->icu = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, &where, &status);
    if (U_FAILURE(status)) {
        free(r);
        vg_fail(e, VG_EIO, VG_NOWHERE, "ICU cannot romanise: %s", u_errorName(status));
        return vg_mend(e, "install the data of ICU (libicu72)");
    }
    *out = r;
    return true;
}

void vg_romaniser_close(vg_romaniser *r)
{
    if (!r)
        return;
    utrans_close(r->icu);
    free(r);
}

vg_str vg_romanise(vg_romaniser *r, vg_str text, char *buf, int cap)
{
    UChar wide[1024];
    int32_t n = 0, end, written = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide, 512, &n, text.s, (int32_t)(text.n > 1500 ? 1500 : text.n), 0xFFFD, NULL,
                         &status);
    if (U_FAILURE(status) || n > 512)
        return VG_NOSTR;
    end = n;
    utrans_transUChars(r->icu, wide, &n, 1024, 0, &end, &status);
    u_strToUTF8WithSub(buf, cap, &written, wide, n, 0xFFFD, NULL, &status);
    return U_FAILURE(status) ? VG_NOSTR : (vg_str){ buf, written < cap ? written : cap };
}
