/** Stances by target: counts and bar of each, and the way to narrow the list beside them to one target. */

import { count, named, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { BarLegend, Counts, DivergingBar, mostOf } from "./stance";
import { size, type Tally } from "./tally";

const WORDS = words(
  { target: "Target", counts: "Against, neutral, favor", all: "All", held: "held out" },
  { target: "القضية", counts: "معارض، محايد، مؤيد", all: "الكل", held: "محجوبة" },
);

export function TargetTable({
  tallies,
  caption,
  chosen,
  href,
}: {
  /** In the order of `site.targets`. */
  tallies: readonly Tally[];
  caption: string;
  chosen: string | null;
  /** The address with a target chosen, or with none. */
  href: (target: string | null) => string;
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const rows = tallies
    .map((tally, at) => ({ tally, target: site().targets[at]!, all: size(tally) }))
    .filter((row) => row.all)
    .sort((one, other) => other.all - one.all);
  const most = mostOf(tallies);
  return (
    <>
      <table class="data target-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{w.target}</th>
            <th scope="col">{w.counts}</th>
            <th scope="col" class="figure">
              {w.all}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ tally, target, all }) => {
            const now = chosen === target.name;
            return (
              <tr key={target.name} data-chosen={now || undefined}>
                <th scope="row">
                  <a href={href(now ? null : target.name)} aria-current={now ? "true" : undefined}>
                    {named(language, target)}
                  </a>
                  {target.held_out && <span class="held-out">{w.held}</span>}
                </th>
                <td class="bar-cell">
                  <DivergingBar tally={tally} most={most} />
                  <Counts tally={tally} />
                </td>
                <td class="figure">{count(all)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <BarLegend />
    </>
  );
}
