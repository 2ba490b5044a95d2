/* Events as points. Invariant: places are projected once; a picture of all of them is made by writing pixels, which costs
 * some nanoseconds a point and needs no graphics card. */
import type { Columns } from '../api/columns';
import { HEIGHT, project, WIDTH } from './geo';
import { pixel, TYPE_SHAPES, type TypeShape } from './palette';

export interface Points {
    n: number;
    /** Places on the sheet. */
    x: Float32Array;
    y: Float32Array;
    type: Uint8Array;
    /** -1 = not known. */
    deaths: Int32Array;
    id: ArrayLike<number>;
    day: Int32Array;
}

// Equal Earth is smooth: between places of a table of quarter degrees a straight line errs by less than 0.01 units.
const STEP = 0.25;
let table: { rowX: Float64Array; rowY: Float64Array } | null = null;

// x of Equal Earth is proportional to longitude on each parallel, and y depends on latitude only.
function rows() {
    if (table) return table;
    const n = 180 / STEP + 1;
    const rowX = new Float64Array(n), rowY = new Float64Array(n);
    for (let i = 0; i < n; i++) {
        const lat = -90 + i * STEP;
        const [east, y] = project(179.999, lat);
        rowX[i] = (east - project(0, 0)[0]) / 179.999;
        rowY[i] = y;
    }
    return (table = { rowX, rowY });
}

export function pointsOf({ n, column }: Columns): Points {
    const { rowX, rowY } = rows();
    const lon = column['lon']!, lat = column['lat']!;
    const x = new Float32Array(n), y = new Float32Array(n);
    const middle = project(0, 0)[0];
    for (let i = 0; i < n; i++) {
        const at = Math.min(rowY.length - 1.001, Math.max(0, (lat[i]! + 90) / STEP));
        const k = Math.floor(at), f = at - k;
        x[i] = middle + lon[i]! * (rowX[k]! * (1 - f) + rowX[k + 1]! * f);
        y[i] = rowY[k]! * (1 - f) + rowY[k + 1]! * f;
    }
    return {
        n, x, y, type: column['type'] as Uint8Array, deaths: column['deaths'] as Int32Array,
        id: column['id']!, day: column['day'] as Int32Array,
    };
}

export interface View { k: number; x: number; y: number; width: number; height: number }

/** How many points lie in the view; counted up to `most`. */
export function countIn(p: Points, v: View, most = Infinity): number {
    const left = -v.x / v.k, top = -v.y / v.k, right = left + v.width / v.k, bottom = top + v.height / v.k;
    let n = 0;
    for (let i = 0; i < p.n && n < most; i++)
        if (p.x[i]! >= left && p.x[i]! <= right && p.y[i]! >= top && p.y[i]! <= bottom) n++;
    return n;
}

/** All points as pixels: a square of `size` pixels each, newest on top. `image` must be empty. */
export function splat(p: Points, v: View, image: ImageData, colours: readonly string[], size: number): void {
    const { width, height } = image;
    const out = new Uint32Array(image.data.buffer);
    const colour = colours.map((c) => pixel(c));
    const half = (size - 1) / 2;
    const { x, y, type } = p;
    for (let i = p.n - 1; i >= 0; i--) {
        const px = Math.round(x[i]! * v.k + v.x - half), py = Math.round(y[i]! * v.k + v.y - half);
        if (px < 0 || py < 0 || px + size > width || py + size > height) continue;
        const c = colour[type[i]!] ?? colour[0]!;
        let at = py * width + px;
        for (let row = 0; row < size; row++, at += width)
            for (let col = 0; col < size; col++) out[at + col] = c;
    }
}

/** Radius of a mark for so many deaths: its area grows with them. */
export const radiusOf = (deaths: number) => (deaths < 0 ? 3 : Math.min(18, 2.5 + 0.9 * Math.sqrt(deaths)));

function outline(c: CanvasRenderingContext2D, shape: TypeShape, x: number, y: number, r: number): void {
    c.beginPath();
    if (shape === 'circle') c.arc(x, y, r, 0, 7);
    else if (shape === 'square') c.rect(x - r * 0.886, y - r * 0.886, r * 1.772, r * 1.772);
    else if (shape === 'triangle') { c.moveTo(x, y - r * 1.35); c.lineTo(x + r * 1.17, y + r * 0.67); c.lineTo(x - r * 1.17, y + r * 0.67); c.closePath(); }
    else { c.moveTo(x - r, y - r); c.lineTo(x + r, y + r); c.moveTo(x + r, y - r); c.lineTo(x - r, y + r); }
}

/** The few points of a close view as marks: shape by type, size by deaths, hollow where deaths are not known. */
export function marks(c: CanvasRenderingContext2D, p: Points, v: View, colours: readonly string[], edge: string): void {
    const order: number[] = [];
    for (let i = 0; i < p.n; i++) {
        const px = p.x[i]! * v.k + v.x, py = p.y[i]! * v.k + v.y;
        if (px > -20 && py > -20 && px < v.width + 20 && py < v.height + 20) order.push(i);
    }
    order.sort((a, b) => p.deaths[b]! - p.deaths[a]!);
    for (const i of order) {
        const type = p.type[i]!, colour = colours[type] ?? colours[0]!;
        const shape = TYPE_SHAPES[type] ?? 'cross';
        outline(c, shape, p.x[i]! * v.k + v.x, p.y[i]! * v.k + v.y, radiusOf(p.deaths[i]!));
        if (p.deaths[i]! >= 0 && shape !== 'cross') {
            c.globalAlpha = 0.72;
            c.fillStyle = colour;
            c.fill();
            c.globalAlpha = 1;
            c.strokeStyle = edge;
            c.lineWidth = 0.8;
        } else {
            c.strokeStyle = colour;
            c.lineWidth = 1.6;
        }
        c.stroke();
    }
}

/** The point nearest to a place of the view, within `reach` pixels; -1 = none. */
export function nearest(p: Points, v: View, px: number, py: number, reach: number): number {
    const sx = (px - v.x) / v.k, sy = (py - v.y) / v.k;
    let best = (reach / v.k) ** 2, found = -1;
    for (let i = 0; i < p.n; i++) {
        const dx = p.x[i]! - sx, dy = p.y[i]! - sy;
        const d = dx * dx + dy * dy;
        if (d < best) { best = d; found = i; }
    }
    return found;
}

/** Corner of a PRIO-GRID cell (1 = 90 S 180 W, 720 a row) in degrees. */
export const cellCorner = (cell: number): [number, number] => [-180 + ((cell - 1) % 720) * 0.5, -90 + Math.floor((cell - 1) / 720) * 0.5];

export interface Cells { n: number; cell: ArrayLike<number>; value: ArrayLike<number> }

/** Cells as boxes of the sheet, coloured by step; those of step -1 are left out. */
export function drawCells(c: CanvasRenderingContext2D, cells: Cells, v: View, colourOf: (value: number) => string | null): void {
    const byColour = new Map<string, number[]>();
    for (let i = 0; i < cells.n; i++) {
        const colour = colourOf(cells.value[i]!);
        if (colour) (byColour.get(colour) ?? byColour.set(colour, []).get(colour)!).push(i);
    }
    for (const [colour, list] of byColour) {
        c.fillStyle = colour;
        c.beginPath();
        for (const i of list) {
            const [lon, lat] = cellCorner(cells.cell[i]!);
            const [ax, ay] = project(lon, lat + 0.5), [bx, by] = project(lon + 0.5, lat);
            const px = ax * v.k + v.x, py = ay * v.k + v.y;
            if (px < -40 || py < -40 || px > v.width + 40 || py > v.height + 40) continue;
            c.rect(px, py, Math.max(1.5, (bx - ax) * v.k + 0.4), Math.max(1.5, (by - ay) * v.k + 0.4));
        }
        c.fill();
    }
}

export const SHEET = { width: WIDTH, height: HEIGHT };
