/* The filters of the address as a question to the server. Invariant: map, list, time line and export of one screen ask with
 * the same filters, so that what is saved is what is shown. */
import type { Query } from '../api/client';
import { listOf, param } from './route';
import { REGIONS } from './regions';

/** Countries that the filters leave, as ISO3 codes; null = all. */
export function chosenCountries(): Set<string> | null {
    const own = listOf(param('country').value);
    const region = REGIONS.find((r) => r.code === param('region').value);
    if (!own.length && !region) return null;
    if (!region) return new Set(own);
    return new Set(own.length ? region.countries.filter((c) => own.includes(c)) : region.countries);
}

/** Last day of a month "2024-02". */
const lastDay = (month: string) => `${month}-${new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate()}`;

/** Parameter `datetime` of events for months "2024-01" to "2024-03"; '' is an open end. */
export function datetime(from: string, to: string): string {
    if (!from && !to) return '';
    return `${from ? `${from}-01` : '..'}/${to ? lastDay(to) : '..'}`;
}

/** Parameters of events (items, points, their exports) for the filters of the address. */
export function eventQuery(from = param('from').value, to = param('to').value): Query {
    const countries = chosenCountries();
    return {
        datetime: datetime(from, to), type: param('type').value, actor: param('actor').value, source: param('source').value,
        country: countries ? [...countries].join(',') : '',
    };
}
