/** The raw lines, one under the other: what the line is, its text with marks, and beside it what its passages say. */

import { useMemo } from "preact/hooks";

import { named, useLanguage, useWords } from "../language";
import { site } from "../load";
import type { Shelf } from "./shelf";
import { occurrences, terms } from "../spelling";
import { difference } from "./differences";
import { MarkedLine } from "./line";
import { evidenceOf, PassageNotes, passagesOf, SIGNS } from "./passage";
import { writePlace } from "./place";
import { WORDS } from "./words";

export function Body({ shelf, hits, lit }: { shelf: Shelf; hits: string; lit: string | null }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { article, text, overlay, shown } = shelf;
  const passages = useMemo(() => passagesOf(article, overlay), [article, overlay]);
  const found = useMemo(() => {
    const asked = terms(hits);
    if (!asked.length) return [];
    return occurrences(article.raw, asked).map(([start, end]) => ({
      start: text.points(start),
      end: text.points(end),
    }));
  }, [article, hits]);
  return (
    <section aria-label={w.text}>
      <details class="legend">
        <summary>{w.legend}</summary>
        <p>{w.level}</p>
        {shelf.compare && (
          <ul class="chips">
            {(["here", "there", "other"] as const).map((state) => (
              <li key={state} class="chip" data-state={state}>
                {SIGNS[state]} {w.states[state]}
              </li>
            ))}
          </ul>
        )}
        <dl class="types">
          {site().layers.ner.map((type) => (
            <div key={type.name}>
              <dt>
                <span class="tag" dir="ltr" data-type={type.name}>
                  {type.name}
                </span>
              </dt>
              <dd>{language === "ar" ? type.name_ar : type.meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
      <ol class="lines">
        {article.lines.map(([number, start, end], at) => {
          const mark = overlay.lines[at]!;
          const label = site().layers.structure[mark.label];
          const inside = passages.filter((one) => one.start >= start && one.end <= end);
          const entities = shown.has("ner")
            ? overlay.entities.filter((one) => one.start >= start && one.end <= end)
            : [];
          const evidence = shown.has("stance") ? evidenceOf(inside) : [];
          return (
            <li
              key={number}
              value={number}
              class={`line${shown.has("structure") ? "" : " unlabelled"}`}
              data-label={label?.name}
              {...difference(mark.other !== null && shown.has("structure"))}
            >
              <div class="gutter">
                <span class="line-number" title={`${w.line} ${number}`}>
                  {number}
                </span>
                {shown.has("structure") && <Structure label={mark.label} other={mark.other} />}
              </div>
              <p
                class="text"
                lang="ar"
                dir="rtl"
                onClick={(event) => {
                  const marked = (event.target as HTMLElement).closest<HTMLElement>("[data-span]");
                  if (!marked || !getSelection()?.isCollapsed) return;
                  const [from, to] = marked.dataset["span"]!.split("-").map(Number);
                  shelf.select({ kind: "span", start: from!, end: to! });
                }}
              >
                <MarkedLine
                  text={text}
                  line={{ start, end }}
                  entities={entities}
                  evidence={evidence}
                  hits={found.filter((hit) => hit.start < end && hit.end > start)}
                  cuts={inside.slice(1).map((one) => one.start)}
                  place={shelf.place}
                  lit={lit}
                  select={shelf.select}
                  linkTo={(place) => shelf.query({ at: writePlace(place) })}
                />
              </p>
              {(shown.has("topic") || shown.has("stance")) && inside.length > 0 && (
                <div class="margin">
                  {inside.map((one) => (
                    <PassageNotes key={`${one.start}-${one.end}`} passage={one} shelf={shelf} />
                  ))}
                </div>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Structure({ label, other }: { label: number; other: number | null }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const known = site().layers.structure;
  return (
    <span class="structure" data-label={known[label]?.name} data-state={other === null ? undefined : "other"}>
      {named(language, known[label])}
      {other !== null && (
        <small>
          {SIGNS.other} {named(language, known[other])} <span class="hidden-text">({w.states["other"]})</span>
        </small>
      )}
    </span>
  );
}
