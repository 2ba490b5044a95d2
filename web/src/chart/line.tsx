/* One or more lines over months. Invariant: lines differ by dash as well as by colour, and break where nothing is known. */
import { month, num, t } from '../i18n/i18n';
import type { Column } from '../table/table';
import { MonthAxis, PAD, ValueAxis } from './axes';
import { Figure } from './figure';
import { linear, path } from './scale';

export interface LineSeries { name: string; values: (number | null)[] }
export interface LineProps {
    title: string;
    note?: string;
    months: string[];
    series: LineSeries[];
    height?: number;
    digits?: number;
    save?: string;
}
interface Row { month: string; values: (number | null)[] }

function Drawing({ p, width }: { p: LineProps; width: number }) {
    const height = p.height ?? 180;
    const known = p.series.flatMap((s) => s.values.filter((v): v is number => v != null));
    const y = linear(Math.min(0, ...known), Math.max(1e-9, ...known), height - PAD.bottom, PAD.top);
    const step = (width - PAD.left - PAD.right) / Math.max(1, p.months.length - 1);
    const x = (i: number) => PAD.left + i * step;
    return (
        <svg width={width} height={height} role="img" aria-label={p.title} direction="ltr">
            <ValueAxis y={y} width={width} />
            {p.series.map((s, k) => (
                <path key={s.name} class={`series line-${k % 4}`} d={path(p.months.map((_, i) => x(i)), s.values.map((v) => (v == null ? null : y(v))))}>
                    <title>{s.name}</title>
                </path>
            ))}
            <MonthAxis months={p.months} x={x} height={height} width={width - PAD.left - PAD.right} />
        </svg>
    );
}

export function Lines(p: LineProps) {
    const rows: Row[] = p.months.map((m, i) => ({ month: m, values: p.series.map((s) => s.values[i] ?? null) }));
    const columns: Column<Row>[] = [
        { key: 'month', head: t('fan.month'), value: (r) => r.month, cell: (r) => month(r.month) },
        ...p.series.map((s, k) => ({
            key: `s${k}`, head: s.name, number: true, value: (r: Row) => r.values[k], cell: (r: Row) => num(r.values[k], p.digits ?? 0),
        })),
    ];
    return (
        <Figure title={p.title} note={p.note} rows={rows} columns={columns} rowKey={(r) => r.month} save={p.save}
            entries={p.series.map((s, k) => ({ mark: k % 2 ? 'dash' : 'line', text: s.name }))}>
            {(width) => <Drawing p={p} width={width} />}
        </Figure>
    );
}
