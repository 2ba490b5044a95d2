/* The layouts of the lists that are tables, as their publishers name the columns, and the guess for any other CSV.
 * Invariant: a layout is data; how a column is read stands in list_rows.c. */
#include "source/list_rows_int.h"

#include <stdlib.h>
#include <string.h>

/* European Commission, Financial Sanctions Files, CSV 1.1: one row for each name, address, birth date, document. */
static const vg_rows_column EU_FSF[] = {
    { "Entity_EU_ReferenceNumber", VG_ROWS_ID, NULL },
    { "Entity_LogicalId", VG_ROWS_ID, NULL },
    { "Entity_SubjectType|Entity_SubjectType_ClassificationCode", VG_ROWS_SCHEMA, NULL },
    { "NameAlias_WholeName", VG_ROWS_WHOLE, NULL },
    { "NameAlias_FirstName", VG_ROWS_GIVEN, NULL },
    { "NameAlias_MiddleName", VG_ROWS_MIDDLE, NULL },
    { "NameAlias_LastName", VG_ROWS_FAMILY, NULL },
    { "NameAlias_NameLanguage", VG_ROWS_LANGUAGE, NULL },
    { "Identification_TypeCode", VG_ROWS_NUMBER_TYPE, NULL },
    { "Identification_CountryIso2Code|Identification_CountryDescription", VG_ROWS_NUMBER_COUNTRY, NULL },
    { "BirthDate_YearRangeTo", VG_ROWS_TO_YEAR, NULL },
    { "BirthDate_Circa", VG_ROWS_CIRCA, NULL },
    { "NameAlias_Gender", VG_ROWS_GENDER, NULL },
    { "NameAlias_Title", VG_ROWS_POSITION, NULL },
    { "NameAlias_Function", VG_ROWS_POSITION, NULL },
    { "Entity_Regulation_Programme", VG_ROWS_PROGRAMME, NULL },
    { "Entity_Regulation_NumberTitle", VG_ROWS_PROGRAMME, NULL },
    { "Entity_Remark", VG_ROWS_REMARK, NULL },
    { "NameAlias_Remark", VG_ROWS_REMARK, NULL },
    { "Entity_Regulation_PublicationUrl", VG_ROWS_URL, NULL },
    { "BirthDate_BirthDate", VG_ROWS_BIRTH, NULL },
    { "BirthDate_Year+BirthDate_Month+BirthDate_Day", VG_ROWS_BIRTH_PARTS, NULL },
    { "BirthDate_YearRangeFrom", VG_ROWS_FROM_YEAR, NULL },
    { "BirthDate_Place+BirthDate_City+BirthDate_Region+BirthDate_CountryDescription", VG_ROWS_BIRTH_PLACE,
      NULL },
    { "Citizenship_CountryIso2Code|Citizenship_CountryDescription", VG_ROWS_NATIONALITY, NULL },
    { "Address_Street+Address_PoBox+Address_Place+Address_ZipCode+Address_City+Address_Region+"
      "Address_CountryDescription",
      VG_ROWS_ADDRESS, NULL },
    { "Address_CountryIso2Code|Address_CountryDescription", VG_ROWS_COUNTRY, NULL },
    { "Identification_Number", VG_ROWS_TYPED, NULL },
    { "Entity_UnitedNationId", VG_ROWS_NUMBER, "other" },
    { "Entity_DesignationDate", VG_ROWS_LISTED, NULL },
    { "Entity_Regulation_PublicationDate", VG_ROWS_CHANGED, NULL },
    { NULL, VG_ROWS_ID, NULL }
};

static const vg_rows_column EU_OJ[] = { { "annex+recordId", VG_ROWS_ID, NULL },
                                        { "annex+name", VG_ROWS_ID, NULL },
                                        { "schema", VG_ROWS_SCHEMA, NULL },
                                        { "name", VG_ROWS_WHOLE, NULL },
                                        { "alias", VG_ROWS_ALIAS, NULL },
                                        { "weakAlias", VG_ROWS_WEAK, NULL },
                                        { "previousName", VG_ROWS_FORMER, NULL },
                                        { "programKey", VG_ROWS_PROGRAMME, NULL },
                                        { "measure", VG_ROWS_PROGRAMME, NULL },
                                        { "startDate", VG_ROWS_LISTED, NULL },
                                        { "reason", VG_ROWS_REMARK, NULL },
                                        { "notes", VG_ROWS_REMARK, NULL },
                                        { "country", VG_ROWS_COUNTRY, NULL },
                                        { "jurisdiction", VG_ROWS_COUNTRY, NULL },
                                        { "flag", VG_ROWS_COUNTRY, NULL },
                                        { "nationality", VG_ROWS_NATIONALITY, NULL },
                                        { "birthDate", VG_ROWS_BIRTH, NULL },
                                        { "incorporationDate", VG_ROWS_BIRTH, NULL },
                                        { "birthPlace", VG_ROWS_BIRTH_PLACE, NULL },
                                        { "position", VG_ROWS_POSITION, NULL },
                                        { "gender", VG_ROWS_GENDER, NULL },
                                        { "address", VG_ROWS_ADDRESS, NULL },
                                        { "website", VG_ROWS_URL, NULL },
                                        { "passportNumber", VG_ROWS_NUMBER, "passport" },
                                        { "idNumber", VG_ROWS_NUMBER, "national_id" },
                                        { "registrationNumber", VG_ROWS_NUMBER, "registration" },
                                        { "ogrnCode", VG_ROWS_NUMBER, "registration" },
                                        { "taxNumber", VG_ROWS_NUMBER, "tax" },
                                        { "innCode", VG_ROWS_NUMBER, "tax" },
                                        { "leiCode", VG_ROWS_NUMBER, "lei" },
                                        { "swiftBic", VG_ROWS_NUMBER, "swift" },
                                        { "imoNumber", VG_ROWS_NUMBER, "imo" },
                                        { "mmsi", VG_ROWS_NUMBER, "mmsi" },
                                        { NULL, VG_ROWS_ID, NULL } };

/* UK Office of Financial Sanctions Implementation, "2022 format": a line "Last Updated,DATE" stands before the header. */
static const vg_rows_column UK_CONLIST[] = {
    { "Group ID", VG_ROWS_ID, NULL },
    { "Group Type", VG_ROWS_SCHEMA, NULL },
    { "Name 1+Name 2+Name 3+Name 4+Name 5", VG_ROWS_GIVEN, NULL },
    { "Name 6", VG_ROWS_FAMILY, NULL },
    { "Name Non-Latin Script", VG_ROWS_SCRIPT, NULL },
    { "Alias Type", VG_ROWS_NAME_TYPE, NULL },
    { "Alias Quality", VG_ROWS_NAME_QUALITY, NULL },
    { "Title", VG_ROWS_POSITION, NULL },
    { "Position", VG_ROWS_POSITION, NULL },
    { "DOB", VG_ROWS_BIRTH, NULL },
    { "Town of Birth+Country of Birth", VG_ROWS_BIRTH_PLACE, NULL },
    { "Nationality", VG_ROWS_NATIONALITY, NULL },
    { "Passport Number", VG_ROWS_NUMBER, "passport" },
    { "National Identification Number", VG_ROWS_NUMBER, "national_id" },
    { "Address 1+Address 2+Address 3+Address 4+Address 5+Address 6+Post/Zip Code+Country", VG_ROWS_ADDRESS,
      NULL },
    { "Country", VG_ROWS_COUNTRY, NULL },
    { "Other Information", VG_ROWS_REMARK, NULL },
    { "Regime", VG_ROWS_PROGRAMME, NULL },
    { "Listed On", VG_ROWS_LISTED, NULL },
    { "Last Updated", VG_ROWS_CHANGED, NULL },
    { NULL, VG_ROWS_ID, NULL }
};

/* UK Sanctions List of the Foreign Office: a line "Report Date: DATE" stands before the header; ships too. */
static const vg_rows_column UK_SL[] = {
    { "Unique ID", VG_ROWS_ID, NULL },
    { "OFSI Group ID", VG_ROWS_ID, NULL },
    { "Designation Type|Individual, Entity, Ship", VG_ROWS_SCHEMA, NULL },
    { "Name 1+Name 2+Name 3+Name 4+Name 5", VG_ROWS_GIVEN, NULL },
    { "Name 6", VG_ROWS_FAMILY, NULL },
    { "Name non-latin script", VG_ROWS_SCRIPT, NULL },
    { "Name type", VG_ROWS_NAME_TYPE, NULL },
    { "Alias strength", VG_ROWS_NAME_QUALITY, NULL },
    { "Title", VG_ROWS_POSITION, NULL },
    { "Position", VG_ROWS_POSITION, NULL },
    { "D.O.B", VG_ROWS_BIRTH, NULL },
    { "Town of birth+Country of birth", VG_ROWS_BIRTH_PLACE, NULL },
    { "Nationality(/ies)", VG_ROWS_NATIONALITY, NULL },
    { "Gender", VG_ROWS_GENDER, NULL },
    { "Passport number", VG_ROWS_NUMBER, "passport" },
    { "National Identifier number", VG_ROWS_NUMBER, "national_id" },
    { "Business registration number (s)", VG_ROWS_NUMBER, "registration" },
    { "IMO number", VG_ROWS_NUMBER, "imo" },
    { "UN Reference Number", VG_ROWS_NUMBER, "other" },
    { "Address Line 1+Address Line 2+Address Line 3+Address Line 4+Address Line 5+Address Line 6+"
      "Address Postal Code+Address Country",
      VG_ROWS_ADDRESS, NULL },
    { "Address Country", VG_ROWS_COUNTRY, NULL },
    { "Current believed flag of ship", VG_ROWS_COUNTRY, NULL },
    { "Parent company", VG_ROWS_OWNER, "parent company" },
    { "Current owner/operator (s)", VG_ROWS_OWNER, "current owner or operator" },
    { "Subsidiaries", VG_ROWS_LINK, "subsidiary" },
    { "Website", VG_ROWS_URL, NULL },
    { "Other Information", VG_ROWS_REMARK, NULL },
    { "UK Statement of Reasons", VG_ROWS_REMARK, NULL },
    { "Regime Name", VG_ROWS_PROGRAMME, NULL },
    { "Sanctions Imposed", VG_ROWS_PROGRAMME, NULL },
    { "Date Designated", VG_ROWS_LISTED, NULL },
    { "Last Updated", VG_ROWS_CHANGED, NULL },
    { NULL, VG_ROWS_ID, NULL }
};

static const vg_rows_column US_CSL[] = { { "_id", VG_ROWS_ID, NULL },
                                         { "entity_number", VG_ROWS_ID, NULL },
                                         { "type", VG_ROWS_SCHEMA, NULL },
                                         { "name", VG_ROWS_WHOLE, NULL },
                                         { "alt_names", VG_ROWS_ALIAS, NULL },
                                         { "source", VG_ROWS_PROGRAMME, NULL },
                                         { "programs", VG_ROWS_PROGRAMME, NULL },
                                         { "title", VG_ROWS_POSITION, NULL },
                                         { "addresses", VG_ROWS_ADDRESSES, NULL },
                                         { "citizenships", VG_ROWS_NATIONALITY, NULL },
                                         { "nationalities", VG_ROWS_NATIONALITY, NULL },
                                         { "dates_of_birth", VG_ROWS_BIRTH, NULL },
                                         { "places_of_birth", VG_ROWS_BIRTH_PLACE, NULL },
                                         { "call_sign", VG_ROWS_NUMBER, "call_sign" },
                                         { "vessel_flag", VG_ROWS_COUNTRY, NULL },
                                         { "vessel_owner", VG_ROWS_OWNER, "vessel owner" },
                                         { "ids", VG_ROWS_LABELLED, NULL },
                                         { "remarks", VG_ROWS_REMARK, NULL },
                                         { "license_requirement", VG_ROWS_REMARK, NULL },
                                         { "federal_register_notice", VG_ROWS_REMARK, NULL },
                                         { "start_date", VG_ROWS_LISTED, NULL },
                                         { "end_date", VG_ROWS_ENDED, NULL },
                                         { "source_list_url", VG_ROWS_URL, NULL },
                                         { NULL, VG_ROWS_ID, NULL } };

/* Bureau of Industry and Security, denied persons: no id; one order is one party, its rows are addresses. */
static const vg_rows_column US_DPL[] = { { "Name+Effective_Date", VG_ROWS_ID, NULL },
                                         { "Name", VG_ROWS_WHOLE, NULL },
                                         { "Street_Address+City+State+Postal_Code+Country", VG_ROWS_ADDRESS,
                                           NULL },
                                         { "Country", VG_ROWS_COUNTRY, NULL },
                                         { "Action", VG_ROWS_REMARK, NULL },
                                         { "FR_Citation", VG_ROWS_REMARK, NULL },
                                         { "Effective_Date", VG_ROWS_LISTED, NULL },
                                         { "Last_Update", VG_ROWS_CHANGED, NULL },
                                         { "Expiration_Date", VG_ROWS_ENDED, NULL },
                                         { NULL, VG_ROWS_ID, NULL } };

static const char UK_LICENCE[] = "Open Government Licence v3.0";

static const vg_rows_layout LAYOUTS[] = {
    { "eu-fsf", "European Commission, reuse allowed with source", "sanction", ';', false, true,
      "fileGenerationDate", NULL, EU_FSF },
    { "eu-oj", "as told by whoever transcribed it", "sanction", ',', false, true, NULL, NULL, EU_OJ },
    { "uk-conlist", UK_LICENCE, "sanction", ',', false, true, NULL, NULL, UK_CONLIST },
    { "uk-sl", UK_LICENCE, "sanction", ',', false, true, NULL, NULL, UK_SL },
    { "us-csl", "US Government work", "sanction", ',', false, true, NULL, NULL, US_CSL },
    { "us-dpl", "US Government work", "export.control", '\t', true, true, NULL, NULL, US_DPL },
};

const vg_rows_layout *vg_rows__layout(vg_str format)
{
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++)
        if (vg_eq(format, vg_str_z(LAYOUTS[i].format)))
            return &LAYOUTS[i];
    return NULL;
}

/* --- any CSV --- */

/* What --map calls a field, and the headers it is guessed from. */
static const struct {
    const char *field;
    vg_rows_field f;
    const char *kind, *guess;
} FIELDS[] = {
    { "id", VG_ROWS_ID, NULL,
      "id|ref|reference|entity_id|record_id|uid|unique_id|reference_number|identifiant" },
    { "schema", VG_ROWS_SCHEMA, NULL, "schema|type|entity_type|kind|category|party_type|nature" },
    { "name", VG_ROWS_WHOLE, NULL,
      "name|full_name|fullname|full name|whole_name|name_full|caption|entity_name|entity "
      "name|party|party_name|"
      "company|company_name|company name|vessel_name|vessel name|nom "
      "complet|nom_complet|nombre|nome|имя|name1" },
    { "given", VG_ROWS_GIVEN, NULL,
      "given|given_name|given name|first_name|firstname|first name|prenom|prénom" },
    { "middle", VG_ROWS_MIDDLE, NULL, "middle|middle_name|middlename|middle name|patronymic" },
    { "family", VG_ROWS_FAMILY, NULL,
      "family|family_name|family name|last_name|lastname|last name|surname|nom|nom de famille|apellido" },
    { "alias", VG_ROWS_ALIAS, NULL, "alias|aliases|aka|a.k.a.|alt_names|alternative_names|also_known_as" },
    { "weak", VG_ROWS_WEAK, NULL, "weak_alias|weakalias|weak_aka" },
    { "former", VG_ROWS_FORMER, NULL, "former|former_name|previous_name|previousname|fka" },
    { "birth", VG_ROWS_BIRTH, NULL,
      "birth|birth_date|birthdate|date_of_birth|dateofbirth|date of "
      "birth|dob|d.o.b.|born|naissance|date_naissance|"
      "date de naissance" },
    { "birth_place", VG_ROWS_BIRTH_PLACE, NULL,
      "birth_place|place_of_birth|birthplace|pob|lieu de naissance" },
    { "gender", VG_ROWS_GENDER, NULL, "gender|sex|sexe" },
    { "country", VG_ROWS_COUNTRY, NULL, "country|countries|country_code|pays|flag|jurisdiction" },
    { "nationality", VG_ROWS_NATIONALITY, NULL,
      "nationality|nationalities|citizenship|nationalité|nationalite" },
    { "address", VG_ROWS_ADDRESS, NULL, "address|addresses|full_address|adresse" },
    { "programme", VG_ROWS_PROGRAMME, NULL, "programme|program|programs|regime|list|dataset" },
    { "position", VG_ROWS_POSITION, NULL, "position|title|function|designation|role" },
    { "remark", VG_ROWS_REMARK, NULL, "remark|remarks|notes|note|comment|comments|reason" },
    { "topic", VG_ROWS_TOPIC, NULL, "topic|topics" },
    { "url", VG_ROWS_URL, NULL, "url|website|source_url|link" },
    { "passport", VG_ROWS_NUMBER, "passport", "passport|passport_number|passport number|passport_no" },
    { "national_id", VG_ROWS_NUMBER, "national_id", "national_id|id_number|idnumber|national id" },
    { "tax", VG_ROWS_NUMBER, "tax", "tax|tax_number|tax_id|vat|inn" },
    { "registration", VG_ROWS_NUMBER, "registration", "registration|registration_number|company_number" },
    { "imo", VG_ROWS_NUMBER, "imo", "imo|imo_number|imo number" },
    { "mmsi", VG_ROWS_NUMBER, "mmsi", "mmsi" },
    { "lei", VG_ROWS_NUMBER, "lei", "lei|lei_code" },
    { "wallet", VG_ROWS_NUMBER, "wallet", "wallet|wallet_address|crypto_address" },
    { "listed", VG_ROWS_LISTED, NULL, "listed|listed_on|listed on|date_listed|start_date|date_designated" },
    { "changed", VG_ROWS_CHANGED, NULL, "changed|changed_on|last_updated|last updated|modified" },
    { "owner", VG_ROWS_OWNER, "owner", "owner|owner_id|parent|parent_company" },
};
enum { N_FIELDS = sizeof FIELDS / sizeof *FIELDS };

/* The column that --map gives the field, empty = none; `*known` counts the fields that the map names. */
static vg_str mapped(vg_str map, const char *field, int *known)
{
    while (map.n) {
        vg_str column = vg_cut(&map, ','), name = vg_trim(vg_cut(&column, '='));
        if (vg_eq_nocase(name, vg_str_z(field))) {
            ++*known;
            return vg_trim(column);
        }
    }
    return VG_NOSTR;
}

static int entries(vg_str map)
{
    int n = 0;
    while (map.n)
        n += vg_trim(vg_cut(&map, ',')).n > 0;
    return n;
}

static bool fail_map(const vg_list_reading *r, vg_str column, vg_err *e)
{
    vg_fail(e, VG_EARG, (vg_at){ .file = vg_input_name(r->in), .line = 1 },
            column.n ? "the file has no column %.*s" : "--map names a field that does not exist%.*s",
            VG_P(column));
    vg_why(e,
           "--map says which column holds what: id, schema, name, given, family, alias, birth, country ...");
    return vg_mend(e, "write --map name=COLUMN,birth=COLUMN with names as in the first line");
}

/* The header with underscores and hyphens as they are; names are compared without letter case. */
static vg_str column_of(vg_list_reading *r, const vg_str *header, int32_t n, int field, int *known, vg_err *e)
{
    vg_str column = mapped(r->opts->map, FIELDS[field].field, known);
    if (column.n) {
        if (vg_rows__column(header, n, column) < 0)
            fail_map(r, column, e);
        return column;
    }
    int32_t at = vg_rows__column(header, n, vg_str_z(FIELDS[field].guess));
    return at >= 0 ? header[at] : VG_NOSTR;
}

const vg_rows_layout *vg_rows__guess(vg_list_reading *r, const vg_str *header, int32_t n, vg_err *e)
{
    vg_rows_column *column = vg_new(&r->work, vg_rows_column, N_FIELDS + 1);
    vg_rows_layout *layout = vg_new(&r->work, vg_rows_layout, 1);
    vg_str told = VG_S("");
    int known = 0, taken = 0;
    if (!column || !layout) {
        vg_fail_memory(e, vg_arena_limit(&r->work));
        return NULL;
    }
    for (int i = 0; i < N_FIELDS; i++) {
        vg_str name = column_of(r, header, n, i, &known, e);
        if (vg_failed(e))
            return NULL;
        if (!name.n)
            continue;
        column[taken++] = (vg_rows_column){ vg_copy(&r->work, name).s, FIELDS[i].f, FIELDS[i].kind };
        told = vg_format(r->a, "%.*s%s%s=%.*s", VG_P(told), told.n ? "," : "", FIELDS[i].field, VG_P(name));
    }
    if (known < entries(r->opts->map)) {
        fail_map(r, VG_NOSTR, e);
        return NULL;
    }
    r->found->map = told;
    *layout = (vg_rows_layout){ .format = "csv", .licence = "", .column = column };
    return layout;
}
