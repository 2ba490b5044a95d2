/* Drawings the size of a table cell. Invariant: the figure is always written beside them. */

/** A share 0..1 as a bar. */
export function Meter({ share, width = 90 }: { share: number | null | undefined; width?: number }) {
    const filled = Math.max(0, Math.min(1, share ?? 0)) * width;
    return (
        <svg class="meter share" width={width} height="10" aria-hidden="true" direction="ltr">
            <rect class="meter-room" width={width} height="10" rx="2" />
            {share != null && <rect class="meter-full" width={filled} height="10" rx="2" />}
        </svg>
    );
}

/** A figure that pulls to one side or the other of a middle line. */
export function Pull({ value, most, width = 120 }: { value: number; most: number; width?: number }) {
    const half = width / 2;
    const long = (Math.min(Math.abs(value), most) / Math.max(most, 1e-9)) * half;
    return (
        <svg class="meter share" width={width} height="10" aria-hidden="true" direction="ltr">
            <rect class={value > 0 ? 'pull-up' : 'pull-down'} x={value > 0 ? half : half - long} width={long} height="10" />
            <line class="pull-middle" x1={half} x2={half} y1="0" y2="10" />
        </svg>
    );
}

/** An interval on a common scale: 90 % thin, 50 % wide, the median as a mark. Square root, so that small ones are seen. */
export function Interval({ q, most, width = 130 }: { q: [number, number, number, number, number]; most: number; width?: number }) {
    const x = (v: number) => (Math.sqrt(Math.max(0, v)) / Math.sqrt(Math.max(1, most))) * (width - 2) + 1;
    return (
        <svg class="meter" width={width} height="14" aria-hidden="true" direction="ltr">
            <rect class="meter-room" y="5" width={width} height="4" />
            <rect class="band90" x={x(q[0])} y="4" width={Math.max(1, x(q[4]) - x(q[0]))} height="6" />
            <rect class="band50" x={x(q[1])} y="2" width={Math.max(1, x(q[3]) - x(q[1]))} height="10" />
            <line class="median" x1={x(q[2])} x2={x(q[2])} y1="0" y2="14" />
        </svg>
    );
}
