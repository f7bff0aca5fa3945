/** How a stance is drawn: a word or a sign with every colour; against on one side of a line, favor on the other. */

import { count, named, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { SIGNS } from "../parts/stance-label";
import { sides, type Tally } from "./tally";

const WORDS = words(
  {
    toward: "toward",
    favor: "favor, after the line",
    against: "against, before the line",
    neutral: "neutral, below it",
    legend: "How to read the bars",
  },
  {
    toward: "من",
    favor: "مؤيد، بعد الخط",
    against: "معارض، قبل الخط",
    neutral: "محايد، تحته",
    legend: "كيف تُقرأ الأشرطة",
  },
);

/** An arrow from a holder to a target, said as a word. */
export function Toward() {
  const w = useWords(WORDS);
  return (
    <span class="toward">
      <span class="hidden-text">{` ${w.toward} `}</span>
    </span>
  );
}

/** The counts of a tally, each with its sign to see and its label to hear; those of nothing are left out. */
export function Counts({ tally }: { tally: Tally }) {
  const language = useLanguage();
  const { against, neutral, favor } = sides();
  return (
    <span class="stance-counts">
      {[against, neutral, favor].map((label) => {
        const one = site().layers.stance[label]!;
        return (
          <span key={label} class="stance-count" data-label={one.name}>
            {tally[label] ? (
              <>
                <span aria-hidden="true">{SIGNS[one.name]}</span>
                <span class="hidden-text">{` ${named(language, one)} `}</span>
                {count(tally[label]!)}
              </>
            ) : null}
          </span>
        );
      })}
    </span>
  );
}

/** A bar from a line in the middle to both sides; `most` is the count that reaches an end. Its numbers stand beside it. */
export function DivergingBar({ tally, most }: { tally: Tally; most: number }) {
  const { against, neutral, favor } = sides();
  const share = (label: number) => ({ "--share": String(most ? tally[label]! / most : 0) });
  return (
    <span class="diverging" aria-hidden="true">
      {tally[against] ? <i data-label="against" style={share(against)} /> : null}
      {tally[favor] ? <i data-label="favor" style={share(favor)} /> : null}
      {tally[neutral] ? <i data-label="neutral" style={share(neutral)} /> : null}
    </span>
  );
}

/** The count that reaches the end of a bar, of those that are drawn to one scale. */
export function mostOf(tallies: Iterable<Tally>): number {
  let most = 1;
  for (const tally of tallies) for (const value of tally) if (value > most) most = value;
  return most;
}

export function BarLegend() {
  const w = useWords(WORDS);
  return (
    <ul class="bar-legend" aria-label={w.legend}>
      {(["against", "neutral", "favor"] as const).map((name) => (
        <li key={name} class="stance-count" data-label={name}>
          <span aria-hidden="true">{SIGNS[name]}</span>
          {w[name]}
        </li>
      ))}
    </ul>
  );
}
