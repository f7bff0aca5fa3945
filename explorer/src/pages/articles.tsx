/** The list of articles, with filters and full-text search. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { count, useLanguage, useWords } from "../language";
import { FACETS, Facets, type Choice, type FacetName } from "../articles/facets";
import { Chosen, Filters } from "../articles/filters";
import { Item } from "../articles/item";
import { order, rowOf, SORTS } from "../articles/order";
import { searcher, type Hit, type Searcher } from "../articles/search";
import { WORDS } from "../articles/words";
import { articles, site, useData } from "../load";
import { Heading } from "../parts/heading";
import { Icon } from "../parts/icon";
import { Download } from "../parts/take";
import { go, href, type Query, type Route } from "../route";
import { terms } from "../spelling";

const PAGE = 20;

export function ArticlesPage({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const known = articles();
  const [typed, type] = useState(route.query.get("q") ?? "");
  const [asksEntities, askEntities] = useState(route.query.has("entity"));
  const entities = useData(asksEntities || route.query.has("entity") ? "entities" : null) ?? undefined;
  const texts = useTexts(typed);
  const asked = terms(typed);
  const hits = useMemo<Hit[] | null>(
    () => (asked.length && texts ? texts.find(asked) : null),
    [asked.join("\n"), texts],
  );
  const facets = useMemo(() => new Facets(known, site(), entities), [entities]);
  const choice = useMemo(
    () => Object.fromEntries(FACETS.map((name) => [name, route.query.getAll(name)])) as unknown as Choice,
    [route.query.toString()],
  );
  const waiting = (asked.length > 0 && !texts) || (choice.entity.length > 0 && !entities);
  const among = useMemo(() => hits && new Set(hits.map((hit) => hit.article)), [hits]);
  const found = useMemo(() => facets.find(choice, among), [facets, choice, among]);
  const sort = SORTS.find((one) => one === route.query.get("sort")) ?? (asked.length ? "hits" : "newest");
  const sorted = useMemo(() => order(found.articles, sort, hits), [found, sort, hits]);
  const key = `${route.query.toString()} ${typed}`;
  const [more, setMore] = useState({ key, pages: 1 });
  const pages = more.key === key ? more.pages : 1;
  const shown = sorted.slice(0, pages * PAGE);

  const query = (change: Query): string =>
    href(language, "articles", "", { ...choice, q: typed, sort: route.query.get("sort"), ...change });
  const set = (change: Query) => go(query(change), true);
  const toggle = (name: FacetName, value: string) =>
    set({
      [name]: choice[name].includes(value)
        ? choice[name].filter((one) => one !== value)
        : [...choice[name], value],
    });
  useTyping(typed, route.query.get("q") ?? "", type, (q) => set({ q }));
  const timed = useTiming(typed, hits);

  return (
    <div class="articles">
      <Heading title={w.title} />
      <search class="query">
        <label>
          <span class="hidden-text">{w.search}</span>
          <Icon name="search" />
          <input
            type="search"
            dir="auto"
            placeholder={w.search}
            value={typed}
            aria-describedby="search-hint"
            onFocus={() => void searcher()}
            onInput={(event) => {
              timed();
              type(event.currentTarget.value);
            }}
          />
        </label>
        <p id="search-hint" class="soft">
          {w.hint}
        </p>
      </search>
      <Filters
        found={found.values}
        toggle={toggle}
        askEntities={() => askEntities(true)}
        entitiesReady={!!entities}
      />
      <section class="results" aria-label={w.title}>
        <div class="toolbar">
          <p role="status">
            {waiting ? (
              w.loading
            ) : (
              <>
                {w.found}: <strong class="number">{count(sorted.length)}</strong> {w.of}{" "}
                <span class="number">{count(known.id.length)}</span>
              </>
            )}
          </p>
          <label class="field-inline">
            {w.sort}
            <select value={sort} onChange={(event) => set({ sort: event.currentTarget.value })}>
              {SORTS.filter((one) => one !== "hits" || asked.length).map((one) => (
                <option key={one} value={one}>
                  {w.sorts[one]}
                </option>
              ))}
            </select>
          </label>
          <Download name="marsad-articles" rows={() => sorted.map(rowOf)} />
        </div>
        <Chosen
          choice={choice}
          toggle={toggle}
          clear={() => set(Object.fromEntries(FACETS.map((name) => [name, null])))}
        />
        {!waiting && (
          <ol class="list">
            {shown.map((at) => (
              <Item
                key={known.id[at]}
                at={at}
                asked={asked}
                typed={typed}
                texts={texts}
                entities={choice.entity}
              />
            ))}
          </ol>
        )}
        {!waiting && !sorted.length && <p>{w.none}</p>}
        {shown.length < sorted.length && (
          <button type="button" class="button" onClick={() => setMore({ key, pages: pages + 1 })}>
            {w.more} (<span class="number">{count(sorted.length - shown.length)}</span>)
          </button>
        )}
      </section>
    </div>
  );
}

/** The texts, once something is searched for. */
function useTexts(typed: string): Searcher | null {
  const [texts, set] = useState<Searcher | null>(null);
  const wanted = typed.trim() !== "";
  useEffect(() => {
    if (wanted && !texts) searcher().then(set);
  }, [wanted]);
  return texts;
}

/** Writes what is typed into the address when the typing rests, and takes over what the address says when it changes. */
function useTyping(
  typed: string,
  written: string,
  type: (text: string) => void,
  write: (text: string) => void,
): void {
  const last = useRef(written);
  useEffect(() => {
    if (written !== last.current) {
      last.current = written;
      type(written);
    }
  }, [written]);
  useEffect(() => {
    if (typed === last.current) return;
    const timer = setTimeout(() => {
      last.current = typed;
      write(typed);
    }, 300);
    return () => clearTimeout(timer);
  });
}

/** Measures the time from a letter typed to the rows it leads to, as entries `search` of the browser's performance. */
function useTiming(typed: string, hits: unknown): () => void {
  const began = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (began.current === null || hits === null) return;
    performance.measure("search", { start: began.current, end: performance.now(), detail: typed });
    began.current = null;
  }, [typed, hits]);
  return () => {
    began.current = performance.now();
  };
}
