/* Regions of the United Nations (M49) and the countries in them. Invariant: only codes stand here; names come from Intl in
 * each language. Source: UN Statistics Division, Standard country or area codes for statistical use (M49). */
export interface Region { code: string; part: boolean; countries: string[] }

const PARTS: [string, string, string][] = [
    ['002', '015', 'DZA EGY LBY MAR SDN TUN ESH'],
    ['002', '014', 'IOT BDI COM DJI ERI ETH ATF KEN MDG MWI MUS MYT MOZ REU RWA SYC SOM SSD UGA TZA ZMB ZWE'],
    ['002', '017', 'AGO CMR CAF TCD COG COD GNQ GAB STP'],
    ['002', '018', 'BWA SWZ LSO NAM ZAF'],
    ['002', '011', 'BEN BFA CPV CIV GMB GHA GIN GNB LBR MLI MRT NER NGA SHN SEN SLE TGO'],
    ['019', '021', 'BMU CAN GRL SPM USA'],
    ['019', '029', 'AIA ATG ABW BHS BRB BES VGB CYM CUB CUW DMA DOM GRD GLP HTI JAM MTQ MSR PRI BLM KNA LCA MAF VCT SXM TTO TCA VIR'],
    ['019', '013', 'BLZ CRI SLV GTM HND MEX NIC PAN'],
    ['019', '005', 'ARG BOL BVT BRA CHL COL ECU FLK GUF GUY PRY PER SGS SUR URY VEN'],
    ['142', '143', 'KAZ KGZ TJK TKM UZB'],
    ['142', '030', 'CHN HKG MAC PRK JPN MNG KOR TWN'],
    ['142', '035', 'BRN KHM IDN LAO MYS MMR PHL SGP THA TLS VNM'],
    ['142', '034', 'AFG BGD BTN IND IRN MDV NPL PAK LKA'],
    ['142', '145', 'ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN QAT SAU PSE SYR TUR ARE YEM'],
    ['150', '151', 'BLR BGR CZE HUN POL MDA ROU RUS SVK UKR'],
    ['150', '154', 'ALA DNK EST FRO FIN GGY ISL IRL IMN JEY LVA LTU NOR SJM SWE GBR'],
    ['150', '039', 'ALB AND BIH HRV GIB GRC VAT ITA XKX MLT MNE MKD PRT SMR SRB SVN ESP'],
    ['150', '155', 'AUT BEL FRA DEU LIE LUX MCO NLD CHE'],
    ['009', '053', 'AUS CXR CCK HMD NZL NFK'],
    ['009', '054', 'FJI NCL PNG SLB VUT'],
    ['009', '057', 'GUM KIR MHL FSM NRU MNP PLW UMI'],
    ['009', '061', 'ASM COK PYF NIU PCN WSM TKL TON TUV WLF'],
];

/** Regions, each followed by its parts. */
export const REGIONS: Region[] = ['002', '019', '142', '150', '009'].flatMap((code) => {
    const parts = PARTS.filter(([whole]) => whole === code)
        .map(([, part, text]) => ({ code: part, part: true, countries: text.split(' ') }));
    return [{ code, part: false, countries: parts.flatMap((p) => p.countries) }, ...parts];
});

const inside = new Map(REGIONS.map((r) => [r.code, new Set(r.countries)]));

/** Whether a country is in a region; '' is the world. */
export const inRegion = (iso3: string | null | undefined, code: string) => !code || (!!iso3 && (inside.get(code)?.has(iso3) ?? false));
