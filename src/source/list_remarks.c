/* OFAC's remarks: one text in which birth dates, documents, wallets, ships' numbers and links stand, separated by
 * semicolons. Invariant: the whole text stays as a remark; what is mined from it is added, never taken away. */
#include "source/list_int.h"

#include <math.h>
#include <string.h>

/* What a labelled part of the remarks means. The first label that the part begins with counts. */
typedef struct {
    const char *label, *kind;
} label;

static const label NUMBERS[] = {
    { "Vessel Registration Identification IMO", "imo" },
    { "Vessel Registration Identification", "imo" },
    { "Identification Number IMO", "imo" },
    { "Company Number IMO", "imo" },
    { "IMO Number", "imo" },
    { "IMO", "imo" },
    { "MMSI", "mmsi" },
    { "Vessel Call Sign", "call_sign" },
    { "Call Sign", "call_sign" },
    { "Diplomatic Passport", "passport" },
    { "Stateless Person Passport", "passport" },
    { "Passport", "passport" },
    { "Travel Document Number", "passport" },
    { "Legal Entity Number", "lei" },
    { "LE Number", "registration" },
    { "Tax ID No.", "tax" },
    { "NIT #", "tax" },
    { "NIT", "tax" },
    { "RUC #", "tax" },
    { "RUC", "tax" },
    { "R.F.C.", "tax" },
    { "RFC", "tax" },
    { "RIF #", "tax" },
    { "RIF", "tax" },
    { "V.A.T. Number", "tax" },
    { "Italian Fiscal Code", "tax" },
    { "Fiscal Code", "tax" },
    { "US FEIN", "tax" },
    { "Romanian Tax Registration", "tax" },
    { "Tax Number", "tax" },
    { "CUIT", "tax" },
    { "CUIL", "tax" },
    { "C.U.I.T.", "tax" },
    { "National ID No.", "national_id" },
    { "National Foreign ID Number", "national_id" },
    { "Cedula No.", "national_id" },
    { "C.U.R.P.", "national_id" },
    { "CURP", "national_id" },
    { "D.N.I.", "national_id" },
    { "SSN", "national_id" },
    { "Identification Number", "national_id" },
    { "Electoral Registry No.", "national_id" },
    { "Credencial electoral", "national_id" },
    { "Birth Certificate Number", "national_id" },
    { "Personal ID Card", "national_id" },
    { "Citizen's Card Number", "national_id" },
    { "Residency Number", "national_id" },
    { "Driver's License No.", "national_id" },
    { "Turkish Identification Number", "national_id" },
    { "Afghan Money Service Provider License", "registration" },
    { "Unified Social Credit Code (USCC)", "registration" },
    { "Registration ID", "registration" },
    { "Registration Number", "registration" },
    { "Public Registration Number", "registration" },
    { "Business Registration Number", "registration" },
    { "Business Registration Document #", "registration" },
    { "Commercial Registry Number", "registration" },
    { "Company Number", "registration" },
    { "UK Company Number", "registration" },
    { "Certificate of Incorporation Number", "registration" },
    { "Chamber of Commerce Number", "registration" },
    { "Folio Mercantil No.", "registration" },
    { "Matricula Mercantil No", "registration" },
    { "C.R. No.", "registration" },
    { "Trade License No.", "registration" },
    { "Government Gazette Number", "registration" },
    { "Enterprise Number", "registration" },
    { "License", "registration" },
    { "SWIFT/BIC", "swift" },
    { "BIK (RU)", "other" },
    { "ISIN", "other" },
    { "Aircraft Tail Number", "tail" },
    { "Aircraft Manufacturer's Serial Number (MSN)", "other" },
    { "Aircraft Construction Number (also called L/N or S/N or F/N)", "other" },
};

static bool begins(vg_str s, const char *word)
{
    vg_str w = vg_str_z(word);
    return vg_eq_nocase(vg_sub(s, 0, w.n), w);
}

/* Without a label, its colon and spaces. */
static vg_str behind(vg_str s, const char *word)
{
    s = vg_trim(vg_sub(s, (ptrdiff_t)strlen(word), s.n));
    if (s.n && s.s[0] == ':')
        s = vg_sub(s, 1, s.n);
    return vg_trim(s);
}

const char *vg_list__number_kind(vg_str text, vg_str *value)
{
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        ptrdiff_t n = (ptrdiff_t)strlen(NUMBERS[i].label);
        bool whole = text.n == n || (text.n > n && (text.s[n] == ' ' || text.s[n] == ':'));
        if (whole && begins(text, NUMBERS[i].label)) {
            *value = behind(text, NUMBERS[i].label);
            return NUMBERS[i].kind;
        }
    }
    return NULL;
}

/* "AC204175 (Colombia) issued 1 Apr 2003": the number, and the country in brackets. */
static vg_str split_number(vg_str text, vg_str *country)
{
    static const char *const end[] = { " (", " issued", " expires", " individual", " ;" };
    ptrdiff_t open = vg_find_byte(text, '('), close = vg_find_byte(text, ')');
    *country = open >= 0 && close > open ? vg_trim(vg_sub(text, open + 1, close - open - 1)) : VG_NOSTR;
    for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
        ptrdiff_t at = vg_find(text, vg_str_z(end[i]));
        if (at >= 0)
            text = vg_sub(text, 0, at);
    }
    return vg_trim(text);
}

/* "XBT 1Fz..": the currency, then the address. */
static void take_wallet(vg_list_draft *d, vg_str text)
{
    if (text.n && text.s[0] == '-')
        text = vg_trim(vg_sub(text, 1, text.n));
    vg_str rest = text, currency = vg_cut(&rest, ' ');
    bool plain = currency.n >= 2 && currency.n <= 5 && rest.n;
    vg_str address = vg_trim(plain ? rest : text), first = vg_cut(&address, ' ');
    vg_list__number(d, "wallet", first, plain ? currency : VG_NOSTR);
}

static vg_str unquoted(vg_str s)
{
    s = vg_trim(s);
    if (s.n >= 2 && s.s[0] == '\'' && s.s[s.n - 1] == '\'')
        s = vg_sub(s, 1, s.n - 2);
    return s;
}

static bool take_name(vg_list_draft *d, vg_str part)
{
    if (begins(part, "a.k.a.") || begins(part, "n.k.a.")) {
        vg_list__name(d, unquoted(vg_sub(part, 6, part.n)), VG_NAME_WEAK);
        return true;
    }
    if (!begins(part, "f.k.a."))
        return false;
    vg_list__name(d, unquoted(vg_sub(part, 6, part.n)), VG_NAME_FORMER);
    return true;
}

static bool take_person(vg_list_draft *d, vg_str part)
{
    vg_party *p = &d->p;
    if (begins(part, "DOB "))
        vg_list__birth(d, behind(part, "DOB"), false);
    else if (begins(part, "POB "))
        vg_list__text(d, &p->birth_place, behind(part, "POB"));
    else if (begins(part, "nationality of registration"))
        vg_list__country(d, &p->country, behind(part, "nationality of registration"));
    else if (begins(part, "nationality "))
        vg_list__country(d, &p->nationality, behind(part, "nationality"));
    else if (begins(part, "citizen "))
        vg_list__country(d, &p->nationality, behind(part, "citizen"));
    else if (begins(part, "Gender "))
        vg_list__gender(d, behind(part, "Gender"));
    else if (begins(part, "Organization Established Date"))
        vg_list__birth(d, behind(part, "Organization Established Date"), false);
    else
        return false;
    return true;
}

static bool take_link_or_place(vg_list_draft *d, vg_str part)
{
    vg_party *p = &d->p;
    if (begins(part, "Linked To:"))
        vg_list__link(d, "linked", behind(part, "Linked To"), NAN, VG_S("Linked To"));
    else if (begins(part, "Digital Currency Address"))
        take_wallet(d, behind(part, "Digital Currency Address"));
    else if (begins(part, "Website"))
        vg_list__text(d, &p->url, behind(part, "Website"));
    else if (begins(part, "Vessel Flag"))
        vg_list__country(d, &p->country, behind(part, "Vessel Flag"));
    else if (begins(part, "Flag "))
        vg_list__country(d, &p->country, behind(part, "Flag"));
    else
        return false;
    return true;
}

static void take_part(vg_list_draft *d, vg_str part)
{
    vg_str value, country;
    part = vg_trim(part);
    if (part.n && part.s[part.n - 1] == '.')
        part.n--;
    if (begins(part, "alt. "))
        part = vg_trim(vg_sub(part, 5, part.n));
    if (!part.n || take_name(d, part) || take_person(d, part) || take_link_or_place(d, part))
        return;
    const char *kind = vg_list__number_kind(part, &value);
    if (!kind)
        return;
    value = split_number(value, &country);
    if (strcmp(kind, "imo") == 0) {
        vg_str imo = vg_list__find_imo(part);
        value = imo.n ? imo : value;
    }
    vg_list__number(d, kind, value, country.n ? vg_list_country(country) : VG_NOSTR);
}

void vg_list_ofac__remarks(vg_list_draft *d, vg_str remarks)
{
    bool quoted = false;
    ptrdiff_t from = 0;
    vg_list__text(d, &d->p.remark, remarks);
    for (ptrdiff_t i = 0; i <= remarks.n; i++) {
        bool end = i == remarks.n;
        bool edge =
            !end && remarks.s[i] == '\'' && (quoted || vg_ends(vg_sub(remarks, 0, i), VG_S(".k.a. ")));
        if (edge) /* it opens behind "a.k.a." only ("Tall 'Afar" has an apostrophe), and closes before a semicolon */
            quoted = !quoted || (i + 1 < remarks.n && remarks.s[i + 1] != ';' && remarks.s[i + 1] != '.');
        if (end || (remarks.s[i] == ';' && !quoted)) {
            take_part(d, vg_sub(remarks, from, i - from));
            from = i + 1;
        }
    }
}
