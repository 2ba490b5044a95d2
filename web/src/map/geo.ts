/* The world as flat outlines. Invariant: everything is projected once onto a sheet of WIDTH by HEIGHT units; to move and to
 * zoom is then a shift and a factor, and costs no projection. Equal Earth: areas can be compared. */
import { geoEqualEarth, geoPath } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, GeometryObject, Topology } from 'topojson-specification';
import { countryOfM49 } from '../i18n/countries';

export const WIDTH = 1000;
export const HEIGHT = 487;
const projection = geoEqualEarth().fitExtent([[4, 4], [WIDTH - 4, HEIGHT - 4]], { type: 'Sphere' });

/** What is in view at first: land where people live, from 84 N to 57 S, in the middle of the window. */
export const FIRST = { top: projection([0, 84])![1], bottom: projection([0, -57])![1] };

/** A place on the sheet. */
export const project = (lon: number, lat: number) => projection([lon, lat]) as [number, number];
/** Longitude and latitude of a place on the sheet; null beside the world. */
export const unproject = (x: number, y: number) => projection.invert!([x, y]);

export interface Shape {
    /** '' where the table of countries has none (Antarctica). */
    iso3: string;
    path: Path2D;
    /** On the sheet: left, top, right, bottom. */
    box: [number, number, number, number];
    /** Area on the sheet, for the choice of labels. */
    area: number;
}
export interface World {
    shapes: Shape[];
    borders: Path2D;
    disputed: Path2D;
    coast: Path2D;
    sphere: Path2D;
}

type Props = { a3?: string };
type Geometry = GeometryObject<Props>;
const codeOf = (g: Geometry) => (g.properties as Props | undefined)?.a3;

// Parts that the map draws by themselves and the table of countries does not have.
const PART_OF: Record<string, string> = { CYN: 'CYP', SOL: 'SOM', KAS: 'IND' };

function isoOf(g: Geometry): string {
    const own = codeOf(g);
    if (own) return PART_OF[own] ?? own;
    return countryOfM49(Number(g.id))?.iso3 ?? '';
}
const partOf = (g: Geometry) => codeOf(g) ?? isoOf(g);

/* Lines that are disputed or not finally determined; the test says which part of the line, by longitude and latitude.
 * After the notes on maps of the United Nations. */
const DISPUTED: [string, string, (lon: number, lat: number) => boolean][] = [
    ['ESH', 'MAR', () => true], ['SRB', 'XKX', () => true], ['SOM', 'SOL', () => true], ['CYP', 'CYN', () => true],
    ['IND', 'PAK', (_, lat) => lat > 32.2], ['IND', 'KAS', () => true], ['PAK', 'KAS', () => true], ['CHN', 'KAS', () => true],
    ['IND', 'CHN', (lon, lat) => lat > 31 || lon > 91.5], ['CHN', 'PAK', () => true],
    ['SDN', 'SSD', () => true], ['KEN', 'SSD', () => true], ['EGY', 'SDN', (lon) => lon > 33], ['ISR', 'PSE', () => true], ['ISR', 'SYR', () => true],
];

function disputed(a: Geometry, b: Geometry) {
    const [p, q] = [partOf(a), partOf(b)];
    return DISPUTED.find(([x, y]) => (x === p && y === q) || (x === q && y === p))?.[2];
}

// Pieces of lines by whether `test` holds in the middle of them.
function split(lines: number[][][], test: (lon: number, lat: number) => boolean): { yes: number[][][]; no: number[][][] } {
    const out = { yes: [] as number[][][], no: [] as number[][][] };
    for (const line of lines)
        for (let i = 1; i < line.length; i++) {
            const [a, b] = [line[i - 1]!, line[i]!];
            (test((a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2) ? out.yes : out.no).push([a, b]);
        }
    return out;
}

export function worldOf(topology: Topology): World {
    const all = topology.objects['countries'] as GeometryCollection<Props>;
    const draw = geoPath(projection);
    const path = (shape: Parameters<typeof draw>[0]) => new Path2D(draw(shape) ?? '');
    const shapes = feature(topology, all).features.map((f, i) => {
        const [[left, top], [right, bottom]] = draw.bounds(f);
        return { iso3: isoOf(all.geometries[i]! as Geometry), path: path(f), box: [left, top, right, bottom] as Shape['box'], area: draw.area(f) };
    });
    const plain = mesh(topology, all, (a, b) => a !== b && !disputed(a as Geometry, b as Geometry));
    const dashed: number[][][] = [];
    const rest: number[][][] = [];
    for (const [x, y, test] of DISPUTED) {
        const line = mesh(topology, all, (a, b) => a !== b && ((partOf(a as Geometry) === x && partOf(b as Geometry) === y) || (partOf(a as Geometry) === y && partOf(b as Geometry) === x)));
        const parts = split(line.coordinates, test);
        dashed.push(...parts.yes);
        rest.push(...parts.no);
    }
    return {
        shapes,
        borders: path({ type: 'MultiLineString', coordinates: [...plain.coordinates, ...rest] }),
        disputed: path({ type: 'MultiLineString', coordinates: dashed }),
        coast: path(mesh(topology, all, (a, b) => a === b)),
        sphere: path({ type: 'Sphere' }),
    };
}

const worlds: Partial<Record<'110m' | '50m', Promise<World>>> = {};

/** The base map: the coarse one at first, the fine one when the reader looks closer. */
export function world(scale: '110m' | '50m'): Promise<World> {
    return (worlds[scale] ??= (scale === '110m' ? import('virtual:vigie/map/110m') : import('virtual:vigie/map/50m'))
        .then((m) => worldOf(m.default), (failure: unknown) => { delete worlds[scale]; throw failure; }));
}
