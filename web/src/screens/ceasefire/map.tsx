/* The map of a watch: zones, and incidents each with the circle in which it lies with 90 %. Invariant: the circle is drawn
 * to scale, so that nobody takes a mark for a place that is known to the metre. */
import type { MultiPolygon } from 'geojson';
import { set } from '../../app/route';
import { num, t } from '../../i18n/i18n';
import type { Column } from '../../table/table';
import { Area, type Lonlat } from '../look/area';
import { word, type Shown, type Zones } from './data';
import { Mark } from './marks';

type Placed = Shown & { geometry: NonNullable<Shown['geometry']> };

function pathOf(shape: MultiPolygon, place: (p: Lonlat) => [number, number]): string {
    return shape.coordinates.flatMap((polygon) => polygon.map((ring) =>
        `M${ring.map((at) => place(at as Lonlat).map((x) => x.toFixed(1)).join(' ')).join('L')}Z`)).join('');
}

/* The name of a zone stands at its topmost corner among those in view, where no other name stands yet. */
function labels(zones: Zones, seen: [number, number][], place: (p: Lonlat) => [number, number]) {
    const xs = seen.map(([x]) => x), ys = seen.map(([, y]) => y), taken: [number, number, number][] = [];
    const [west, east, top, low] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return zones.features.map((z, i) => {
        const name = z.properties.name ?? z.properties.zone, wide = name.length * 6.2;
        const at = z.geometry.coordinates.flatMap((p) => (p[0] ?? []).map((c) => place(c as Lonlat)))
            .filter(([x, y]) => x >= west - 20 && x <= east + 20 && y >= top && y <= low + 20)
            .sort((a, b) => a[1] - b[1]).find(([x, y]) => !taken.some(([l, m, w]) => Math.abs(y - m) < 14 && x < l + w && l < x + wide));
        if (!at) return null;
        taken.push([at[0], at[1], wide]);
        const [x, y] = at, turn = x > (west + east) / 2;
        return <text key={i} class="zone-name" x={x.toFixed(1)} y={(y - 4).toFixed(1)} text-anchor={turn ? 'end' : 'start'}>{name}</text>;
    });
}

const placeOf = (x: Placed) => x.geometry.coordinates as Lonlat;

/* What must be in view: the incidents, or where there are none the zones. */
function inView(placed: Placed[], zones: Zones): Lonlat[] {
    if (placed.length) return placed.map(placeOf);
    return zones.features.flatMap((z) => z.geometry.coordinates.flatMap((p) => (p[0] ?? []) as Lonlat[]));
}

export function WatchMap({ incidents, zones, chosen, columns }: { incidents: Shown[]; zones: Zones; chosen: string; columns: Column<Shown>[] }) {
    const placed = incidents.filter((x): x is Placed => x.geometry != null);
    const least = ['none', 'possible', 'probable', 'violation'];
    const inOrder = [...placed].sort((a, b) => Number(a.id === chosen) - Number(b.id === chosen)
        || least.indexOf(a.properties.level) - least.indexOf(b.properties.level));
    const lost = incidents.length - placed.length;
    return (
        <>
            <Area title={t('ceasefire.map')} points={inView(placed, zones)} least={0.4} rows={incidents} columns={columns} rowKey={(x) => x.id} save="vigie-incidents"
                note={<>{t('ceasefire.map.circles')} {lost > 0 && t('ceasefire.map.nowhere', { n: num(lost) })}</>}>
                {(place, pixels) => (
                    <>
                        {zones.features.map((z, i) => (
                            <path key={i} class={`zone zone-${z.properties.kind}`} d={pathOf(z.geometry, place)}>
                                <title>{`${z.properties.name ?? z.properties.zone} · ${word('zone', z.properties.kind)}`}</title>
                            </path>
                        ))}
                        <g aria-hidden="true">{labels(zones, inView(placed, zones).map(place), place)}</g>
                        {inOrder.map((x) => {
                            const [left, top] = place(placeOf(x));
                            const circle = pixels(placeOf(x), (x.properties.radius_m ?? 0) / 1000);
                            return (
                                <g key={x.id} class={x.id === chosen ? 'place chosen' : 'place'} transform={`translate(${left.toFixed(1)} ${top.toFixed(1)})`}
                                    onClick={() => set({ incident: x.id }, true)}>
                                    {x.properties.radius_m != null && circle > 3 && <circle class="error" r={circle} />}
                                    <Mark level={x.properties.level} verification={x.properties.verification} />
                                    <title>{`${word('act', x.properties.act)} · ${word('level', x.properties.level)}`}</title>
                                </g>
                            );
                        })}
                    </>
                )}
            </Area>
            <h4>{t('ceasefire.zones')}</h4>
            <ul class="key zones">
                {zones.features.map((z, i) => (
                    <li key={i}><svg width="22" height="12" aria-hidden="true"><rect class={`zone zone-${z.properties.kind}`} x="1" y="1" width="20" height="10" /></svg>
                        <bdi>{z.properties.name ?? z.properties.zone}</bdi> ({word('zone', z.properties.kind)})</li>
                ))}
            </ul>
        </>
    );
}
