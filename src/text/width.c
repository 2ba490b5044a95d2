/* Columns on a terminal, without asking the locale: blocks of combining marks count none, blocks of wide East Asian
 * characters two. The blocks are those a country name, an actor or a headline can hold; sorted by code point. */
#include "text/message.h"

typedef struct {
    uint32_t from, to;
    int columns;
} block;

static const block blocks[] = {
    { 0x0300, 0x036F, 0 },   { 0x0483, 0x0489, 0 },   { 0x0591, 0x05BD, 0 }, { 0x0610, 0x061A, 0 },
    { 0x064B, 0x065F, 0 },   { 0x06D6, 0x06DC, 0 },   { 0x0900, 0x0902, 0 }, { 0x0E34, 0x0E3A, 0 },
    { 0x0E47, 0x0E4E, 0 },   { 0x1100, 0x115F, 2 },   { 0x200B, 0x200F, 0 }, { 0x202A, 0x202E, 0 },
    { 0x2060, 0x2064, 0 },   { 0x20D0, 0x20F0, 0 },   { 0x2E80, 0x303E, 2 }, { 0x3041, 0x33FF, 2 },
    { 0x3400, 0x4DBF, 2 },   { 0x4E00, 0x9FFF, 2 },   { 0xA000, 0xA4CF, 2 }, { 0xAC00, 0xD7A3, 2 },
    { 0xF900, 0xFAFF, 2 },   { 0xFE00, 0xFE0F, 0 },   { 0xFE20, 0xFE2F, 0 }, { 0xFE30, 0xFE6F, 2 },
    { 0xFEFF, 0xFEFF, 0 },   { 0xFF00, 0xFF60, 2 },   { 0xFFE0, 0xFFE6, 2 }, { 0x1F300, 0x1F64F, 2 },
    { 0x1F900, 0x1F9FF, 2 }, { 0x20000, 0x3FFFD, 2 },
};

static int columns_of(uint32_t point)
{
    size_t low = 0, high = sizeof blocks / sizeof *blocks;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (point > blocks[middle].to)
            low = middle + 1;
        else
            high = middle;
    }
    bool inside = low < sizeof blocks / sizeof *blocks && point >= blocks[low].from;
    return inside ? blocks[low].columns : point < 0x20 ? 0 : 1;
}

int vg_text_width(vg_str s)
{
    int width = 0;
    for (ptrdiff_t i = 0; i < s.n;) {
        unsigned char lead = (unsigned char)s.s[i++];
        uint32_t point = lead < 0x80   ? lead
                         : lead < 0xE0 ? lead & 0x1Fu
                         : lead < 0xF0 ? lead & 0x0Fu
                                       : lead & 0x07u;
        for (; i < s.n && ((unsigned char)s.s[i] & 0xC0) == 0x80; i++)
            point = point << 6 | ((unsigned char)s.s[i] & 0x3Fu);
        width += columns_of(point);
    }
    return width;
}
