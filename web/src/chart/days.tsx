/* People in a place day by day: what the model says with its interval, what was registered, and how many there is room
 * for. Invariant: registered and forecast differ by dash as well as by colour; a day that is not known is a gap. */
import { day, num, short, t } from '../i18n/i18n';
import type { Column } from '../table/table';
import { PAD, ValueAxis } from './axes';
import { Figure } from './figure';
import { band, linear, path } from './scale';

type Values = (number | null)[];
export interface DaysProps {
    title: string;
    first: string;
    /** Days between two points. */
    step: number;
    people: Values; low: Values; high: Values; observed: Values;
    capacity: number | null;
    save?: string;
}
interface Row { date: string; people: number | null; low: number | null; high: number | null; observed: number | null }

const HEIGHT = 220;

function Drawing({ p, rows, width }: { p: DaysProps; rows: Row[]; width: number }) {
    const top = Math.max(1, p.capacity ?? 0, ...rows.flatMap((r) => [r.high ?? 0, r.people ?? 0, r.observed ?? 0]));
    const y = linear(0, top, HEIGHT - PAD.bottom, PAD.top);
    const x = (i: number) => PAD.left + (i / Math.max(1, rows.length - 1)) * (width - PAD.left - PAD.right);
    const xs = rows.map((_, i) => x(i));
    const sure = rows.map((r, i) => ({ r, i })).filter(({ r }) => r.low != null && r.high != null);
    const every = Math.max(1, Math.ceil(rows.length / Math.max(1, Math.floor(width / 110))));
    return (
        <svg width={width} height={HEIGHT} role="img" aria-label={p.title} direction="ltr">
            <ValueAxis y={y} width={width} />
            <path class="band90" d={band(sure.map(({ i }) => x(i)), sure.map(({ r }) => y(r.low!)), sure.map(({ r }) => y(r.high!)))} />
            {p.capacity != null && (
                <g>
                    <line class="threshold" x1={PAD.left} x2={width - PAD.right} y1={y(p.capacity)} y2={y(p.capacity)} />
                    <text x={width - PAD.right} y={y(p.capacity) + 13} text-anchor="end">{`${t('displacement.capacity')} ${short(p.capacity)}`}</text>
                </g>
            )}
            <path class="days" d={path(xs, rows.map((r) => (r.observed == null ? null : y(r.observed))))} />
            <path class="median" d={path(xs, rows.map((r) => (r.people == null ? null : y(r.people))))} />
            <g class="axis" aria-hidden="true">
                {rows.map((r, i) => i % every === 0 && <text key={r.date} x={x(i)} y={HEIGHT - 5} text-anchor={i ? 'middle' : 'start'}>{day(r.date)}</text>)}
            </g>
        </svg>
    );
}

export function Lines(p: DaysProps) {
    const begin = Date.parse(p.first);
    const at = (v: Values, i: number) => v[i] ?? null;
    const rows: Row[] = p.people.map((people, i) => ({
        date: new Date(begin + i * p.step * 86_400_000).toISOString().slice(0, 10),
        people, low: at(p.low, i), high: at(p.high, i), observed: at(p.observed, i),
    }));
    const columns: Column<Row>[] = [
        { key: 'date', head: t('displacement.day'), value: (r) => r.date, cell: (r) => day(r.date) },
        { key: 'people', head: t('figure.forecast'), number: true, value: (r) => r.people },
        { key: 'in90', head: t('figure.in90'), value: (r) => (r.low == null ? null : `${Math.round(r.low)} – ${Math.round(r.high ?? 0)}`), cell: (r) => `${num(r.low)} – ${num(r.high)}` },
        { key: 'observed', head: t('displacement.observed'), number: true, value: (r) => r.observed },
    ];
    return (
        <Figure title={p.title} rows={rows} columns={columns} rowKey={(r) => r.date} save={p.save}
            entries={[{ mark: 'line', text: t('figure.forecast') }, { mark: 'band90', text: t('figure.in90') },
                { mark: 'dash', text: t('displacement.observed') }, { mark: 'rule', text: t('displacement.capacity') }]}>
            {(width) => <Drawing p={p} rows={rows} width={width} />}
        </Figure>
    );
}
