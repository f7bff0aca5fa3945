/** Stances one by one: the evidence, who toward what, and the way to the passage. */

import { useEffect, useState } from "preact/hooks";

import type { Stances } from "../data";
import { Arabic, day, named, useLanguage, useLink, useWords, words } from "../language";
import { articles, site } from "../load";
import { valueName } from "../names";
import { Name } from "../parts/name";
import { quiet, Shown } from "../parts/odd";
import { Toward } from "./stance";
import { StanceLabel } from "../parts/stance-label";
import type { Row } from "../parts/take";
import { More } from "../parts/more";

const WORDS = words(
  {
    undated: "undated",
    evidence: "Evidence",
    none: "No stance here under this filter.",
  },
  {
    undated: "بلا تاريخ",
    evidence: "الشاهد",
    none: "لا مواقف هنا بهذه التصفية.",
  },
);
const STEP = 20;

/** A list of stances, `rows` being places in the columns. */
export function StanceList({
  stances,
  rows,
  holders = true,
  first = STEP,
}: {
  stances: Stances;
  rows: readonly number[];
  /** Whether each says whose it is. */
  holders?: boolean;
  first?: number;
}) {
  const w = useWords(WORDS);
  const [drawn, draw] = useState(first);
  useEffect(() => draw(first), [rows, first]);
  if (!rows.length) return <p class="soft">{w.none}</p>;
  return (
    <>
      <ol class="stance-list">
        {rows.slice(0, drawn).map((row) => (
          <Stance key={row} stances={stances} row={row} holder={holders} />
        ))}
      </ol>
      {drawn < rows.length && (
        <p>
          <More left={rows.length - drawn} draw={() => draw(drawn + STEP * 2)} />
        </p>
      )}
    </>
  );
}

function Stance({ stances, row, holder }: { stances: Stances; row: number; holder: boolean }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const listed = articles();
  const article = stances.article[row]!;
  const by = stances.holders[stances.holder[row]!]!;
  const target = site().targets[stances.target[row]!]!;
  const published = listed.published[article];
  const outlet = listed.values.outlet[listed.outlet[article]!];
  const at = [stances.passage[row], by.id, target.name].join("|");
  return (
    <li>
      <p class="stance-of">
        <StanceLabel label={stances.label[row]!} />
        {holder && (
          <>
            <strong>
              <Name of={by} />
            </strong>
            <Toward />
          </>
        )}
        <bdi>{named(language, target)}</bdi>
      </p>
      <blockquote lang="ar" dir="rtl" aria-label={w.evidence}>
        «<Shown text={stances.evidence[row]!} />»
      </blockquote>
      <p class="meta">
        <a href={link("article", listed.id[article]!, { at })}>
          <Arabic>{quiet(listed.headline[article]!) || listed.id[article]}</Arabic>
        </a>
        <span>{published ? day(language, published) : w.undated}</span>
        {outlet !== undefined && <bdi>{quiet(valueName(language, outlet))}</bdi>}
      </p>
    </li>
  );
}

/** A stance as a row to take along. */
export function stanceRow(stances: Stances, row: number): Row {
  const listed = articles();
  const article = stances.article[row]!;
  const id = listed.id[article]!;
  return {
    passage_id: `${id}:${stances.passage[row]}`,
    article_id: id,
    tier: listed.values.tier[listed.tier[article]!],
    split: listed.values.split[listed.split[article]!],
    event: listed.values.event[listed.event[article]!],
    published: listed.published[article],
    holder: stances.holders[stances.holder[row]!]!.id,
    target: site().targets[stances.target[row]!]!.name,
    label: site().layers.stance[stances.label[row]!]!.name,
    start: stances.start[row],
    end: stances.end[row],
    evidence: stances.evidence[row],
  };
}
