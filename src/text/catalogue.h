/* The catalogues as they are built in: arrays made from data/messages by tool/embed. For message.c only. */
#ifndef VG_TEXT_CATALOGUE_H
#define VG_TEXT_CATALOGUE_H

extern const unsigned char vg_data_messages_en[], vg_data_messages_fr[];
extern const long vg_data_messages_en_len, vg_data_messages_fr_len;

#endif
