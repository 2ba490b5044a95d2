/* Readers of lists, each over a small list of our own making in the publisher's form, and what bad input becomes. */
#include "source/list.h"

#include "core/date.h"
#include "prop.h"

/* What came out of a reading: parties copied, rejects and removals as text. */
typedef struct {
    vg_arena a;
    vg_err e;
    vg_party party[16];
    int n, n_rejects;
    char rejects[2000], removed[200];
    vg_list_found found;
} reading;

static bool keep_party(void *ctx, const vg_party *p, vg_at at, vg_err *e)
{
    reading *r = ctx;
    (void)at, (void)e;
    if (r->n < 16)
        r->party[r->n++] = vg_party_copy(&r->a, p);
    return true;
}

static bool keep_removed(void *ctx, vg_str id, vg_at at, vg_err *e)
{
    reading *r = ctx;
    size_t n = strlen(r->removed);
    (void)at, (void)e;
    snprintf(r->removed + n, sizeof r->removed - n, "%.*s ", VG_P(id));
    return true;
}

static bool keep_reject(void *ctx, const vg_reject *bad, vg_err *e)
{
    reading *r = ctx;
    size_t n = strlen(r->rejects);
    (void)e;
    r->n_rejects++;
    snprintf(r->rejects + n, sizeof r->rejects - n, "%lld %s|", (long long)bad->why.at.line, bad->why.what);
    return true;
}

static bool run(reading *r, const char *text, int64_t bytes, const vg_list_opts *opts)
{
    vg_input *in = NULL;
    *r = (reading){ .n = 0 };
    setenv("VIGIE_NOW", "2026-06-01T00:00:00Z", 1);
    CHECK_OK(vg_arena_init(&r->a, 256 << 20, &r->e), &r->e);
    vg_party_sink sink = { r, keep_party, keep_removed, keep_reject };
    bool good = vg_input_memory((vg_str){ text, (ptrdiff_t)bytes }, VG_S("list"), &in, &r->e) &&
                vg_list_read_input(in, opts, &sink, &r->a, &r->found, &r->e);
    if (in)
        vg_input_close(in);
    return good;
}

static void read_text(reading *r, const char *text)
{
    CHECK_OK(run(r, text, (int64_t)strlen(text), &(vg_list_opts){ .fingerprint = false }), &r->e);
}

static void drop(reading *r)
{
    vg_arena_free(&r->a);
}

static void check_day(int32_t day, const char *want)
{
    char buf[16];
    CHECK_STR(vg_day_text(day, buf), want);
}

static const char *number_of(const vg_party *p, const char *kind)
{
    static char text[100];
    text[0] = 0;
    for (int64_t i = 0; i < p->number.n; i++)
        if (vg_eq(p->number.item[i].kind, vg_str_z(kind)))
            snprintf(text, sizeof text, "%.*s %.*s", VG_P(p->number.item[i].value),
                     VG_P(p->number.item[i].country));
    return text;
}

/* --- dates and countries --- */

static void check_span(const char *text, bool month_first, const char *from, const char *to, bool approximate)
{
    vg_party_date d;
    if (vg_list_dates(vg_str_z(text), month_first, &d, 1) != 1)
        fail_msg("%s is not read as a date", text);
    check_day(d.day_from, from);
    check_day(d.day_to, to);
    assert_int_equal(d.approximate, approximate);
}

static void dates_are_read_in_every_way_that_lists_write_them(void **state)
{
    (void)state;
    check_span("1965", false, "1965-01-01", "1965-12-31", false);
    check_span("circa 1965", false, "1965-01-01", "1965-12-31", true);
    check_span("12 Mar 1965", false, "1965-03-12", "1965-03-12", false);
    check_span("Mar 1965", false, "1965-03-01", "1965-03-31", false);
    check_span("1965-03", false, "1965-03-01", "1965-03-31", false);
    check_span("12.3.1965", false, "1965-03-12", "1965-03-12", false);
    check_span("03/12/1965", true, "1965-03-12", "1965-03-12", false);
    check_span("03/12/1965", false, "1965-12-03", "1965-12-03", false);
    check_span("00/00/1965", false, "1965-01-01", "1965-12-31", false);
    check_span("dd/03/1965", false, "1965-03-01", "1965-03-31", false);
    check_span("19650312", false, "1965-03-12", "1965-03-12", false);
    check_span("1965-03-12T00:00:00", false, "1965-03-12", "1965-03-12", false);
    check_span("1958 to 1963", false, "1958-01-01", "1963-12-31", false);
    check_span("between 1958 and 1963", false, "1958-01-01", "1963-12-31", false);
    check_span("1958-1963", false, "1958-01-01", "1963-12-31", false);
    check_span("01 Jan 1961 to 31 Dec 1961", false, "1961-01-01", "1961-12-31", false);
    check_span("8.5.1967 Gender: female", false, "1967-05-08", "1967-05-08", false);
}

static void several_dates_are_parted_and_what_is_none_is_refused(void **state)
{
    (void)state;
    vg_party_date d[4];
    assert_int_equal(vg_list_dates(VG_S("28.9.1953 or 28.8.1953"), false, d, 4), 2);
    check_day(d[1].day_from, "1953-08-28");
    assert_int_equal(vg_list_dates(VG_S("15.4.1957, 22.2.1958"), false, d, 4), 2);
    static const char *const none[] = {
        "0000", "0000-00-00", "31.2.1965", "", "unknown", "99/99/9999", "13"
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(vg_list_dates(vg_str_z(none[i]), false, d, 4), 0);
}

static void countries_become_two_letters(void **state)
{
    (void)state;
    CHECK_STR(vg_list_country(VG_S("Democratic People's Republic of Korea")), "KP");
    CHECK_STR(vg_list_country(VG_S("russia")), "RU");
    CHECK_STR(vg_list_country(VG_S("Ukrainian")), "UA");
    CHECK_STR(vg_list_country(VG_S("ml")), "ML");
    CHECK_STR(vg_list_country(VG_S("MLI")), "ML");
    CHECK_STR(vg_list_country(VG_S("Atlantis")), "Atlantis");
}

/* --- United Nations --- */

static const char UN[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<CONSOLIDATED_LIST dateGenerated=\"2026-01-05T00:00:09Z\"><INDIVIDUALS><INDIVIDUAL>\n"
    "<DATAID>1</DATAID><FIRST_NAME>AMARA</FIRST_NAME><SECOND_NAME>BEN</SECOND_NAME><THIRD_NAME>TOURE</"
    "THIRD_NAME>\n"
    "<UN_LIST_TYPE>Mali</UN_LIST_TYPE><REFERENCE_NUMBER>MLi.901</REFERENCE_NUMBER><LISTED_ON>2019-12-31</"
    "LISTED_ON>\n"
    "<NAME_ORIGINAL_SCRIPT>أمارة توري</NAME_ORIGINAL_SCRIPT><COMMENTS1>She was a treasurer.</COMMENTS1>\n"
    "<TITLE><VALUE>Dr</VALUE></TITLE><DESIGNATION><VALUE>Treasurer</VALUE></DESIGNATION>\n"
    "<NATIONALITY><VALUE>Mali</VALUE></NATIONALITY><LAST_DAY_UPDATED><VALUE>2020-01-02</VALUE>\n"
    "<VALUE>2021-03-04</VALUE></LAST_DAY_UPDATED>\n"
    "<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Amara Touré</ALIAS_NAME></INDIVIDUAL_ALIAS>\n"
    "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu &amp; Test</ALIAS_NAME></INDIVIDUAL_ALIAS>\n"
    "<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>\n"
    "<INDIVIDUAL_ADDRESS><CITY>Gao</CITY><COUNTRY>Mali</COUNTRY></INDIVIDUAL_ADDRESS>\n"
    "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1965-03-12</DATE></"
    "INDIVIDUAL_DATE_OF_BIRTH>\n"
    "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1970</YEAR>"
    "</INDIVIDUAL_DATE_OF_BIRTH>\n"
    "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR>"
    "<TO_YEAR>1962</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>\n"
    "<INDIVIDUAL_PLACE_OF_BIRTH><CITY>Kidal</CITY><COUNTRY>Mali</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>\n"
    "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>A0123456</NUMBER>\n"
    "<ISSUING_COUNTRY>Mali</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT></INDIVIDUAL>\n"
    "<INDIVIDUAL><REFERENCE_NUMBER>MLi.902</REFERENCE_NUMBER></INDIVIDUAL></INDIVIDUALS>\n"
    "<ENTITIES><ENTITY><FIRST_NAME>NORTH STAR 9</FIRST_NAME><REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER>\n"
    "<COMMENTS1>IMO Number: 9074729</COMMENTS1></ENTITY><ENTITY><FIRST_NAME>SOUTH STAR CORP</FIRST_NAME>"
    "<REFERENCE_NUMBER>KPe.902</REFERENCE_NUMBER><COMMENTS1>IMO number: "
    "5123451</COMMENTS1></ENTITY></ENTITIES></CONSOLIDATED_LIST>\n";

static void the_list_of_the_united_nations_is_read(void **state)
{
    (void)state;
    reading r;
    read_text(&r, UN);
    const vg_party *p = &r.party[0];
    assert_int_equal(r.n, 3);
    CHECK_STR(r.found.list, "un-sc");
    CHECK_STR(r.found.about.version, "2026-01-05");
    CHECK_STR(p->id, "MLi.901");
    CHECK_STR(p->name.item[0].text, "AMARA BEN TOURE");
    assert_int_equal(p->name.item[0].kind, VG_NAME_PRIMARY);
    assert_int_equal(p->name.n, 4);
    assert_int_equal(p->name.item[2].kind, VG_NAME_WEAK);
    CHECK_STR(p->name.item[2].text, "Abu & Test");
    assert_int_equal(p->name.item[3].kind, VG_NAME_SCRIPT);
    assert_int_equal(p->birth.n, 3);
    check_day(p->birth.item[0].day_from, "1965-03-12");
    assert_true(p->birth.item[1].approximate);
    check_day(p->birth.item[2].day_to, "1962-12-31");
    assert_int_equal(p->gender, 'f');
    CHECK_STR(p->nationality.item[0], "ML");
    CHECK_STR(p->birth_place.item[0], "Kidal, Mali");
    CHECK_STR(p->address.item[0], "Gao, Mali");
    assert_int_equal(p->position.n, 2);
    assert_string_equal(number_of(p, "passport"), "A0123456 ML");
    check_day(p->listed_on, "2019-12-31");
    check_day(p->changed_on, "2021-03-04");
    assert_int_equal(r.party[1].schema, VG_SCHEMA_VESSEL);
    assert_string_equal(number_of(&r.party[1], "imo"), "9074729 ");
    assert_int_equal(r.party[2].schema, VG_SCHEMA_ORGANISATION); /* its number is a company's */
    assert_string_equal(number_of(&r.party[2], "imo"), "5123451 ");
    assert_string_equal(r.rejects, "19 an entry without a name: MLi.902|");
    drop(&r);
}

static void xml_with_a_document_type_or_an_entity_bomb_is_refused(void **state)
{
    (void)state;
    static const char bomb[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">\n"
                               "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n"
                               "<CONSOLIDATED_LIST><INDIVIDUALS>&b;</INDIVIDUALS></CONSOLIDATED_LIST>";
    reading r;
    assert_false(run(&r, bomb, sizeof bomb - 1, &(vg_list_opts){ .fingerprint = false }));
    assert_int_equal(r.e.code, VG_EPARSE);
    assert_non_null(strstr(r.e.what, "document type"));
    assert_int_equal(r.e.at.line, 2);
    drop(&r);
}

static void xml_that_is_cut_off_or_too_deep_ends_the_reading(void **state)
{
    (void)state;
    reading r;
    assert_false(run(&r, UN, sizeof UN / 2, &(vg_list_opts){ .fingerprint = false }));
    assert_int_equal(r.e.code, VG_EPARSE);
    drop(&r);
    char deep[4000] = "<CONSOLIDATED_LIST>";
    for (int i = 0; i < 100; i++)
        strcat(deep, "<a>");
    assert_false(run(&r, deep, (int64_t)strlen(deep), &(vg_list_opts){ .fingerprint = false }));
    assert_int_equal(r.e.code, VG_ERANGE);
    drop(&r);
}

/* --- OFAC --- */

static const char SDN[] =
    "7001,\"TOURE, Amara\",\"individual\",\"SDGT] [MALI\",\"Treasurer\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
    "\"DOB 12 Mar 1965; alt. DOB circa 1966; POB Gao, Mali; nationality Mali; Gender Male; "
    "Passport A0123456 (Mali) issued 01 Nov 2002; Tax ID No. 77 (Niger); a.k.a. 'THE; TREASURER'; "
    "f.k.a. 'OLD NAME'; Digital Currency Address - XBT 1BoatSLRHtKNngkdXEeobR76b53; Linked To: NORTH "
    "STAR.\"\r\n"
    "7002,\"NORTH STAR\",\"vessel\",\"DPRK\",-0- ,\"H3AB\",\"Tanker\",-0- ,-0- ,\"Panama\",\"Test Shipping\","
    "\"Vessel Registration Identification IMO 9123456; MMSI 123456789 (vessel).\"\r\n"
    "7003,\"CR\xC9"
    "DIT SARL\",-0- ,\"MALI\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Registration Number 99 (France); DOB "
    "0000.\"\r\n"
    "7004,\"SALIM, Abu\",\"individual\",\"SDGT\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"POB Tall 'Afar, Iraq; "
    "Gender Male; "
    "National ID No. CNIC: 35202-1 (Iraq); a.k.a. 'Hajji Salim'; a.k.a. 'Abu-'Umar'; Linked To: NORTH "
    "STAR.\"\r\n"
    "7001,\"TWICE\",-0- ,\"MALI\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a";

static void the_tables_of_ofac_are_read_and_their_remarks_mined(void **state)
{
    (void)state;
    reading r;
    read_text(&r, SDN);
    const vg_party *p = &r.party[0], *ship = &r.party[1], *firm = &r.party[2];
    assert_int_equal(r.n, 4);
    CHECK_STR(r.found.list, "ofac-sdn");
    const vg_party *quoted = &r.party[3]; /* an apostrophe opens no quote */
    assert_int_equal(quoted->gender, 'm');
    assert_int_equal(quoted->name.n, 3);
    CHECK_STR(quoted->name.item[1].text, "Hajji Salim");
    CHECK_STR(quoted->name.item[2].text, "Abu-'Umar");
    assert_string_equal(number_of(quoted, "national_id"), "35202-1 IQ");
    CHECK_STR(quoted->link.item[0].to, "7002");
    assert_int_equal(p->schema, VG_SCHEMA_PERSON);
    CHECK_STR(p->name.item[0].family, "TOURE");
    CHECK_STR(p->name.item[0].given, "Amara");
    CHECK_STR(p->name.item[1].text, "THE; TREASURER");
    assert_int_equal(p->name.item[1].kind, VG_NAME_WEAK);
    assert_int_equal(p->name.item[2].kind, VG_NAME_FORMER);
    assert_int_equal(p->programme.n, 2);
    CHECK_STR(p->programme.item[1], "MALI");
    assert_int_equal(p->birth.n, 2);
    assert_true(p->birth.item[1].approximate);
    CHECK_STR(p->birth_place.item[0], "Gao, Mali");
    CHECK_STR(p->nationality.item[0], "ML");
    assert_int_equal(p->gender, 'm');
    assert_string_equal(number_of(p, "passport"), "A0123456 ML");
    assert_string_equal(number_of(p, "tax"), "77 NE");
    assert_string_equal(number_of(p, "wallet"), "1BoatSLRHtKNngkdXEeobR76b53 XBT");
    CHECK_STR(p->link.item[0].to, "7002");
    assert_int_equal(ship->schema, VG_SCHEMA_VESSEL);
    assert_string_equal(number_of(ship, "imo"), "9123456 ");
    assert_string_equal(number_of(ship, "mmsi"), "123456789 vessel");
    assert_string_equal(number_of(ship, "call_sign"), "H3AB ");
    CHECK_STR(ship->country.item[0], "PA");
    CHECK_STR(ship->link.item[0].to, "Test Shipping");
    CHECK_STR(firm->name.item[0].text, "CRÉDIT SARL"); /* Latin-1 */
    assert_string_equal(number_of(firm, "registration"), "99 FR");
    assert_non_null(strstr(r.rejects, "5 a number that comes twice: \"7001\""));
    assert_non_null(strstr(r.rejects, "3 a birth date that cannot be read: \"0000\""));
    drop(&r);
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void remove_file(const char *dir, const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    unlink(path);
}

static void files_of_ofac_that_belong_together_become_one_list(void **state)
{
    (void)state;
    char dir[256];
    static const char *const name[] = { "sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv", "readme.md" };
    static const char *const text[] = {
        "1,\"FIRST, A\",\"individual\",\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"POB Ga\"\n",
        "1,10,\"aka\",\"SECOND, B\",-0- \n2,11,\"aka\",\"NOBODY\",-0- \n",
        "1,5,\"1 Road\",\"Gao\",\"Mali\",-0- \n", "1,\"o, Mali; DOB 1965.\"\n", "# nothing\n"
    };
    temp_dir(dir);
    for (int i = 0; i < 5; i++)
        write_file(dir, name[i], text[i]);
    reading r = { .n = 0 };
    vg_list_opts opts = { .fingerprint = true };
    vg_list_set *set;
    vg_list_skipped *skipped;
    int64_t n, n_skipped;
    vg_str path = vg_str_z(dir);
    CHECK_OK(vg_arena_init(&r.a, 64 << 20, &r.e), &r.e);
    CHECK_OK(vg_list_sets(&path, 1, &opts, &r.a, &set, &n, &skipped, &n_skipped, &r.e), &r.e);
    assert_int_equal(n, 1);
    assert_int_equal(n_skipped, 1);
    vg_party_sink sink = { &r, keep_party, keep_removed, keep_reject };
    CHECK_OK(vg_list_read(&set[0], &opts, &sink, &r.a, &r.found, &r.e), &r.e);
    assert_int_equal(r.n, 1);
    CHECK_STR(r.party[0].name.item[1].text, "SECOND, B");
    CHECK_STR(r.party[0].birth_place.item[0],
              "Gao, Mali"); /* the comments go on where the remarks were cut */
    assert_int_equal(r.party[0].birth.n, 1);
    CHECK_STR(r.party[0].address.item[0], "1 Road, Gao, Mali");
    assert_string_equal(r.rejects, "2 a name of no entry: \"2\"|");
    assert_int_equal(r.found.about.sha256.n, 64);
    for (int i = 0; i < 5; i++)
        remove_file(dir, name[i]);
    rmdir(dir);
    drop(&r);
}

/* --- tables with a header --- */

static void both_layouts_of_the_united_kingdom_are_read(void **state)
{
    (void)state;
    reading r;
    read_text(&r,
              "Last Updated,05/01/2026\n"
              "Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Title,Name Non-Latin Script,DOB,Town of "
              "Birth,Country of Birth,"
              "Nationality,Passport Number,Group Type,Alias Type,Alias Quality,Regime,Listed On,Last "
              "Updated,Group ID\n"
              "TOURE,Amar,,,,,,,,,,,,Individual,AKA,Low,Mali,01/02/2020,03/02/2020,901\n"
              "TOURE,Amara,Ben,,,,Dr,أمارة,00/00/1965,Gao,Mali,\"(1) Mali (2) Niger\",A1,Individual,Primary "
              "name,,Mali,"
              "01/02/2020,03/02/2020,901\nTEST BANK,,,,,,,,,,,,,Entity,Primary name,,Mali,01/02/2020,,902\n");
    const vg_party *p = &r.party[0];
    CHECK_STR(r.found.format, "uk-conlist");
    CHECK_STR(r.found.about.version, "2026-01-05");
    assert_int_equal(r.n, 2);
    CHECK_STR(p->name.item[0].text, "Amara Ben TOURE"); /* the primary name first, wherever it stands */
    CHECK_STR(p->name.item[0].family, "TOURE");
    assert_int_equal(p->name.item[1].kind, VG_NAME_WEAK);
    check_day(p->birth.item[0].day_to, "1965-12-31");
    check_day(p->listed_on, "2020-02-01");
    CHECK_STR(r.party[1].name.item[0].text, "TEST BANK");
    assert_int_equal(r.party[1].schema, VG_SCHEMA_ORGANISATION);
    drop(&r);
    read_text(
        &r,
        "Report Date: 05-Jan-2026\n"
        "Last Updated,Unique ID,OFSI Group ID,Name 6,Name 1,Name type,Alias strength,Designation Type,D.O.B,"
        "Nationality(/ies),IMO number,Current owner/operator (s),Current believed flag of ship\n"
        "03/02/2020,RUS0901,77,NORTH STAR,,Primary Name,,Ship,,,9123456,Test Shipping,Gabon\n"
        "03/02/2020,RUS0902,78,TOURE,Amara,Primary Name,,Individual,dd/mm/1965,Mali,,,\n");
    CHECK_STR(r.found.format, "uk-sl");
    CHECK_STR(r.found.about.version, "2026-01-05");
    assert_int_equal(r.party[0].schema, VG_SCHEMA_VESSEL);
    assert_string_equal(number_of(&r.party[0], "imo"), "9123456 ");
    CHECK_STR(r.party[0].country.item[0], "GA");
    CHECK_STR(r.party[0].link.item[0].kind, "owner");
    check_day(r.party[1].birth.item[0].day_from, "1965-01-01");
    drop(&r);
}

static void both_forms_of_the_european_union_are_read(void **state)
{
    (void)state;
    reading r;
    read_text(
        &r,
        "\xEF\xBB\xBF"
        "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;"
        "Entity_Regulation_Programme;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;"
        "NameAlias_WholeName;NameAlias_NameLanguage;NameAlias_Gender;Address_City;Address_CountryIso2Code;"
        "BirthDate_BirthDate;BirthDate_Circa;BirthDate_YearRangeFrom;BirthDate_YearRangeTo;BirthDate_City;"
        "BirthDate_Year;BirthDate_Month;"
        "Identification_Number;Identification_TypeCode;Identification_CountryIso2Code;Citizenship_"
        "CountryIso2Code\n"
        "05/01/2026;9;EU.9.1;P;MLI;Toure;Amara;;Amara Toure;FR;M;;;;;;;;;;;;;00\n"
        "05/01/2026;9;EU.9.1;person;MLI;;;;Amar Touré;;;Gao;ML;1965-03-12;true;;;Kidal;1965;3;;;;\n"
        "05/01/2026;9;EU.9.1;person;MLI;;;;;;;;;;;1960;1962;;;;A1;passport;ML;NE\n"
        "05/01/2026;9;EU.9.1;person;MLI;;;;;;;;;;;;;;1959;;;;;\n");
    const vg_party *p = &r.party[0];
    assert_int_equal(r.n, 1);
    CHECK_STR(r.found.about.version, "2026-01-05");
    CHECK_STR(p->name.item[0].family, "Toure");
    assert_int_equal(p->name.n, 2);
    assert_int_equal(p->birth.n, 3);
    assert_true(p->birth.item[0].approximate);
    check_day(p->birth.item[1].day_to, "1962-12-31");
    check_day(p->birth.item[2].day_from, "1959-01-01"); /* of some only the year is known */
    check_day(p->birth.item[2].day_to, "1959-12-31");
    assert_int_equal(p->schema, VG_SCHEMA_PERSON);
    assert_int_equal(p->nationality.n, 1);
    assert_string_equal(number_of(p, "passport"), "A1 ML");
    CHECK_STR(p->nationality.item[0], "NE");
    CHECK_STR(p->address.item[0], "Gao");
    drop(&r);
    read_text(&r,
              "celex,recordId,annex,schema,name,alias,previousName,nationality,birthDate,gender,imoNumber\n"
              "32099R0001,1,I.A,Person,Amara TOURE,Amar (Амара); Omar TURE / Omer TURE,,\"Malian, Niger "
              "(dual)\",12.3.1965 or 1966,male,\n"
              "32099R0001,1,I.B,Vessel,North Star,,Old Star,,,,9123456\n");
    CHECK_STR(r.found.list, "eu-oj-32099R0001");
    assert_int_equal(r.n, 2);
    CHECK_STR(r.party[0].id, "I.A-1");
    assert_int_equal(
        r.party[0].name.n,
        5); /* the name in brackets, in another script, is one of its own; so is one behind a stroke */
    CHECK_STR(r.party[0].name.item[4].text, "Omer TURE");
    assert_int_equal(r.party[0].name.item[1].kind, VG_NAME_SCRIPT);
    CHECK_STR(r.party[0].name.item[2].text, "Amar");
    assert_int_equal(r.party[0].birth.n, 2);
    CHECK_STR(r.party[0].nationality.item[0], "ML");
    CHECK_STR(r.party[0].nationality.item[1], "NE");
    assert_int_equal(r.party[1].name.item[1].kind, VG_NAME_FORMER);
    drop(&r);
}

static void the_lists_of_the_united_states_are_read(void **state)
{
    (void)state;
    reading r;
    read_text(
        &r, "_id,source,entity_number,type,programs,name,addresses,alt_names,citizenships,dates_of_birth,ids,"
            "source_list_url\n"
            "a1,Test List,7,Individual,X,Amara Toure,\"1 Road, Gao, ML; Niamey, NE\",Amar; "
            "Ama,ML,1965-03-12; 1966,"
            "\"Passport, A1, ML; Gender, Male; Tax ID No., 77, NE\",http://x\n"
            "_id,source,entity_number,type,programs,name,addresses,alt_names,citizenships,dates_of_birth,ids,"
            "source_list_url\n");
    assert_int_equal(r.n, 1);
    assert_int_equal(r.party[0].name.n, 3);
    assert_int_equal(r.party[0].address.n, 2);
    CHECK_STR(r.party[0].country.item[1], "NE");
    assert_int_equal(r.party[0].birth.n, 2);
    assert_int_equal(r.party[0].gender, 'm');
    assert_string_equal(number_of(&r.party[0], "passport"), "A1 ML");
    drop(&r);
    read_text(&r,
              "\"Name\"\t\"Street_Address\"\t\"City\"\t\"Country\"\t\"Effective_Date\"\t\"Expiration_Date\"\t"
              "\"Standard_Order\"\n\" A. TOURE\"\t\"1 "
              "ROAD\"\t\"GAO\"\t\"ML\"\t\"03/12/2020\"\t\"03/12/2030\"\t\"Y\"\n"
              "\" A. TOURE\"\t\"2 ROAD\"\t\"GAO\"\t\"ML\"\t\"03/12/2020\"\t\"03/12/2030\"\t\"Y\"\n");
    CHECK_STR(r.found.list, "us-dpl");
    assert_int_equal(r.n, 1);
    assert_int_equal(r.party[0].address.n, 2);
    check_day(r.party[0].listed_on, "2020-03-12");
    check_day(r.party[0].ended_on, "2030-03-12");
    drop(&r);
}

static void columns_of_any_csv_are_guessed_told_and_mapped(void **state)
{
    (void)state;
    reading r;
    read_text(&r, "Ref;Full_Name;DOB;Country\n1;Amara Toure;12/03/1965;Mali\n;;;\n2;;1970;ML\n");
    CHECK_STR(r.found.map, "id=Ref,name=Full_Name,birth=DOB,country=Country");
    assert_int_equal(r.n, 1);
    check_day(r.party[0].birth.item[0].day_from, "1965-03-12");
    assert_int_equal(r.n_rejects, 2);
    drop(&r);
    static const char odd[] = "wer,wann\nAmara,1965\n";
    vg_list_opts opts = { .map = VG_S("name=wer,birth=wann") };
    CHECK_OK(run(&r, odd, sizeof odd - 1, &opts), &r.e);
    assert_int_equal(r.party[0].birth.n, 1);
    drop(&r);
}

static void a_csv_without_the_named_column_is_refused_with_what_there_is(void **state)
{
    (void)state;
    reading r;
    static const char text[] = "a,b\nx,y\n";
    assert_false(run(&r, text, sizeof text - 1, &(vg_list_opts){ .map = VG_S("name=who") }));
    assert_int_equal(r.e.code, VG_EARG);
    assert_string_equal(r.e.what, "the file has no column who");
    drop(&r);
    assert_false(run(&r, text, sizeof text - 1, &(vg_list_opts){ .fingerprint = false }));
    assert_non_null(strstr(r.e.why, "a, b"));
    drop(&r);
}

/* --- JSON lines --- */

static void entities_of_follow_the_money_are_joined_to_their_parties(void **state)
{
    (void)state;
    reading r;
    read_text(
        &r,
        "{\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"a\"],\"asset\":[\"c\"],"
        "\"percentage\":[\"51%\"]}}\n"
        "{\"id\":\"a\",\"caption\":\"Amara Toure\",\"schema\":\"Person\",\"properties\":{\"name\":[\"Amara "
        "Toure\","
        "\"أمارة\"],\"firstName\":[\"Amara\"],\"birthDate\":[\"1965-03\"],\"country\":[\"ml\"],"
        "\"addressEntity\":[\"ad\"],\"topics\":[\"sanction\"],\"weakAlias\":[\"Am\"]}}\n"
        "{\"id\":\"ad\",\"schema\":\"Address\",\"properties\":{\"full\":[\"Gao, Mali\"]}}\n"
        "{\"id\":\"p\",\"schema\":\"Passport\",\"properties\":{\"holder\":[\"a\"],\"number\":[\"A1\"],"
        "\"country\":[\"ml\"]}}\n"
        "{\"id\":\"c\",\"caption\":\"Test Ltd\",\"schema\":\"Company\",\"properties\":{\"name\":[\"Test "
        "Ltd\"]}}\n"
        "{\"id\":\"f\",\"schema\":\"Family\",\"properties\":{\"person\":[\"a\"],\"relative\":[\"b\"],"
        "\"relationship\":[\"brother\"]}}\n"
        "{\"id\":\"g\",\"schema\":\"Family\",\"properties\":{\"person\":[\"nobody\"],\"relative\":[\"b\"]}}\n"
        "this is not JSON\n{\"schema\":\"Person\"}\n");
    const vg_party *p = &r.party[0], *c = &r.party[1];
    assert_int_equal(r.n, 2);
    CHECK_STR(p->name.item[0].text, "Amara Toure");
    CHECK_STR(p->name.item[0].given, "Amara");
    assert_int_equal(p->name.item[2].kind, VG_NAME_WEAK);
    CHECK_STR(p->address.item[0], "Gao, Mali");
    assert_string_equal(number_of(p, "passport"), "A1 ML");
    CHECK_STR(p->link.item[0].kind, "family");
    CHECK_STR(c->link.item[0].to, "a");
    CHECK_NEAR(c->link.item[0].share, 51, 0);
    assert_int_equal(r.n_rejects, 3);
    assert_non_null(strstr(r.rejects, "9 an entity without an id"));
    drop(&r);
}

static void changes_of_follow_the_money_add_and_remove(void **state)
{
    (void)state;
    reading r;
    read_text(
        &r, "{\"op\":\"ADD\",\"entity\":{\"id\":\"a\",\"caption\":\"A\",\"schema\":\"Person\",\"properties\":"
            "{\"name\":[\"A\"]}}}\n{\"op\":\"DEL\",\"entity\":{\"id\":\"b\"}}\n"
            "{\"op\":\"NEW\",\"entity\":{\"id\":\"c\",\"schema\":\"Person\"}}\n");
    assert_true(r.found.is_delta);
    assert_int_equal(r.n, 1);
    assert_string_equal(r.removed, "b ");
    assert_string_equal(r.rejects, "3 a change of an unknown kind: \"NEW\"|");
    drop(&r);
}

static void records_of_senzing_are_read(void **state)
{
    (void)state;
    reading r;
    read_text(
        &r, "{\"DATA_SOURCE\":\"X\",\"RECORD_ID\":\"1\",\"RECORD_TYPE\":\"PERSON\",\"NAMES\":[{\"NAME_TYPE\":"
            "\"PRIMARY\",\"NAME_FULL\":\"Amara Toure\"},{\"NAME_TYPE\":\"ALIAS\",\"NAME_FIRST\":\"Am\","
            "\"NAME_LAST\":\"T\"}],\"DATES\":[{\"DATE_OF_BIRTH\":\"1972\"}],\"COUNTRIES\":[{\"NATIONALITY\":"
            "\"ml\"}],"
            "\"RISKS\":[{\"TOPIC\":\"role.pep\"}]}\n{\"DATA_SOURCE\":\"X\"}\n");
    assert_int_equal(r.n, 1);
    CHECK_STR(r.party[0].name.item[1].text, "Am T");
    CHECK_STR(r.party[0].nationality.item[0], "ML");
    CHECK_STR(r.party[0].topic.item[0], "role.pep");
    assert_string_equal(r.rejects, "2 a record without RECORD_ID|");
    drop(&r);
}

/* --- what is no list, and names that are too long --- */

static void a_name_of_ten_thousand_letters_is_left_out_and_told(void **state)
{
    (void)state;
    reading r;
    char text[11000] = "name,alias\nAmara,";
    size_t n = strlen(text);
    memset(text + n, 'x', 10000);
    text[n + 10000] = '\n';
    CHECK_OK(run(&r, text, (int64_t)n + 10001, &(vg_list_opts){ .fingerprint = false }), &r.e);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.party[0].name.n, 1);
    assert_int_equal(r.n_rejects, 1);
    assert_non_null(strstr(r.rejects, "a name that is too long"));
    drop(&r);
}

static void what_is_no_list_is_refused_with_what_would_be_one(void **state)
{
    (void)state;
    static const char *const text[] = { "<html><body>error</body></html>", "{\"a\":1}", "hello", "[1,2,3]" };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        reading r;
        assert_false(run(&r, text[i], (int64_t)strlen(text[i]), &(vg_list_opts){ .fingerprint = false }));
        assert_int_equal(r.e.code, VG_EPARSE);
        assert_true(r.e.mend[0] != 0);
        drop(&r);
    }
}

/* --- the staged lists, and a property --- */

static void all_staged_lists_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        int64_t n;
    } want[] = { { "ofac-nonsdn", 442 }, { "ofac-sdn", 8976 }, { "un-sc", 1003 } };
    reading r = { .n = 16 };
    vg_str path = vg_str_z(need_shared("data/screening/lists"));
    vg_list_opts opts = { .fingerprint = false };
    vg_list_set *set;
    vg_list_skipped *skipped;
    int64_t n, n_skipped, n_found = 0;
    CHECK_OK(vg_arena_init(&r.a, 256 << 20, &r.e), &r.e);
    CHECK_OK(vg_list_sets(&path, 1, &opts, &r.a, &set, &n, &skipped, &n_skipped, &r.e), &r.e);
    for (int64_t i = 0; i < n; i++)
        for (size_t k = 0; k < 3; k++) {
            if (!vg_eq(set[i].list, vg_str_z(want[k].list)))
                continue;
            vg_party_sink sink = { &r, keep_party, keep_removed, keep_reject };
            CHECK_OK(vg_list_read(&set[i], &opts, &sink, &r.a, &r.found, &r.e), &r.e);
            assert_int_equal(r.found.n_parties, want[k].n); /* counts of PROVENANCE.md */
            n_found++;
        }
    assert_int_equal(n_found, 3);
    drop(&r);
}

/* A day written in any of the forms is read as that day. */
static const char *a_day_is_read_back_from_every_form(vg_rng *r)
{
    static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int32_t day = (int32_t)(vg_rng_u64(r) % 60000) - 30000;
    vg_civil c = vg_civil_from_day(day);
    char text[6][64];
    snprintf(text[0], 64, "%04d-%02d-%02d", c.year, c.month, c.day);
    snprintf(text[1], 64, "%d.%d.%04d", c.day, c.month, c.year);
    snprintf(text[2], 64, "%02d/%02d/%04d", c.day, c.month, c.year);
    snprintf(text[3], 64, "%02d %s %04d", c.day, month[c.month - 1], c.year);
    snprintf(text[4], 64, "%s %d, %04d", month[c.month - 1], c.day, c.year);
    snprintf(text[5], 64, "%04d%02d%02d", c.year, c.month, c.day);
    for (int i = 0; i < 6; i++) {
        vg_party_date d;
        if (vg_list_dates(vg_str_z(text[i]), false, &d, 1) != 1 || d.day_from != day || d.day_to != day)
            return "a form of a day was read as another";
    }
    return NULL;
}

static void days_hold_in_every_form(void **state)
{
    (void)state;
    check_property("a_day_is_read_back_from_every_form", a_day_is_read_back_from_every_form, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_in_every_way_that_lists_write_them),
        cmocka_unit_test(several_dates_are_parted_and_what_is_none_is_refused),
        cmocka_unit_test(countries_become_two_letters),
        cmocka_unit_test(the_list_of_the_united_nations_is_read),
        cmocka_unit_test(xml_with_a_document_type_or_an_entity_bomb_is_refused),
        cmocka_unit_test(xml_that_is_cut_off_or_too_deep_ends_the_reading),
        cmocka_unit_test(the_tables_of_ofac_are_read_and_their_remarks_mined),
        cmocka_unit_test(files_of_ofac_that_belong_together_become_one_list),
        cmocka_unit_test(both_layouts_of_the_united_kingdom_are_read),
        cmocka_unit_test(both_forms_of_the_european_union_are_read),
        cmocka_unit_test(the_lists_of_the_united_states_are_read),
        cmocka_unit_test(columns_of_any_csv_are_guessed_told_and_mapped),
        cmocka_unit_test(a_csv_without_the_named_column_is_refused_with_what_there_is),
        cmocka_unit_test(entities_of_follow_the_money_are_joined_to_their_parties),
        cmocka_unit_test(changes_of_follow_the_money_add_and_remove),
        cmocka_unit_test(records_of_senzing_are_read),
        cmocka_unit_test(a_name_of_ten_thousand_letters_is_left_out_and_told),
        cmocka_unit_test(what_is_no_list_is_refused_with_what_would_be_one),
        cmocka_unit_test(all_staged_lists_are_read),
        cmocka_unit_test(days_hold_in_every_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
