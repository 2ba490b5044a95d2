/**
 * Tables that are compiled in (tool/embed makes the arrays from data/). Only files of src/source include this.
 */
#ifndef VG_SOURCE_DATA_INT_H
#define VG_SOURCE_DATA_INT_H

extern const unsigned char vg_data_sample[], vg_data_sample_notice[], vg_data_views_units[];
extern const long vg_data_sample_len, vg_data_sample_notice_len, vg_data_views_units_len;

#endif
