/* The map as a part of a screen: mouse, touch and keys, what is under the pointer or the cross, buttons, legend. Invariant:
 * whatever the pointer can find, the arrow keys can: they move the map under a cross in its middle. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { country } from '../i18n/countries';
import { t } from '../i18n/i18n';
import { project, unproject, world as fetchWorld, type World } from './geo';
import { MapView, type Look } from './view';
import type { View } from './points';
import './map.css';

export interface Bounds { west: number; south: number; east: number; north: number; zoom: number }
export interface MapProps {
    label: string;
    look: Look;
    /** What is said of a country, and of an event by its row, when the pointer or the cross is on it. */
    tellCountry: (iso3: string) => ComponentChildren;
    tellPoint?: (row: number) => ComponentChildren;
    onCountry: (iso3: string) => void;
    onPoint?: (row: number) => void;
    /** Called when the map has come to rest. */
    onView?: (bounds: Bounds, view: View) => void;
    /** "zoom,longitude,latitude" to begin with. */
    at?: string;
    onAt?: (at: string) => void;
    /** Drawn over the map: buttons, a card. */
    children?: ComponentChildren;
    /** Country to bring into view when it changes. */
    focus?: string;
}

interface Found { x: number; y: number; text: ComponentChildren; country: string; point: number }

function bounds(view: View, zoom: number): Bounds {
    const at = (px: number, py: number) => unproject((px - view.x) / view.k, (py - view.y) / view.k);
    const corners = [at(0, 0), at(view.width, 0), at(0, view.height), at(view.width, view.height), at(0, view.height / 2), at(view.width, view.height / 2)];
    const whole = zoom < 1.5 || corners.some((c) => !c || Number.isNaN(c[0]) || Math.abs(c[0]) > 180 || Math.abs(c[1]) > 90);
    const lon = corners.map((c) => c?.[0] ?? 0), lat = corners.map((c) => c?.[1] ?? 0);
    return whole ? { west: -180, south: -90, east: 180, north: 90, zoom }
        : { west: Math.min(...lon), south: Math.min(...lat), east: Math.max(...lon), north: Math.max(...lat), zoom };
}

function placed(shape: { iso3: string; box: number[] }): [number, number] {
    const c = country(shape.iso3);
    if (c) {
        const [x, y] = project(c.lon, c.lat);
        if (x >= shape.box[0]! && x <= shape.box[2]! && y >= shape.box[1]! && y <= shape.box[3]!) return [x, y];
    }
    return [(shape.box[0]! + shape.box[2]!) / 2, (shape.box[1]! + shape.box[3]!) / 2];
}

// "zoom,longitude,latitude" with what a screen can tell apart.
function written(view: MapView): string {
    const { k, x, y } = view.middle();
    const place = unproject(x, y);
    return k < 1.02 || !place ? '' : `${k.toFixed(2)},${place[0].toFixed(2)},${place[1].toFixed(2)}`;
}

function restore(view: MapView, at: string): void {
    const [k = NaN, lon = NaN, lat = NaN] = at.split(',').map(Number);
    if (!(k >= 1 && k <= 96) || Number.isNaN(lon + lat)) return;
    view.restore(k, ...project(lon, lat));
}

const MOVES: Record<string, [number, number]> = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export function WorldMap(p: MapProps) {
    const host = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
    const view = useRef<MapView | null>(null);
    const props = useRef(p);
    props.current = p;
    const [world, setWorld] = useState<World | null>(null);
    const [found, setFound] = useState<Found | null>(null);
    const [cross, setCross] = useState(false);
    const fine = useRef(false);

    useEffect(() => {
        const v = (view.current = new MapView(host.current!, canvas.current!));
        (host.current as HTMLElement & { vigieMap?: MapView }).vigieMap = v;
        v.labelAt = placed;
        let begun = false;
        v.onRest = (at) => {
            if (v.zoomed > 2.5 && !fine.current) { fine.current = true; fetchWorld('50m').then(setWorld, () => { fine.current = false; }); }
            props.current.onView?.(bounds(at, v.zoomed), at);
            if (begun) props.current.onAt?.(written(v));
        };
        v.onMove = () => setFound((f) => (f ? null : f));
        const watch = new ResizeObserver(([e]) => {
            if (!e || !e.contentRect.width) return;
            v.resize(Math.round(e.contentRect.width), Math.round(e.contentRect.height));
            if (!begun && props.current.at) restore(v, props.current.at);
            begun = true;
        });
        watch.observe(host.current!);
        void fetchWorld('110m').then((w) => { if (!fine.current) setWorld(w); }, () => { /* the list is there; the next look closer asks again */ });
        return () => { watch.disconnect(); v.destroy(); };
    }, []);
    useEffect(() => { view.current?.show(world, p.look); }, [world, p.look]);
    useEffect(() => {
        const box = p.focus ? view.current?.boxOf(p.focus) : null;
        if (box) view.current!.focus(box);
    }, [p.focus, world !== null]);

    const look = (x: number, y: number): Found => {
        const v = view.current!;
        const point = props.current.tellPoint ? v.pointAt(x, y) : -1;
        const iso3 = point < 0 ? v.countryAt(x, y) : '';
        return { x, y, point, country: iso3, text: point >= 0 ? props.current.tellPoint!(point) : iso3 ? props.current.tellCountry(iso3) : null };
    };
    const take = (f: Found) => {
        if (f.point >= 0) props.current.onPoint?.(f.point);
        else if (f.country) props.current.onCountry(f.country);
    };
    const middle = () => look(view.current!.width / 2, view.current!.height / 2);
    const onKey = (e: KeyboardEvent) => {
        const v = view.current!;
        const move = MOVES[e.key];
        if (e.target !== host.current || e.ctrlKey || e.metaKey || e.altKey) return;
        if (move) v.pan(move[0] * (e.shiftKey ? 160 : 40), move[1] * (e.shiftKey ? 160 : 40));
        else if (e.key === '+' || e.key === '=') v.zoomBy(1.5);
        else if (e.key === '-') v.zoomBy(1 / 1.5);
        else if (e.key === '0' || e.key === 'Home') v.whole();
        else if (e.key === 'Escape') { setFound(null); return; }
        else if (e.key === 'Enter' || e.key === ' ') take(middle());
        else return;
        e.preventDefault();
        setCross(true);
        setFound(middle());
    };
    const local = (e: MouseEvent): [number, number] => {
        const box = host.current!.getBoundingClientRect();
        return [e.clientX - box.left, e.clientY - box.top];
    };
    const overCanvas = (e: Event) => e.target === canvas.current || e.target === host.current;

    return (
        <div class="map" ref={host} tabIndex={0} role="group" aria-label={p.label} aria-describedby="map-help" onKeyDown={onKey}
            onFocus={(e) => { if (e.target === host.current && host.current!.matches(':focus-visible')) { setCross(true); setFound(middle()); } }}
            onBlur={() => { setCross(false); setFound(null); }}
            onMouseMove={(e) => { if (!e.buttons && overCanvas(e)) { setCross(false); setFound(look(...local(e))); } }}
            onMouseLeave={() => setFound(null)} onClick={(e) => { if (overCanvas(e)) take(look(...local(e))); }}>
            <canvas ref={canvas} aria-hidden="true" />
            <p id="map-help" class="hidden">{t('map.help')}</p>
            {cross && <span class="cross" aria-hidden="true" />}
            {found?.text && (
                <div class={`tip ${found.x > (view.current?.width ?? 0) / 2 ? 'left' : ''} ${found.y > (view.current?.height ?? 0) * 0.6 ? 'up' : ''}`}
                    style={{ left: `${found.x}px`, top: `${found.y}px` }} aria-hidden="true">{found.text}</div>
            )}
            <div class="hidden" aria-live="polite">{cross && found?.text}</div>
            <div class="map-buttons">
                <button type="button" aria-label={t('map.in')} title={t('map.in')} onClick={() => view.current!.zoomBy(1.6)}>+</button>
                <button type="button" aria-label={t('map.out')} title={t('map.out')} onClick={() => view.current!.zoomBy(1 / 1.6)}>−</button>
                <button type="button" aria-label={t('map.whole')} title={t('map.whole')} onClick={() => view.current!.whole()}>⤢</button>
            </div>
            {p.children}
        </div>
    );
}
