/**
 * The tables that are compiled in (tool/embed makes the arrays from data/). Only country.c and region.c include this.
 */
#ifndef VG_GEO_DATA_INT_H
#define VG_GEO_DATA_INT_H

extern const unsigned char vg_data_countries[], vg_data_borders[], vg_data_regions[];
extern const long vg_data_countries_len, vg_data_borders_len, vg_data_regions_len;

#endif
