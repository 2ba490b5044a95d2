/* A small map as SVG: the countries about a place, and what is drawn on them. Invariant: every map has its figures as a
 * table below it; names and borders come from the base map of the page. */
import { geoMercator, geoPath, type GeoProjection } from 'd3-geo';
import type { ComponentChildren } from 'preact';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { feature } from 'topojson-client';
import type { Feature as Shape, FeatureCollection as Shapes } from 'geojson';
import type { GeometryCollection } from 'topojson-specification';
import { Figure, type KeyEntry } from '../../chart/figure';
import { kilometres } from './data';
import type { Column } from '../../table/table';

const shapes = signal<Shape[]>([]);
let asked = false;

/** Fetches the fine base map when the first small map is shown. */
function loadShapes(): void {
    if (asked) return;
    asked = true;
    import('virtual:vigie/map/50m').then(({ default: world }) => {
        shapes.value = (feature(world, world.objects['countries'] as GeometryCollection) as Shapes).features;
    }, () => { asked = false; });
}

export type Lonlat = [number, number];

export interface AreaProps<Row> {
    title: string;
    note?: ComponentChildren;
    /** What must be in view. */
    points: Lonlat[];
    /** Least width of what is shown, in degrees. */
    least?: number;
    height?: number;
    /** M49 number of the country that is told apart. */
    m49?: number;
    entries?: KeyEntry[];
    rows: Row[];
    columns: Column<Row>[];
    rowKey: (row: Row) => string;
    save?: string;
    children: (place: (p: Lonlat) => [number, number], kmToPixels: (at: Lonlat, km: number) => number) => ComponentChildren;
}

/** The longitude that points are best centred on: they may lie on both sides of the antimeridian. */
function centre(points: Lonlat[]): number {
    const x = points.reduce((s, [lon]) => s + Math.cos((lon * Math.PI) / 180), 0);
    const y = points.reduce((s, [lon]) => s + Math.sin((lon * Math.PI) / 180), 0);
    return (Math.atan2(y, x) * 180) / Math.PI;
}

function fitted(points: Lonlat[], least: number, width: number, height: number): GeoProjection {
    const middle = points.length ? centre(points) : 0;
    const turn = (lon: number) => ((((lon - middle + 180) % 360) + 360) % 360) - 180;
    const lons = points.map(([lon]) => turn(lon)), lats = points.map(([, lat]) => lat);
    const pad = least / 2;
    const west = Math.max(-179, Math.min(...lons, 0) - pad * 0.3), east = Math.min(179, Math.max(...lons, 0) + pad * 0.3);
    const low = Math.min(...lats), high = Math.max(...lats), mid = (low + high) / 2;
    const half = Math.max((high - low) / 2 + pad * 0.3, pad);
    const wide = Math.max((east - west) / 2, pad), at = (west + east) / 2;
    const corner = (lon: number, lat: number): Lonlat => [lon + middle, Math.max(-80, Math.min(80, lat))];
    const box = { type: 'MultiPoint' as const, coordinates: [corner(at - wide, mid - half), corner(at + wide, mid + half)] };
    return geoMercator().rotate([-middle, 0]).fitExtent([[8, 8], [width - 8, height - 8]], box).clipExtent([[0, 0], [width, height]]);
}

/* A round number of km, at most as long as 80 pixels. */
function ScaleBar({ km, height }: { km: number; height: number }) {
    if (!(km > 0) || !Number.isFinite(km)) return null;
    const power = 10 ** Math.floor(Math.log10(km));
    const round = [5, 2, 1].map((k) => k * power).find((k) => k <= km) ?? power;
    const long = (round / km) * 80;
    return (
        <g class="scale" aria-hidden="true">
            <path d={`M10 ${height - 15}v5h${long.toFixed(1)}v-5`} />
            <text x={14 + long} y={height - 9}>{kilometres(round)}</text>
        </g>
    );
}

export function Area<Row>(p: AreaProps<Row>) {
    useEffect(loadShapes, []);
    return (
        <Figure title={p.title} note={p.note} entries={p.entries} rows={p.rows} columns={p.columns} rowKey={p.rowKey} save={p.save}>
            {(width) => {
                const height = p.height ?? Math.max(220, Math.min(420, Math.round(width * 0.62)));
                const projection = fitted(p.points.length ? p.points : [[0, 0]], p.least ?? 4, width, height);
                const draw = geoPath(projection);
                const place = (at: Lonlat): [number, number] => projection(at) ?? [-99, -99];
                const pixels = ([lon, lat]: Lonlat, km: number) => {
                    const [, y0] = place([lon, lat]), [, y1] = place([lon, Math.min(85, lat + km / 111.2)]);
                    return Math.abs(y0 - y1);
                };
                return (
                    <svg class="area" width={width} height={height} role="img" aria-label={p.title} direction="ltr">
                        <rect class="area-sea" width={width} height={height} />
                        {shapes.value.map((s, i) => {
                            const d = draw(s);
                            return d && <path key={i} class={p.m49 && Number(s.id) === p.m49 ? 'area-land area-own' : 'area-land'} d={d} />;
                        })}
                        {p.children(place, pixels)}
                        <ScaleBar km={80 / pixels(p.points[0] ?? [0, 0], 1)} height={height} />
                    </svg>
                );
            }}
        </Figure>
    );
}
