/* Events and cells of the view. Invariant: the question on the map, the one of the list and the one that is saved have the same
 * filters and the same months. */
import { useSignal } from '@preact/signals';
import { useAsked } from '../../api/client';
import { eventQuery } from '../../app/filters';
import { param } from '../../app/route';
import { monthNumber, monthText } from '../../chart/scale';
import type { Bounds } from '../../map/map';
import { cellColumns, eventColumns, type ForecastRun } from './data';
import type { Wish } from './wish';

const CLOSE = 4; // zoom from which events are drawn without being asked for

/** Months that events are shown of: the span chosen, else the month the reader stands on, else the last year recorded. */
function eventSpan(c: Wish, run: ForecastRun): [string, string] {
    if (c.from || c.to) return [c.from, c.to];
    if (c.past) return [c.at, c.at];
    return [monthText(monthNumber(run.params.origin) - 11), ''];
}

// The view rounded outwards, so that small moves ask for nothing new; '' is the whole world.
function boxText(b: Bounds | null, step: number): string {
    if (!b || b.zoom < 1.5) return '';
    const down = (v: number, low: number) => Math.max(low, Math.floor(v / step) * step), up = (v: number, high: number) => Math.min(high, Math.ceil(v / step) * step);
    return [down(b.west, -180), down(b.south, -90), up(b.east, 180), up(b.north, 90)].join(',');
}

export function useLayer(run: ForecastRun, c: Wish, box: Bounds | null) {
    const wish = param('layer').value;
    const close = (box?.zoom ?? 1) >= CLOSE;
    const events = wish === 'events' || (wish === '' && close);
    const span = eventSpan(c, run);
    const question = { ...eventQuery(...span), bbox: wish === 'events' ? '' : boxText(box, 15) };
    const key = events ? JSON.stringify(question) : '';
    const wanted = useSignal('');
    if (wanted.value !== key) wanted.value = key;
    const asked = useAsked((stop) => (wanted.value ? eventColumns(JSON.parse(wanted.value), stop) : null));
    const columns = events ? (asked.value.value ?? null) : null;
    const inView = useSignal<number | null>(null);
    const cellKey = useSignal('');
    const cellQuery = wish === 'cells' ? JSON.stringify(c.past || c.from ? { what: 'deaths', from: c.from || c.at, to: c.to || (c.past ? c.at : ''), type: param('type').value } : { what: 'deaths', from: span[0], to: run.params.origin, type: param('type').value }) : '';
    if (cellKey.value !== cellQuery) cellKey.value = cellQuery;
    const cells = useAsked((stop) => (cellKey.value ? cellColumns(JSON.parse(cellKey.value), stop) : null));
    const query = { ...eventQuery(...span), bbox: boxText(box, 0.5) };
    return { columns, query, span, inView, problem: asked.problem.value ?? (wish === 'cells' ? cells.problem.value : undefined), cells: wish === 'cells' ? (cells.value.value ?? null) : null, loading: asked.loading.value && events };
}

export type Layer = ReturnType<typeof useLayer>;
