/** A passage: its topics and numbered stances in all readings shown, and how they stand beside it. */

import type { Article } from "../data";
import { Arabic, Code, named, readable, useLanguage, useLink, useWords } from "../language";
import { site } from "../load";
import type { Shelf } from "./shelf";
import { Shown } from "../parts/odd";
import { StanceLabel } from "../parts/stance-label";
import type { Overlay, StanceMark, State, TopicMark } from "./compare";
import { difference } from "./differences";
import type { Evidence } from "./line";
import type { Span } from "./pieces";
import { writePlace, type Place } from "./place";
import { WORDS } from "./words";

/** The signs of differences. */
export const SIGNS = { here: "+", there: "−", other: "≠", same: "=" } as const;

export interface Passage extends Span {
  /** `003.01` where gold has it, else null. */
  id: string | null;
  topics: TopicMark[];
  stances: { number: number; mark: StanceMark }[];
}

/** The passages of the shown reading, of the other one and of gold, each with its topics and numbered stances. */
export function passagesOf(article: Article, overlay: Overlay): Passage[] {
  const found = new Map<string, Passage>();
  const at = (start: number, end: number): Passage => {
    const key = `${start}-${end}`;
    const id = article.passages.find((one) => one[0] === start && one[1] === end)?.[2] ?? null;
    const passage = found.get(key) ?? { start, end, id, topics: [], stances: [] };
    found.set(key, passage);
    return passage;
  };
  for (const { start, end, topics } of overlay.topics.values()) at(start, end).topics = topics;
  overlay.stances.forEach((mark, index) => at(...mark.passage).stances.push({ number: index + 1, mark }));
  return [...found.values()].sort((one, two) => one.start - two.start || one.end - two.end);
}

export function evidenceOf(passages: Passage[]): Evidence[] {
  const found = new Map<string, Evidence>();
  for (const one of passages.flatMap((passage) => passage.stances)) {
    const { start, end } = one.mark;
    if (start < 0) continue;
    const key = `${start}-${end}`;
    const evidence = found.get(key) ?? { start, end, stances: [] };
    evidence.stances.push(one);
    found.set(key, evidence);
  }
  return [...found.values()];
}

function StateSign({ state }: { state: State }) {
  const w = useWords(WORDS);
  if (state === null || state === "same") return null;
  return (
    <span title={w.states[state]}>
      <span aria-hidden="true">{SIGNS[state]}</span>
      <span class="hidden-text">{w.states[state]}</span>
    </span>
  );
}

export function PassageNotes({ passage, shelf }: { passage: Passage; shelf: Shelf }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const { shown, place } = shelf;
  const chosen = place?.kind === "passage" && place.start === passage.start && place.end === passage.end;
  return (
    <section class={`passage${chosen ? " chosen" : ""}`} aria-label={`${w.passage} ${passage.id ?? ""}`}>
      {passage.id && (
        <a
          class="passage-id"
          dir="ltr"
          href={shelf.query({ at: passage.id })}
          title={w.passage}
          onClick={(event) =>
            choose(event, () =>
              shelf.select({ kind: "passage", id: passage.id!, start: passage.start, end: passage.end }),
            )
          }
        >
          {passage.id}
        </a>
      )}
      {shown.has("topic") && (
        <ul class="chips">
          {passage.topics.map(({ topic, state }) => (
            <li key={topic} {...difference(state !== null && state !== "same")}>
              <a
                class="chip"
                data-state={state ?? undefined}
                href={link("articles", "", { topic: site().layers.topic[topic]!.name })}
              >
                <StateSign state={state} />
                {named(language, site().layers.topic[topic])}
              </a>
            </li>
          ))}
        </ul>
      )}
      {shown.has("stance") && passage.stances.length > 0 && (
        <ul class="stances">
          {passage.stances.map(({ number, mark }) => (
            <StanceNote
              key={`${mark.holder}|${mark.target}|${mark.state}`}
              number={number}
              mark={mark}
              passage={passage}
              shelf={shelf}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function StanceNote({
  number,
  mark,
  passage,
  shelf,
}: {
  number: number;
  mark: StanceMark;
  passage: Passage;
  shelf: Shelf;
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const target = site().targets[mark.target];
  const { place } = shelf;
  const chosen =
    place?.kind === "stance" &&
    place.start === mark.passage[0] &&
    place.holder === mark.holder &&
    place.target === target?.name;
  const to: Place | null = passage.id
    ? {
        kind: "stance",
        id: passage.id,
        start: passage.start,
        end: passage.end,
        holder: mark.holder,
        target: target!.name,
      }
    : null;
  const words = (
    <>
      <span class="note-number" aria-hidden="true">
        {number}
      </span>
      <span class="holder">
        <HolderName id={mark.holder} article={shelf.article} />
      </span>
      <span class="arrow" aria-label={w.toward}>
        {language === "ar" ? "←" : "→"}
      </span>
      <span class="target">{named(language, target)}</span>
    </>
  );
  return (
    <li
      class={chosen ? "chosen" : ""}
      data-state={mark.state ?? undefined}
      {...difference(mark.state !== null && mark.state !== "same")}
    >
      <StateSign state={mark.state} />
      {to ? (
        <a
          class="stance"
          href={shelf.query({ at: writePlace(to) })}
          onClick={(event) => choose(event, () => shelf.select(to))}
        >
          {words}
        </a>
      ) : (
        <span class="stance">{words}</span>
      )}
      <StanceLabel label={mark.label} />
      {mark.otherLabel !== null && (
        <small>
          {SIGNS.other} <StanceLabel label={mark.otherLabel} />
        </small>
      )}
      {mark.otherEvidence && <small class="soft">{w.otherEvidence}</small>}
    </li>
  );
}

export function HolderName({ id, article }: { id: string; article: Article }) {
  const language = useLanguage();
  const names = article.names[id];
  if (!names) return <Code>{readable(id)}</Code>;
  return language === "ar" ? (
    <Arabic>
      <Shown text={names[1]} />
    </Arabic>
  ) : (
    <bdi>
      <Shown text={names[0]} />
    </bdi>
  );
}

/** Follows a link in place, unless it is to be opened elsewhere. */
export function choose(event: MouseEvent, act: () => void): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  act();
}
