/* How sure a breach is, drawn: never by colour alone. A violation is a full square, a probable one a full circle, a
 * possible one a ring, anything else a dot; what a person verified has a second outline, what was rejected a cross. */
import { word } from './data';

export function Mark({ level, verification, size = 5 }: { level: string; verification: string; size?: number }) {
    const cross = size * 1.3;
    return (
        <g class={`incident incident-${level}`}>
            {level === 'violation' ? <rect x={-size} y={-size} width={2 * size} height={2 * size} />
                : <circle r={level === 'none' ? size * 0.5 : size} />}
            {verification === 'verified' && <circle class="verified" r={size * 1.8} />}
            {verification === 'rejected' && <path class="rejected" d={`M${-cross} ${-cross}L${cross} ${cross}M${-cross} ${cross}L${cross} ${-cross}`} />}
        </g>
    );
}

/** The mark beside its word, for lists and keys. */
export function Level({ level, verification = 'reported' }: { level: string; verification?: string }) {
    return (
        <span class="nowrap">
            <svg class="level-mark" width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true"><Mark level={level} verification={verification} size={4.5} /></svg>
            {word('level', level)}
        </span>
    );
}
