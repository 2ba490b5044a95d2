/* Errors as a value of the caller's: nothing here is global, nothing prints unless asked. */
#include "core/err.h"

#include <stdarg.h>
#include <string.h>

/* vsnprintf into a fixed field, then cut back to a whole UTF-8 character. */
__attribute__((format(printf, 3, 0))) static void fill(char *field, size_t size, const char *fmt,
                                                       va_list args)
{
    int n = vsnprintf(field, size, fmt, args);
    if (n >= (int)size) {
        vg_str head = vg_utf8_head((vg_str){ field, (ptrdiff_t)size - 1 }, (ptrdiff_t)size - 4);
        memcpy(field + head.n, "...", 4);
    }
}

bool vg_fail(vg_err *e, vg_code code, vg_at at, const char *what, ...)
{
    if (!e || e->code != VG_OK)
        return false;
    *e = (vg_err){ .code = code, .at = at };
    va_list args;
    va_start(args, what);
    fill(e->what, sizeof e->what, what, args);
    va_end(args);
    return false;
}

bool vg_why(vg_err *e, const char *why, ...)
{
    if (!e || e->why[0])
        return false;
    va_list args;
    va_start(args, why);
    fill(e->why, sizeof e->why, why, args);
    va_end(args);
    return false;
}

bool vg_mend(vg_err *e, const char *mend, ...)
{
    if (!e || e->mend[0])
        return false;
    va_list args;
    va_start(args, mend);
    fill(e->mend, sizeof e->mend, mend, args);
    va_end(args);
    return false;
}

bool vg_fail_memory(vg_err *e, int64_t limit_bytes)
{
    if (vg_failed(e))
        return false;
    vg_fail(e, VG_ENOMEM, VG_NOWHERE, "out of memory: the limit of %lld MiB for this work was reached",
            (long long)(limit_bytes >> 20));
    return vg_mend(e, "do the work in smaller parts (fewer units, draws or months)");
}

bool vg_fail_os(vg_err *e, int os_errno, vg_at at, const char *what, ...)
{
    if (!e || e->code != VG_OK)
        return false;
    char text[160];
    va_list args;
    va_start(args, what);
    fill(text, sizeof text, what, args);
    va_end(args);
    return vg_fail(e, VG_EIO, at, "%s: %s", text, strerror(os_errno));
}

const char *vg_code_name(vg_code code)
{
    static const char *const name[] = { "ok",      "argument", "parse", "range", "conflict", "not-found",
                                        "no-data", "memory",   "io",    "busy",  "stopped",  "full" };
    return (size_t)code < sizeof name / sizeof *name ? name[code] : "unknown";
}

int vg_exit_code(vg_code code)
{
    switch (code) {
    case VG_OK: return 0;
    case VG_EARG:
    case VG_ENOTFOUND: return 2;
    case VG_EPARSE:
    case VG_ERANGE:
    case VG_ECONFLICT:
    case VG_ENODATA: return 3;
    case VG_ESTOPPED: return 130;
    case VG_ENOMEM:
    case VG_EIO:
    case VG_EFULL:
    case VG_EBUSY: break;
    }
    return 4;
}

void vg_err_print(FILE *to, const vg_err *e)
{
    if (e->at.file.n)
        fprintf(to, "%.*s:", VG_P(e->at.file));
    if (e->at.line)
        fprintf(to, "%lld:", (long long)e->at.line);
    if (e->at.col)
        fprintf(to, "%lld:", (long long)e->at.col);
    fprintf(to, "%s%s\n", e->at.file.n || e->at.line ? " " : "", e->what);
    if (e->why[0])
        fprintf(to, "  why:  %s\n", e->why);
    if (e->mend[0])
        fprintf(to, "  mend: %s\n", e->mend);
}
