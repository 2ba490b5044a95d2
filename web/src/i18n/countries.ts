/* Countries by any of their numbers, with their names in the reader's language. Invariant: names come from
 * data/countries.csv of the repository, the table the program itself uses. */
import { computed, signal } from '@preact/signals';
import rows from 'virtual:vigie/countries';
import { lang, type Lang } from './i18n';

export interface Country {
    iso3: string;
    m49: number;
    /** Gleditsch-Ward number; territories without one have 10000 + M49. */
    gwcode: number;
    /** A point for a label. */
    lat: number;
    lon: number;
    /** Last year of a state that is gone, else 0. */
    until: number;
}

export const countries: Country[] = rows.map(([iso3, m49, gwcode, lat, lon, until]) => ({ iso3, m49, gwcode, lat, lon, until }));

const byIso3 = new Map(countries.map((c) => [c.iso3, c]));
const living = countries.filter((c) => !c.until);
const byM49 = new Map(living.map((c) => [c.m49, c]));
// Of two states with one number the living one answers; a gone state answers for a number nobody else has.
const byGwcode = new Map([...countries.filter((c) => c.until), ...living].map((c) => [c.gwcode, c]));

export const country = (iso3: string | null | undefined) => (iso3 ? byIso3.get(iso3) : undefined);
export const countryOfM49 = (m49: number) => byM49.get(m49);
export const countryOfGwcode = (gwcode: number | null | undefined) => (gwcode ? byGwcode.get(gwcode) : undefined);

const loaders: Record<Lang, () => Promise<{ default: Record<string, string> }>> = {
    fr: () => import('virtual:vigie/names/fr'),
    en: () => import('virtual:vigie/names/en'),
    ar: () => import('virtual:vigie/names/ar'),
    es: () => import('virtual:vigie/names/es'),
    pt: () => import('virtual:vigie/names/pt'),
    ru: () => import('virtual:vigie/names/ru'),
    zh: () => import('virtual:vigie/names/zh'),
};
const names = signal<Record<string, string>>({});

/** Fetches the names in the language of the page. */
export async function loadNames(): Promise<void> {
    names.value = (await loaders[lang.value]()).default;
}

/** The name in the reader's language; the code itself while it is not known. */
export const nameOf = (iso3: string | null | undefined) => (iso3 ? (names.value[iso3] ?? iso3) : '');

/** All living countries by name, for a list to choose from. */
export const byName = computed(() => {
    const order = new Intl.Collator(lang.value);
    return living.map((c) => ({ iso3: c.iso3, name: nameOf(c.iso3) })).sort((a, b) => order.compare(a.name, b.name));
});
