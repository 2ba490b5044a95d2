/* Axes of a drawing over months. Invariant: time runs to the right in every language; only words are translated. */
import { short, month as monthWords } from '../i18n/i18n';
import type { Scale } from './scale';

export const PAD = { left: 46, right: 10, top: 8, bottom: 22 };

/** Marks of the values: thin lines across, figures at the left. */
export function ValueAxis({ y, width }: { y: Scale; width: number }) {
    return (
        <g class="axis" aria-hidden="true">
            {y.ticks.map((v) => (
                <g key={v}>
                    <line class="grid" x1={PAD.left} x2={width - PAD.right} y1={y(v)} y2={y(v)} />
                    <text x={PAD.left - 6} y={y(v) + 4} text-anchor="end">{short(v)}</text>
                </g>
            ))}
        </g>
    );
}

/** Years, or months where there are few; as many as there is room for. */
export function MonthAxis({ months, x, height, width }: { months: string[]; x: (i: number) => number; height: number; width: number }) {
    const few = months.length <= 18;
    const marks = months.map((m, i) => ({ m, i })).filter(({ m }) => few || m.endsWith('-01'));
    const room = Math.max(1, Math.floor(width / (few ? 74 : 46)));
    const every = Math.ceil(marks.length / room);
    return (
        <g class="axis" aria-hidden="true">
            {marks.map(({ m, i }, k) => (
                <g key={m}>
                    <line class="tick" x1={x(i)} x2={x(i)} y1={height - PAD.bottom} y2={height - PAD.bottom + 4} />
                    {k % every === 0 && <text x={x(i)} y={height - 5} text-anchor="middle">{few ? monthWords(m) : m.slice(0, 4)}</text>}
                </g>
            ))}
        </g>
    );
}
