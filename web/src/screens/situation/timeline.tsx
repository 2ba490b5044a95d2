/* Time below the map: what was recorded, what is expected, where the reader is. Invariant: the slider is an ordinary range,
 * so keys, touch and screen readers work; the drawing behind it only shows what the slider says in words. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { MonthAxis, PAD, ValueAxis } from '../../chart/axes';
import { useWidth } from '../../chart/figure';
import { logged, months as monthsBetween } from '../../chart/scale';
import { month as monthWords, num, t } from '../../i18n/i18n';

export interface TimelineProps {
    first: string;
    /** Last recorded month, and the last one forecast. */
    origin: string;
    last: string;
    at: string;
    recorded: Map<string, number>;
    expected: Map<string, number>;
    from: string;
    to: string;
    onAt: (month: string) => void;
    onRange: (from: string, to: string) => void;
}

const HEIGHT = 84;
const STEP_MS = 900;

function usePlay(playing: boolean, step: () => void) {
    const latest = useRef(step);
    latest.current = step;
    useEffect(() => {
        if (!playing) return;
        const timer = setInterval(() => latest.current(), STEP_MS);
        return () => clearInterval(timer);
    }, [playing]);
}

function Drawing({ p, all, width }: { p: TimelineProps; all: string[]; width: number }) {
    const step = (width - PAD.left - PAD.right) / all.length;
    const x = (i: number) => PAD.left + (i + 0.5) * step;
    const top = Math.max(1, ...p.recorded.values(), ...p.expected.values());
    const y = logged(top, HEIGHT - PAD.bottom, PAD.top);
    const box = (m: string, i: number) => {
        const value = p.recorded.get(m) ?? p.expected.get(m);
        if (value === undefined) return <line key={m} class="gap" x1={x(i) - step / 2} x2={x(i) + step / 2} y1={HEIGHT - PAD.bottom - 2} y2={HEIGHT - PAD.bottom - 2} />;
        return <rect key={m} class={p.recorded.has(m) ? 'bar' : 'bar ahead'} x={x(i) - step * 0.4} width={Math.max(1, step * 0.8)} y={y(value)} height={HEIGHT - PAD.bottom - y(value)} />;
    };
    const now = all.indexOf(p.at), begin = all.indexOf(p.from), end = all.indexOf(p.to), origin = all.indexOf(p.origin);
    return (
        <svg width={width} height={HEIGHT} direction="ltr" aria-hidden="true">
            <ValueAxis y={y} width={width} />
            {begin >= 0 && end >= begin && <rect class="span" x={x(begin) - step / 2} width={(end - begin + 1) * step} y={PAD.top - 4} height={HEIGHT - PAD.bottom - PAD.top + 4} />}
            {all.map(box)}
            {origin >= 0 && <line class="origin" x1={x(origin) + step / 2} x2={x(origin) + step / 2} y1={0} y2={HEIGHT - PAD.bottom} />}
            {now >= 0 && <rect class="now" x={x(now) - step / 2} width={step} y={1} height={HEIGHT - PAD.bottom} />}
            <MonthAxis months={all} x={x} height={HEIGHT} width={width - PAD.left - PAD.right} />
        </svg>
    );
}

/** Choosing a span with the mouse; the two month fields above do the same for everybody. */
function useDrag(all: string[], p: TimelineProps) {
    const from = useRef(-1);
    const at = (e: PointerEvent) => {
        const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
        const part = (e.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
        return Math.max(0, Math.min(all.length - 1, Math.floor(part * all.length)));
    };
    return {
        onPointerDown: (e: PointerEvent) => { if (e.shiftKey) { from.current = at(e); e.preventDefault(); } else p.onAt(all[at(e)]!); },
        onPointerMove: (e: PointerEvent) => {
            if (from.current < 0) { if (e.buttons === 1) p.onAt(all[at(e)]!); return; }
            const [a, b] = [from.current, at(e)].sort((x, y) => x - y) as [number, number];
            p.onRange(all[a]!, all[b]!);
        },
        onPointerUp: () => { from.current = -1; },
    };
}

export function Timeline(p: TimelineProps) {
    const { ref, width } = useWidth(800);
    const [playing, setPlaying] = useState(false);
    const all = monthsBetween(p.first, p.last);
    const now = Math.max(0, all.indexOf(p.at));
    const go = (i: number) => p.onAt(all[Math.max(0, Math.min(all.length - 1, i))]!);
    const [low, high] = [Math.max(0, all.indexOf(p.from)), p.to ? all.indexOf(p.to) : all.length - 1];
    usePlay(playing, () => { if (now >= high) { if (p.from) go(low); else setPlaying(false); } else go(now + 1); });
    const drag = useDrag(all, p);
    const value = p.recorded.get(p.at) ?? p.expected.get(p.at);
    const ahead = p.at > p.origin;
    const words = t(ahead ? 'time.expected' : 'time.recorded', { month: monthWords(p.at, true), n: num(value) });
    return (
        <section class="timeline" aria-label={t('time.label')}>
            <div class="time-buttons">
                <button type="button" aria-label={t('time.back')} title={t('time.back')} onClick={() => go(now - 1)} disabled={now === 0}>‹</button>
                <button type="button" aria-pressed={playing} onClick={() => { if (!playing && now >= high) go(low); setPlaying(!playing); }}>{playing ? t('time.pause') : t('time.play')}</button>
                <button type="button" aria-label={t('time.on')} title={t('time.on')} onClick={() => go(now + 1)} disabled={now === all.length - 1}>›</button>
                <strong class="time-now">{p.at === 'total' ? t('time.total') : monthWords(p.at, true)}</strong>
                <span class="note">{p.at === 'total' ? '' : words}</span>
                <span class="note time-hint">{t('time.hint')}</span>
            </div>
            <div class="time-drawing" ref={ref} {...drag}><Drawing p={p} all={all} width={width} /></div>
            <input class="time-slider" type="range" min={0} max={all.length - 1} step={1} value={now} aria-label={t('time.month')} aria-valuetext={words}
                style={{ marginLeft: `${PAD.left}px`, width: `calc(100% - ${PAD.left + PAD.right}px)` }} onInput={(e) => go(Number(e.currentTarget.value))} />
        </section>
    );
}
