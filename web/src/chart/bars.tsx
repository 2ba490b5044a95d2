/* Figures side by side, with the figure written at each bar. Invariant: the bar begins at zero; not known has no bar and
 * says so. */
import { num, NOT_KNOWN, t } from '../i18n/i18n';
import type { Column } from '../table/table';
import { Figure } from './figure';
import { linear } from './scale';

export interface Bar { name: string; value: number | null; note?: string }
export interface BarsProps { title: string; note?: string; bars: Bar[]; text?: (v: number) => string; head?: string; save?: string }

const ROW = 24;

export function Bars(p: BarsProps) {
    const text = p.text ?? ((v: number) => num(v));
    const columns: Column<Bar>[] = [
        { key: 'name', head: p.head ?? t('bars.what'), value: (b) => b.name },
        { key: 'value', head: t('bars.value'), number: true, value: (b) => b.value, cell: (b) => (b.value == null ? NOT_KNOWN : text(b.value)) },
    ];
    const top = Math.max(1e-9, ...p.bars.map((b) => Math.abs(b.value ?? 0)));
    return (
        <Figure title={p.title} note={p.note} rows={p.bars} columns={columns} rowKey={(b) => b.name} save={p.save}>
            {(width) => {
                const label = Math.min(220, width * 0.4);
                const x = linear(0, top, label, width - 64);
                return (
                    <svg width={width} height={p.bars.length * ROW} role="img" aria-label={p.title} direction="ltr">
                        {p.bars.map((b, i) => (
                            <g key={b.name} transform={`translate(0 ${i * ROW})`}>
                                <text class="label" x={label - 8} y={16} text-anchor="end">{b.name}</text>
                                {b.value != null && <rect class="bar" x={label} y={4} height={ROW - 8} width={Math.max(1, x(Math.abs(b.value)) - label)} />}
                                <text x={b.value == null ? label + 4 : x(Math.abs(b.value)) + 6} y={16}>{b.value == null ? NOT_KNOWN : text(b.value)}</text>
                                {b.note && <title>{b.note}</title>}
                            </g>
                        ))}
                    </svg>
                );
            }}
        </Figure>
    );
}
