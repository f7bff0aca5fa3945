/** What is chosen on the page, followed to its bytes, to what each reading says of it, and to the catalogue. */

import { useEffect, useRef } from "preact/hooks";

import type { Reading } from "../data";
import { byArticle } from "../entity/mentions";
import { Arabic, Code, count, Digits, named, useLanguage, useLink, useWords } from "../language";
import { site, useData } from "../load";
import { readingName } from "../names";
import type { Shelf } from "./shelf";
import { Icon } from "../parts/icon";
import { Shown } from "../parts/odd";
import { StanceLabel } from "../parts/stance-label";
import { Copy } from "../parts/take";
import { HolderName } from "./passage";
import { cite } from "./cite";
import type { Place } from "./place";
import { WORDS } from "./words";

export function Inspector({ shelf }: { shelf: Shelf }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { article, text, place } = shelf;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // A page opened at a place keeps its focus at the top; whoever chooses comes to the panel.
    if (shelf.byHand) panel.current?.focus({ preventScroll: true });
  }, [place?.start, place?.end]);
  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === "Escape" && shelf.select(null);
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  });
  if (!place) return null;
  const shown = place.kind === "stance" ? evidenceOf(shelf, place) : place;
  const line = article.lines.find(([, start, end]) => start <= shown.start && shown.end <= end)?.[0];
  return (
    <section class="inspector card" ref={panel} tabIndex={-1} aria-label={w.chosen}>
      <button
        type="button"
        class="button plain close"
        aria-label={w.close}
        onClick={() => shelf.select(null)}
      >
        <Icon name="close" />
      </button>
      <blockquote lang="ar" dir="rtl" tabIndex={0}>
        <Shown text={text.slice(shown.start, shown.end)} />
      </blockquote>
      <p class="meta">
        {place.kind !== "span" && (
          <span>
            {w.passage} <Code>{`${article.id}:${place.id}`}</Code>
          </span>
        )}
        {line !== undefined && (
          <span>
            {w.line} <Digits>{line}</Digits>
          </span>
        )}
        <span>
          {w.characters} <Digits>{`${shown.start}:${shown.end}`}</Digits>
        </span>
        <span>
          {w.bytes} <Digits>{`${text.bytes(shown.start)}:${text.bytes(shown.end)}`}</Digits>
        </span>
      </p>
      {place.kind === "span" && <Cards shelf={shelf} place={place} />}
      {place.kind === "stance" && (
        <p class="sentence">
          <HolderName id={place.holder} article={article} /> {language === "ar" ? "←" : "→"}{" "}
          {named(
            language,
            site().targets.find((one) => one.name === place.target),
          )}
          {site().targets.find((one) => one.name === place.target)?.held_out && (
            <span class="soft"> ({w.heldOut})</span>
          )}
        </p>
      )}
      <Readings shelf={shelf} place={place} />
      <div class="actions">
        <Copy label={w.cite} text={() => cite(article, text, place, language)} />
        <Copy label={w.link} icon="link" text={() => location.href} />
      </div>
    </section>
  );
}

/** The evidence of a stance in the shown overlay; its passage where it has none. */
function evidenceOf(shelf: Shelf, place: Extract<Place, { kind: "stance" }>): { start: number; end: number } {
  const target = site().targets.findIndex((one) => one.name === place.target);
  const mark = shelf.overlay.stances.find(
    (one) => one.passage[0] === place.start && one.holder === place.holder && one.target === target,
  );
  return mark && mark.start >= 0 ? mark : place;
}

/** The catalogue's cards of the entities that have exactly this span. */
function Cards({ shelf, place }: { shelf: Shelf; place: Place }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const { article, overlay } = shelf;
  const found = overlay.entities.filter((one) => one.start === place.start && one.end === place.end);
  const ids = [...new Set(found.flatMap((one) => [one.entity, one.otherwise]).filter((id) => id !== null))];
  return (
    <>
      {ids.map((id) => {
        const names = article.names[id];
        const type = site().layers.ner[names?.[2] ?? -1];
        return (
          names && (
            <div class="entity-card" key={id}>
              <h2>
                <Arabic>
                  <Shown text={names[1]} />
                </Arabic>{" "}
                <bdi lang="en">
                  <Shown text={names[0]} />
                </bdi>
              </h2>
              <p class="meta">
                {type && (
                  <span>
                    {w.type} <Code>{type.name}</Code> {language === "ar" ? type.name_ar : type.meaning}
                  </span>
                )}
                <Code>{id}</Code>
              </p>
              <Mentions id={id} />
              {type ? (
                <p class="actions">
                  <a class="button" href={link("entity", id)}>
                    {w.page}
                  </a>
                </p>
              ) : (
                <p class="soft">{w.uncatalogued}</p>
              )}
            </div>
          )
        );
      })}
    </>
  );
}

/** How often an entity is mentioned, and by which names, once the catalogue is loaded. */
function Mentions({ id }: { id: string }) {
  const w = useWords(WORDS);
  const entities = useData("entities");
  const at = entities ? entities.id.indexOf(id) : -1;
  if (!entities || at < 0) return null;
  const places = entities.mentions[at]!;
  const forms = entities.forms[at]!;
  return (
    <p class="meta">
      <span>
        {w.mentions}: <Digits>{count(places.length / 4)}</Digits>
      </span>
      <span>
        {w.inArticles}: <Digits>{count(byArticle(places).length)}</Digits>
      </span>
      {forms.length > 0 && (
        <span>
          {w.written}:{" "}
          <Arabic>
            <Shown text={forms.slice(0, 6).join("، ")} />
            {forms.length > 6 && "…"}
          </Arabic>
        </span>
      )}
    </p>
  );
}

/** What gold, each judge and the shown baseline say of the place. */
function Readings({ shelf, place }: { shelf: Shelf; place: Place }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { article, predictions, reading } = shelf;
  const all: [string, Reading][] = Object.entries(article.readings);
  if (!(reading in article.readings)) all.push([reading, predictions[reading]!]);
  return (
    <table class="data">
      <caption>{w.readings}</caption>
      <tbody>
        {all.map(([name, said]) => (
          <tr key={name}>
            <th scope="row">
              <bdi>{readingName(language, name)}</bdi>
            </th>
            <td>
              <Says said={said} place={place} shelf={shelf} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Says({ said, place, shelf }: { said: Reading; place: Place; shelf: Shelf }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const { layers, targets } = site();
  const none = <span class="soft">{w.nothingHere}</span>;
  if (place.kind === "span") {
    const found = (said.ner ?? []).filter((row) => row[0] === place.start && row[1] === place.end);
    if (!found.length) return none;
    return (
      <>
        {found.map(([, , label, id]) => (
          <span key={label} class="said">
            <span class="tag" dir="ltr" data-type={layers.ner[label]?.name}>
              {layers.ner[label]?.name}
            </span>{" "}
            {id && <Code>{id}</Code>}
          </span>
        ))}
      </>
    );
  }
  if (place.kind === "passage") {
    const topics = (said.topic ?? []).find(([start, end]) => start === place.start && end === place.end)?.[2];
    if (!topics) return none;
    return (
      <>{topics.map((topic) => named(language, layers.topic[topic])).join(language === "ar" ? "، " : ", ")}</>
    );
  }
  const stance = (said.stance ?? []).find(
    (row) => row[0] === place.start && row[2] === place.holder && targets[row[3]]?.name === place.target,
  );
  if (!stance) return none;
  return (
    <>
      <StanceLabel label={stance[4]} />{" "}
      {stance[5] >= 0 && (
        <Arabic>
          «<Shown text={shelf.text.slice(stance[5], stance[6])} />»
        </Arabic>
      )}
    </>
  );
}
