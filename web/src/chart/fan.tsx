/* What was recorded and what is expected: bars of months past, then bands of 50 and 90 % about the median. Invariant: a
 * month without a figure is a gap; the bands differ by outline and not by colour alone. */
import { month, num, t } from '../i18n/i18n';
import type { Column } from '../table/table';
import { MonthAxis, PAD, ValueAxis } from './axes';
import { Figure } from './figure';
import { band, linear, logged, path } from './scale';

export interface FanMonth {
    month: string;
    /** What was recorded; null = not known. */
    recorded?: number | null;
    /** Quantiles of the forecast: 5, 25, 50, 75, 95 %. */
    q05?: number; q25?: number; q50?: number; q75?: number; q95?: number;
    mean?: number;
    /** What a simple model expects, for comparison. */
    baseline?: number | null;
}
export interface FanProps {
    title: string;
    note?: string;
    months: FanMonth[];
    /** Values to mark with a line across, such as 25 and 1,000 deaths. */
    marks?: number[];
    height?: number;
    log?: boolean;
    save?: string;
}

const columns = (): Column<FanMonth>[] => [
    { key: 'month', head: t('fan.month'), value: (r) => r.month, cell: (r) => month(r.month) },
    { key: 'recorded', head: t('fan.recorded'), number: true, value: (r) => r.recorded },
    { key: 'q05', head: t('fan.q05'), number: true, value: (r) => r.q05 },
    { key: 'q25', head: t('fan.q25'), number: true, value: (r) => r.q25 },
    { key: 'q50', head: t('fan.q50'), number: true, value: (r) => r.q50 },
    { key: 'q75', head: t('fan.q75'), number: true, value: (r) => r.q75 },
    { key: 'q95', head: t('fan.q95'), number: true, value: (r) => r.q95 },
    { key: 'mean', head: t('fan.mean'), number: true, value: (r) => r.mean, cell: (r) => num(r.mean, 1) },
];

function Drawing({ p, width }: { p: FanProps; width: number }) {
    const height = p.height ?? 220;
    const top = Math.max(1, ...p.months.flatMap((m) => [m.recorded ?? 0, m.q95 ?? 0]));
    const y = p.log ? logged(top, height - PAD.bottom, PAD.top) : linear(0, top, height - PAD.bottom, PAD.top);
    const step = (width - PAD.left - PAD.right) / Math.max(1, p.months.length);
    const x = (i: number) => PAD.left + (i + 0.5) * step;
    const ahead = p.months.map((m, i) => ({ m, i })).filter(({ m }) => m.q50 !== undefined);
    const xs = ahead.map(({ i }) => x(i));
    const q = (key: 'q05' | 'q25' | 'q50' | 'q75' | 'q95') => ahead.map(({ m }) => y(m[key] ?? 0));
    const begin = ahead[0];
    return (
        <svg width={width} height={height} role="img" aria-label={p.title} direction="ltr">
            <ValueAxis y={y} width={width} />
            {p.marks?.filter((v) => v <= top).map((v) => (
                <line key={v} class="threshold" x1={PAD.left} x2={width - PAD.right} y1={y(v)} y2={y(v)} />
            ))}
            {p.months.map((m, i) => m.recorded == null
                ? m.q50 === undefined && <line key={m.month} class="gap" x1={x(i) - step / 2} x2={x(i) + step / 2} y1={height - PAD.bottom + 2} y2={height - PAD.bottom + 2} />
                : <rect key={m.month} class="bar" x={x(i) - step * 0.4} width={Math.max(0.5, step * 0.8)} y={y(m.recorded)} height={Math.max(0, height - PAD.bottom - y(m.recorded))}>
                    <title>{`${month(m.month)}: ${num(m.recorded)}`}</title>
                </rect>)}
            {begin && <line class="origin" x1={x(begin.i) - step / 2} x2={x(begin.i) - step / 2} y1={PAD.top} y2={height - PAD.bottom} />}
            <path class="band90" d={band(xs, q('q05'), q('q95'))} />
            <path class="band50" d={band(xs, q('q25'), q('q75'))} />
            <path class="median" d={path(xs, q('q50'))} />
            {p.months.some((m) => m.baseline != null) && (
                <path class="baseline" d={path(p.months.map((_, i) => x(i)), p.months.map((m) => (m.baseline == null ? null : y(m.baseline))))} />
            )}
            {ahead.map(({ m, i }) => (
                <rect key={m.month} class="touch" x={x(i) - step / 2} width={step} y={PAD.top} height={height - PAD.top - PAD.bottom}>
                    <title>{t('fan.says', { month: month(m.month), low: num(m.q05), q50: num(m.q50), high: num(m.q95) })}</title>
                </rect>
            ))}
            <MonthAxis months={p.months.map((m) => m.month)} x={x} height={height} width={width - PAD.left - PAD.right} />
        </svg>
    );
}

export function Fan(p: FanProps) {
    const based = p.months.some((m) => m.baseline != null);
    return (
        <Figure title={p.title} note={p.note} rows={p.months} columns={columns()} rowKey={(r) => r.month} save={p.save}
            entries={[
                { mark: 'bar', text: t('fan.recorded') }, { mark: 'line', text: t('fan.median') },
                { mark: 'band50', text: t('fan.band50') }, { mark: 'band90', text: t('fan.band90') },
                ...(based ? [{ mark: 'dash' as const, text: t('fan.baseline') }] : []),
            ]}>
            {(width) => <Drawing p={p} width={width} />}
        </Figure>
    );
}
