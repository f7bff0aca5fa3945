/** An article: its raw lines with what gold, a judge or a baseline says of them. */

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { Body } from "../article/body";
import { Choices } from "../article/choices";
import { cite } from "../article/cite";
import { overlay } from "../article/compare";
import { Facts } from "../article/facts";
import { Inspector } from "../article/inspector";
import { measure } from "../article/offsets";
import { parsePlace, writePlace, type Place } from "../article/place";
import { annotationRows } from "../article/rows";
import { LAYERS, type Shelf } from "../article/shelf";
import { WORDS } from "../article/words";
import type { Article, Predictions, Reading } from "../data";
import { Code, day, useLanguage, useLink, useWords } from "../language";
import { articles, useData } from "../load";
import { valueName } from "../names";
import { Heading } from "../parts/heading";
import { quiet } from "../parts/odd";
import { Copy, Download } from "../parts/take";
import { Wait } from "../parts/wait";
import { changed, go, type Query, type Route } from "../route";

export function ArticlePage({ route }: { route: Route }) {
  const article = useData(`article/${route.id}`);
  const wanted = route.query.get("reading") ?? "gold";
  const other = route.query.get("compare");
  const baseline = article?.predicted.find((one) => one === wanted || one === other);
  const predictions = useData(baseline ? `predictions/${route.id}` : null);
  if (!article || (baseline && !predictions)) {
    return (
      <>
        <Heading title={route.id} />
        <Wait value={article && predictions !== null ? undefined : (article as null | undefined)} />
      </>
    );
  }
  return <View route={route} article={article} predictions={predictions ?? {}} />;
}

function View({ route, article, predictions }: { route: Route; article: Article; predictions: Predictions }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const text = useMemo(() => measure(article.raw), [article]);
  const named = (name: string | null): Reading | null =>
    name === null ? null : (article.readings[name] ?? predictions[name] ?? null);
  const asked = route.query.get("reading") ?? "gold";
  const reading = named(asked) ? asked : "gold";
  const against = route.query.get("compare") ?? (reading === "gold" ? "none" : "gold");
  const compare = against !== reading && named(against) ? against : null;
  const laid = useMemo(
    () => overlay(article, named(reading)!, named(compare)),
    [article, predictions, reading, compare],
  );
  const hidden = route.query.getAll("without");
  const place = parsePlace(article, route.query.get("at"));
  const query = (change: Query) => changed(route, change);
  const set = (change: Query) => go(query(change), true);
  const opener = useRef<string | null>(null);
  const byHand = useRef(false);
  const shelf: Shelf = {
    article,
    text,
    predictions,
    reading,
    compare,
    shown: new Set(LAYERS.filter((layer) => !hidden.includes(layer))),
    overlay: laid,
    place,
    byHand: byHand.current,
    query,
    set,
    select: (next) => {
      if (next) opener.current = writePlace(next);
      byHand.current = next !== null;
      set({ at: next ? writePlace(next) : null });
      if (!next) focusOn(opener.current);
    },
  };
  useFirstLook(place, route.query.get("entity"));
  const known = articles();
  const at = known.id.indexOf(article.id);
  const headline = at >= 0 ? quiet(known.headline[at]!) : "";
  return (
    <article class="article">
      <header>
        <Heading title={headline || article.id} {...(headline ? { lang: "ar" as const } : {})}>
          {headline || article.id}
        </Heading>
        <p class="meta">
          <span>{valueName(language, article.tier)}</span>
          <span>
            {article.outlet === null ? `${w.outlet}: ${w.notShown}` : valueName(language, article.outlet)}
          </span>
          <span>
            {article.published ? (
              <time dateTime={article.published}>{day(language, article.published)}</time>
            ) : (
              `${w.published}: ${w.unknown}`
            )}
          </span>
          <span>{valueName(language, article.genre)}</span>
          <span>{valueName(language, article.split)}</span>
          <a href={link("articles", "", { event: article.event })} title={w.moreEvent}>
            <Code>{article.event}</Code>
          </a>
        </p>
        <div class="actions">
          <Copy label={w.cite} text={() => cite(article, text, place, language)} />
          <Copy label={w.link} icon="link" text={() => location.href} />
          <Download name={`${article.id}.${reading}`} rows={() => annotationRows(shelf)} />
        </div>
      </header>
      <Choices shelf={shelf} />
      <Body shelf={shelf} hits={route.query.get("q") ?? ""} lit={route.query.get("entity")} />
      {place && <Inspector shelf={shelf} />}
      <Facts article={article} />
      <nav class="neighbours" aria-label={`${w.before}, ${w.after}`}>
        {at > 0 && (
          <a rel="prev" href={link("article", known.id[at - 1]!)}>
            <span class="soft">{w.before}</span>{" "}
            <bdi lang="ar">{quiet(known.headline[at - 1]!) || known.id[at - 1]}</bdi>
          </a>
        )}
        {at >= 0 && at + 1 < known.id.length && (
          <a rel="next" href={link("article", known.id[at + 1]!)}>
            <span class="soft">{w.after}</span>{" "}
            <bdi lang="ar">{quiet(known.headline[at + 1]!) || known.id[at + 1]}</bdi>
          </a>
        )}
      </nav>
    </article>
  );
}

/** The focus goes back to what opened the panel. */
function focusOn(at: string | null): void {
  if (!at) return;
  requestAnimationFrame(() => {
    const links = document.querySelectorAll<HTMLAnchorElement>(".lines a[href]");
    [...links].find((one) => new URLSearchParams(one.hash.split("?")[1]).get("at") === at)?.focus();
  });
}

/** A page opened at a place shows that place. */
function useFirstLook(place: Place | null, entity: string | null): void {
  useLayoutEffect(() => {
    if (!place && !entity) return;
    requestAnimationFrame(() => {
      const found =
        document.querySelector(".lines .chosen, .lines .within") ??
        document.querySelector(".lines .passage.chosen");
      found?.scrollIntoView({ block: "center", behavior: "instant" });
    });
  }, []);
}
