/** An article in the list. */

import { Arabic, Code, day, named, useLanguage, useLink, useWords } from "../language";
import { articles, load, site } from "../load";
import { valueName } from "../names";
import { quiet, Shown } from "../parts/odd";
import { snippet, type Searcher } from "./search";
import { WORDS } from "./words";

export function Item({
  at,
  asked,
  typed,
  texts,
  entities,
}: {
  at: number;
  asked: readonly string[];
  typed: string;
  texts: Searcher | null;
  entities: readonly string[];
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const known = articles();
  const id = known.id[at]!;
  const found = asked.length && texts ? snippet(texts.raw(at), asked) : null;
  const published = known.published[at];
  const outlet = known.values.outlet[known.outlet[at]!];
  return (
    <li>
      <h2 lang="ar" dir="rtl">
        <a
          href={link("article", id, { q: typed.trim(), entity: entities[0] ?? null })}
          onPointerEnter={() => void load(`article/${id}`).catch(() => undefined)}
        >
          {quiet(known.headline[at]!) || id}
        </a>
      </h2>
      {found && found.text && (
        <Arabic as="p" class="snippet">
          <Marked {...found} />
        </Arabic>
      )}
      <p class="meta">
        <span>{published ? <time dateTime={published}>{day(language, published)}</time> : w.undated}</span>
        <span>{outlet === undefined ? w.notShown : <bdi>{valueName(language, outlet)}</bdi>}</span>
        <span>{valueName(language, known.values.genre[known.genre[at]!]!)}</span>
        <span>{valueName(language, known.values.tier[known.tier[at]!]!)}</span>
        <span>{valueName(language, known.values.split[known.split[at]!]!)}</span>
        <Code>{id}</Code>
      </p>
      <ul class="chips" aria-label={w.facets.topic}>
        {known.topics[at]!.map((topic) => (
          <li key={topic} class="chip">
            {named(language, site().layers.topic[topic])}
          </li>
        ))}
      </ul>
    </li>
  );
}

/** A text with its hits marked. */
function Marked({ text, hits }: { text: string; hits: [number, number][] }) {
  const pieces: preact.JSX.Element[] = [];
  let last = 0;
  for (const [start, end] of hits) {
    if (start < last) continue;
    pieces.push(
      <span key={start}>
        <Shown text={text.slice(last, start)} />
        <mark>
          <Shown text={text.slice(start, end)} />
        </mark>
      </span>,
    );
    last = end;
  }
  return (
    <>
      … {pieces}
      <Shown text={text.slice(last)} /> …
    </>
  );
}
