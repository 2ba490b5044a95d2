/* The map's drawing: base, cells and points on one canvas. Invariant: while the reader moves the map, what was drawn last is
 * moved as a picture; within the movement it is drawn anew only where the picture ends, a few times a second, and always
 * when the movement ends. So a slow machine gets a coarse picture, never a stuck one. */
import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from 'd3-zoom';
import { FIRST, HEIGHT, WIDTH, type Shape, type World } from './geo';
import { ON_STEP, STEPS, TYPE_COLOURS } from './palette';
import { countIn, drawCells, marks, nearest, splat, type Cells, type Points, type View } from './points';

export interface Look {
    /** Step of each country by ISO3; -1 = not known. */
    steps: Map<string, number>;
    /** Step of a country without an entry; undefined = it is left plain. */
    others: number | undefined;
    /** Written on a country when there is room. */
    labels: Map<string, string>;
    selected: string;
    points: Points | null;
    cells: Cells | null;
    cellStep: (value: number) => number;
    dark: boolean;
}

interface Paint { sea: string; land: string; coast: string; line: string; ink: string; selected: string }
const PAINT: Record<'light' | 'dark', Paint> = {
    light: { sea: '#eaf0f4', land: '#fbfbf9', coast: '#8d9ca6', line: '#ffffff', ink: '#172229', selected: '#0b0f12' },
    dark: { sea: '#10181e', land: '#232d34', coast: '#55656f', line: '#10181e', ink: '#e4eaee', selected: '#ffffff' },
};
const MARGIN = 0.25; // drawn beyond each side of the window, so that moving uncovers what is there
const AGAIN_MS = 250; // a movement that leaves the picture has it drawn anew so often at most
const MOST_MARKS = 2500;

function hatch(colour: string, ground: string): HTMLCanvasElement {
    const c = document.createElement('canvas');
    c.width = c.height = 6;
    const g = c.getContext('2d')!;
    g.fillStyle = ground;
    g.fillRect(0, 0, 6, 6);
    g.strokeStyle = colour;
    g.lineWidth = 1;
    for (const d of [-6, 0, 6]) { g.moveTo(d, 6); g.lineTo(d + 6, 0); }
    g.stroke();
    return c;
}

export class MapView {
    private readonly screen: CanvasRenderingContext2D;
    private readonly sheet = document.createElement('canvas');
    private readonly dots = document.createElement('canvas');
    private readonly probe = document.createElement('canvas').getContext('2d')!;
    private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;
    world: World | null = null;
    look: Look | null = null;
    private transform: ZoomTransform = zoomIdentity;
    private drawn: ZoomTransform | null = null;
    private movedAt = 0;
    private wholeAt = 0;
    private frame = 0;
    private rest = 0;
    private moving = false;
    width = 0;
    height = 0;
    /** Milliseconds of the last whole drawing, for tests and benches. */
    lastDrawMs = 0;
    frames = 0;
    /** When points were first on the screen, by performance.now(); 0 = not yet. */
    pointsAt = 0;
    onMove: (view: View) => void = () => {};
    onRest: (view: View) => void = () => {};

    constructor(private readonly host: HTMLElement, private readonly canvas: HTMLCanvasElement) {
        this.screen = canvas.getContext('2d', { alpha: false })!;
        this.behaviour = zoom<HTMLElement, unknown>().scaleExtent([1, 96])
            .filter((e: Event) => !(e as MouseEvent).button && !(e.type === 'dblclick'))
            .on('start', () => { this.moving = true; })
            .on('zoom', (e: { transform: ZoomTransform }) => { this.transform = e.transform; this.moved(); })
            .on('end', () => { this.moving = false; this.settle(120); });
        select(host).call(this.behaviour).on('dblclick.zoom', null);
    }

    destroy(): void {
        select(this.host).on('.zoom', null);
        cancelAnimationFrame(this.frame);
        clearTimeout(this.rest);
    }

    /* --- measures --- */

    private get ratio(): number { return Math.min(2, devicePixelRatio || 1); }
    // Of the sheet to the window before zooming: the whole world fits.
    private get fit(): number { return Math.min(this.width / WIDTH, this.height / (FIRST.bottom - FIRST.top)); }
    // Of the sheet, what stands in the middle of the window before zooming.
    private get centre(): number { return (FIRST.top + FIRST.bottom) / 2; }

    view(t: ZoomTransform = this.transform): View {
        const k = this.fit * t.k;
        return { k, x: t.x + ((this.width - WIDTH * this.fit) / 2) * t.k, y: t.y + (this.height / 2 - this.centre * this.fit) * t.k, width: this.width, height: this.height };
    }
    get zoomed(): number { return this.transform.k; }

    resize(width: number, height: number): void {
        if (width === this.width && height === this.height) return;
        this.width = width;
        this.height = height;
        this.canvas.width = Math.round(width * this.ratio);
        this.canvas.height = Math.round(height * this.ratio);
        this.behaviour.extent([[0, 0], [width, height]]).translateExtent([[-width * 0.1, -height * 0.1], [width * 1.1, height * 1.1]]);
        this.drawn = null;
        this.now();
        this.settle(60);
    }

    /* --- what is shown --- */

    show(world: World | null, look: Look): void {
        this.world = world;
        this.look = look;
        this.drawn = null;
        this.now();
    }

    /* --- moving --- */

    pan(dx: number, dy: number): void { select(this.host).call(this.behaviour.translateBy, dx / this.transform.k, dy / this.transform.k); }
    zoomBy(factor: number): void { select(this.host).call(this.behaviour.scaleBy, factor); }
    whole(): void { select(this.host).call(this.behaviour.transform, zoomIdentity); }

    /** Brings a box of the sheet into view. */
    focus([left, top, right, bottom]: [number, number, number, number]): void {
        if (!this.width) return;
        const k = Math.max(1, Math.min(12, 0.4 / Math.max((right - left) / WIDTH, (bottom - top) / HEIGHT)));
        const x = ((left + right) / 2 - WIDTH / 2) * this.fit + this.width / 2, y = ((top + bottom) / 2 - this.centre) * this.fit + this.height / 2;
        select(this.host).call(this.behaviour.transform, zoomIdentity.translate(this.width / 2 - x * k, this.height / 2 - y * k).scale(k));
    }

    /** Puts the view as it was: zoom, and the place of the sheet in the middle. */
    restore(k: number, x: number, y: number): void {
        const px = (x - WIDTH / 2) * this.fit + this.width / 2, py = (y - this.centre) * this.fit + this.height / 2;
        select(this.host).call(this.behaviour.transform, zoomIdentity.translate(this.width / 2 - px * k, this.height / 2 - py * k).scale(k));
    }
    middle(): { k: number; x: number; y: number } {
        const v = this.view();
        return { k: this.transform.k, x: (this.width / 2 - v.x) / v.k, y: (this.height / 2 - v.y) / v.k };
    }

    private moved(): void {
        this.movedAt = performance.now();
        this.onMove(this.view());
        this.now();
        if (!this.moving) this.settle(120);
    }

    private now(): void {
        if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.paint(); });
    }

    private settle(ms: number): void {
        clearTimeout(this.rest);
        this.rest = window.setTimeout(() => {
            if (this.moving) return;
            if (this.drawn !== this.transform) { this.drawn = null; this.now(); }
            this.onRest(this.view());
        }, ms);
    }

    /* --- drawing --- */

    private paint(): void {
        if (!this.width || !this.look) return;
        this.frames++;
        if (!this.drawn || (this.drawn !== this.transform && (this.stands() || this.leaves()))) this.drawAll();
        this.copy();
        if (!this.pointsAt && this.look.points) this.pointsAt = performance.now();
    }

    private stands(): boolean { return !this.moving && performance.now() - this.movedAt > 100; }

    // Whether the window has left the picture, or the picture has been stretched too far.
    private leaves(): boolean {
        if (performance.now() - this.wholeAt < AGAIN_MS) return false;
        const t = this.drawn!, now = this.transform, f = now.k / t.k;
        const dx = now.x - t.x * f, dy = now.y - t.y * f, mx = this.width * MARGIN * f, my = this.height * MARGIN * f;
        return f > 2 || f < 0.7 || dx > mx || dy > my || dx + this.width * f < this.width - mx || dy + this.height * f < this.height - my;
    }

    // The last drawing, moved and stretched to where the map is now.
    private copy(): void {
        const t = this.drawn!, now = this.transform, r = this.ratio;
        const f = now.k / t.k;
        const mx = this.width * MARGIN, my = this.height * MARGIN;
        this.screen.setTransform(r, 0, 0, r, 0, 0);
        this.screen.fillStyle = this.paintOf().sea;
        this.screen.fillRect(0, 0, this.width, this.height);
        this.screen.imageSmoothingEnabled = f !== 1;
        // Whole pixels of the device when only shifted: the picture stays sharp and the copy is a plain one.
        const snap = (v: number) => (f === 1 ? Math.round(v * r) / r : v);
        this.screen.drawImage(this.sheet, snap(now.x - (t.x + mx) * f), snap(now.y - (t.y + my) * f), (this.width + 2 * mx) * f, (this.height + 2 * my) * f);
    }

    private paintOf(): Paint { return PAINT[this.look!.dark ? 'dark' : 'light']; }

    private drawAll(): void {
        const began = performance.now();
        const r = this.ratio, mx = this.width * MARGIN, my = this.height * MARGIN;
        const width = Math.round((this.width + 2 * mx) * r), height = Math.round((this.height + 2 * my) * r);
        if (this.sheet.width !== width || this.sheet.height !== height) { this.sheet.width = width; this.sheet.height = height; }
        const v = this.view();
        const wide: View = { k: v.k * r, x: (v.x + mx) * r, y: (v.y + my) * r, width, height };
        const c = this.sheet.getContext('2d', { alpha: false })!;
        this.base(c, wide);
        if (this.look!.cells) this.drawCells(c, wide);
        this.lines(c, wide);
        if (this.look!.points) this.drawPoints(c, wide);
        else this.labels(c, wide);
        this.drawn = this.transform;
        this.wholeAt = performance.now();
        this.lastDrawMs = this.wholeAt - began;
    }

    private base(c: CanvasRenderingContext2D, v: View): void {
        const { look, world } = this, p = this.paintOf();
        const theme = look!.dark ? 'dark' : 'light';
        c.setTransform(1, 0, 0, 1, 0, 0);
        c.fillStyle = p.sea;
        c.fillRect(0, 0, v.width, v.height);
        if (!world) return;
        c.setTransform(v.k, 0, 0, v.k, v.x, v.y);
        const unknown = c.createPattern(hatch(p.coast, p.land), 'repeat')!;
        unknown.setTransform(new DOMMatrix().scale(1 / v.k));
        const dim = look!.cells || (look!.points && look!.points.n > 0);
        for (const shape of world.shapes) {
            if (!visible(shape, v)) continue;
            const step = look!.steps.get(shape.iso3) ?? (shape.iso3 && shape.iso3 !== 'ATA' ? look!.others : undefined);
            c.fillStyle = p.land;
            if (step === -1) c.fillStyle = unknown;
            else if (step !== undefined) c.fillStyle = STEPS[theme][step]!;
            if (dim && step !== undefined) { c.save(); c.fillStyle = p.land; c.fill(shape.path); c.restore(); c.globalAlpha = 0.45; }
            c.fill(shape.path);
            c.globalAlpha = 1;
        }
    }

    private lines(c: CanvasRenderingContext2D, v: View): void {
        const { world, look } = this, p = this.paintOf();
        if (!world) return;
        const px = this.ratio / v.k;
        c.setTransform(v.k, 0, 0, v.k, v.x, v.y);
        c.lineJoin = 'round';
        c.strokeStyle = p.coast;
        c.lineWidth = 0.7 * px;
        c.stroke(world.coast);
        c.lineWidth = 0.8 * px;
        c.strokeStyle = look!.dark ? '#6b7b86' : '#7f8d96';
        c.stroke(world.borders);
        c.setLineDash([3 * px, 2.5 * px]);
        c.lineWidth = 1 * px;
        c.strokeStyle = look!.dark ? '#9aa8b1' : '#566570';
        c.stroke(world.disputed);
        c.setLineDash([]);
        const chosen = look!.selected && world.shapes.filter((s) => s.iso3 === look!.selected);
        if (chosen) for (const s of chosen) { c.strokeStyle = p.selected; c.lineWidth = 2 * px; c.stroke(s.path); }
        c.setTransform(1, 0, 0, 1, 0, 0);
    }

    private drawCells(c: CanvasRenderingContext2D, v: View): void {
        const look = this.look!;
        const steps = STEPS[look.dark ? 'dark' : 'light'];
        c.setTransform(1, 0, 0, 1, 0, 0);
        drawCells(c, look.cells!, v, (value) => { const s = look.cellStep(value); return s < 0 ? null : steps[s]!; });
    }

    private drawPoints(c: CanvasRenderingContext2D, v: View): void {
        const p = this.look!.points!, r = this.ratio;
        const colours = TYPE_COLOURS[this.look!.dark ? 'dark' : 'light'];
        if (countIn(p, v, MOST_MARKS + 1) <= MOST_MARKS) {
            c.setTransform(r, 0, 0, r, 0, 0);
            marks(c, p, { k: v.k / r, x: v.x / r, y: v.y / r, width: v.width / r, height: v.height / r }, colours, this.look!.dark ? '#10181e' : '#ffffff');
            c.setTransform(1, 0, 0, 1, 0, 0);
            return;
        }
        if (this.dots.width !== v.width || this.dots.height !== v.height) { this.dots.width = v.width; this.dots.height = v.height; }
        const g = this.dots.getContext('2d')!;
        const image = g.createImageData(v.width, v.height);
        splat(p, v, image, colours, Math.round((this.transform.k < 3 ? 1 : this.transform.k < 10 ? 2 : 3) * r));
        g.putImageData(image, 0, 0);
        c.drawImage(this.dots, 0, 0);
    }

    // Values on the countries that have room for them, the largest first, none over another.
    private labels(c: CanvasRenderingContext2D, v: View): void {
        const { world, look } = this, r = this.ratio;
        if (!world || !look!.labels.size) return;
        const theme = look!.dark ? 'dark' : 'light';
        c.setTransform(1, 0, 0, 1, 0, 0);
        c.font = `600 ${11 * r}px system-ui, sans-serif`;
        c.textAlign = 'center';
        c.textBaseline = 'middle';
        const taken: [number, number, number, number][] = [];
        for (const shape of [...world.shapes].sort((a, b) => b.area - a.area)) {
            const text = look!.labels.get(shape.iso3);
            if (!text || !visible(shape, v)) continue;
            const place = this.labelAt(shape);
            const x = place[0] * v.k + v.x, y = place[1] * v.k + v.y;
            const w = c.measureText(text).width + 4 * r, h = 13 * r;
            if (shape.area * v.k * v.k < w * h * 1.6) continue;
            if (taken.some(([a, b, e, d]) => x - w / 2 < e && x + w / 2 > a && y - h / 2 < d && y + h / 2 > b)) continue;
            taken.push([x - w / 2, y - h / 2, x + w / 2, y + h / 2]);
            c.fillStyle = ON_STEP[theme][Math.max(0, look!.steps.get(shape.iso3) ?? 0)]!;
            c.fillText(text, x, y);
        }
    }

    /** Where a country's label stands, on the sheet. Set by the owner, who knows the table of countries. */
    labelAt: (shape: Shape) => [number, number] = (s) => [(s.box[0] + s.box[2]) / 2, (s.box[1] + s.box[3]) / 2];

    /* --- what is where --- */

    /** ISO3 of the country at a place of the window; '' = none. */
    countryAt(px: number, py: number): string {
        const v = this.view();
        const x = (px - v.x) / v.k, y = (py - v.y) / v.k;
        for (const s of this.world?.shapes ?? [])
            if (x >= s.box[0] && x <= s.box[2] && y >= s.box[1] && y <= s.box[3] && this.probe.isPointInPath(s.path, x, y)) return s.iso3;
        return '';
    }

    /** The event at a place of the window; -1 = none. */
    pointAt(px: number, py: number): number {
        return this.look?.points ? nearest(this.look.points, this.view(), px, py, 9) : -1;
    }

    boxOf(iso3: string): [number, number, number, number] | null {
        let best: Shape | null = null;
        for (const s of this.world?.shapes ?? []) if (s.iso3 === iso3 && (!best || s.area > best.area)) best = s;
        return best?.box ?? null;
    }
}

function visible({ box }: Shape, v: View): boolean {
    return box[2] * v.k + v.x >= 0 && box[0] * v.k + v.x <= v.width && box[3] * v.k + v.y >= 0 && box[1] * v.k + v.y <= v.height;
}
