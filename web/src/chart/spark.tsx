/* A line the size of a word, for a row of a table: what was, and where it is expected to go. Invariant: it stands beside
 * figures, so it is hidden from screen readers unless it is given a label; unknown months are gaps. */
import { band, logged, path } from './scale';

export interface SparkProps {
    values: (number | null)[];
    /** Expected months behind them: [5 %, median, 95 %]. */
    ahead?: [number, number, number][];
    width?: number;
    height?: number;
    label?: string;
    /** Highest value of the scale, when several sparks are to be compared. */
    top?: number;
}

export function Spark({ values, ahead = [], width = 84, height = 20, label, top }: SparkProps) {
    const n = values.length + ahead.length;
    if (!n) return null;
    const most = top ?? Math.max(1, ...values.map((v) => v ?? 0), ...ahead.map((a) => a[2]));
    const y = logged(most, height - 1.5, 1.5);
    const x = (i: number) => 1 + (i / Math.max(1, n - 1)) * (width - 2);
    const before = values.map((_, i) => x(i));
    const behind = ahead.map((_, i) => x(values.length + i));
    return (
        <svg class="spark" width={width} height={height} direction="ltr" role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : 'true'}>
            {ahead.length > 0 && <path class="band90" d={band(behind, ahead.map((a) => y(a[0])), ahead.map((a) => y(a[2])))} />}
            <path class="recorded" d={path(before, values.map((v) => (v == null ? null : y(v))))} />
            {ahead.length > 0 && <path class="median" d={path(behind, ahead.map((a) => y(a[1])))} />}
        </svg>
    );
}
