/* What colours, hatching and shapes on the map mean. */
import { dark } from '../../app/settings';
import { num, pct, t } from '../../i18n/i18n';
import { DEATHS_BREAKS, PROBABILITY_BREAKS, STEPS, TYPE_COLOURS, TYPE_NAMES, TYPE_SHAPES } from '../../map/palette';

function Shape({ type }: { type: number }) {
    const colour = TYPE_COLOURS[dark.value ? 'dark' : 'light'][type]!;
    const shape = TYPE_SHAPES[type];
    return (
        <svg width="12" height="12" aria-hidden="true">
            {shape === 'circle' ? <circle cx="6" cy="6" r="4.5" fill={colour} />
                : shape === 'square' ? <rect x="2" y="2" width="8" height="8" fill={colour} />
                    : shape === 'triangle' ? <path d="M6 1L11 10H1Z" fill={colour} />
                        : <path d="M2 2L10 10M10 2L2 10" stroke={colour} stroke-width="2" />}
        </svg>
    );
}

export function Legend({ title, probability, points }: { title: string; probability: boolean; points: boolean }) {
    const steps = STEPS[dark.value ? 'dark' : 'light'];
    const breaks = probability ? PROBABILITY_BREAKS : DEATHS_BREAKS;
    const write = (v: number) => (probability ? pct(v) : num(v));
    const range = (i: number) => (i === 0 ? `< ${write(breaks[0]!)}` : i === breaks.length ? `≥ ${write(breaks[i - 1]!)}` : `${write(breaks[i - 1]!)}–${write(breaks[i]!)}`);
    return (
        <div class="legend">
            <p>{title}</p>
            <ul>
                {steps.map((colour, i) => <li key={colour}><span class="swatch" style={{ background: colour }} /><bdi>{range(i)}</bdi></li>)}
                <li><span class="swatch unknown" />{t('legend.unknown')}</li>
            </ul>
            {points && <ul>{[1, 2, 3].map((type) => <li key={type}><Shape type={type} />{t(`type.${TYPE_NAMES[type]!}`)}</li>)}<li class="note">{t('legend.size')}</li></ul>}
        </div>
    );
}
