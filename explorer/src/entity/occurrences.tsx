/** The articles that mention an entity, each with a line around its first mention. */

import { useMemo, useState } from "preact/hooks";

import { count, day, useLanguage, useLink, useWords, words } from "../language";
import { articles, useData } from "../load";
import { valueName } from "../names";
import { change, type Route } from "../route";
import { around, type Met } from "./mentions";
import { quiet, Shown } from "../parts/odd";
import { Download, type Row } from "../parts/take";
import { Choice } from "../parts/choice";
import { More } from "../parts/more";

const WORDS = words(
  {
    title: "Where it is named",
    sort: "Order",
    sorts: { latest: "latest first", most: "most mentions first" },
    mentions: "Mentions",
    mention: "mention",
    undated: "undated",
    list: "In the list of articles",
  },
  {
    title: "مواضع الذكر",
    sort: "الترتيب",
    sorts: { latest: "الأحدث أولًا", most: "الأكثر ذكرًا أولًا" },
    mentions: "مرات الذكر",
    mention: "الذكر",
    undated: "بلا تاريخ",
    list: "في قائمة المقالات",
  },
);
const ORDERS = ["latest", "most"] as const;
const FIRST = 12;
/** How many mentions of one article have a link of their own. */
const NUMBERED = 12;

interface Entity {
  id: string;
  type: string;
  forms: readonly string[];
}

export function Occurrences({ route, met, entity }: { route: Route; met: readonly Met[]; entity: Entity }) {
  const w = useWords(WORDS);
  const link = useLink();
  const [drawn, draw] = useState(FIRST);
  const order = ORDERS.find((one) => one === route.query.get("sort")) ?? "latest";
  const sorted = useMemo(() => {
    const { published } = articles();
    const date = (one: Met) => published[one.article] ?? "";
    const later = (one: Met, other: Met) => (date(one) < date(other) ? 1 : date(one) > date(other) ? -1 : 0);
    return [...met].sort(
      (one, other) => (order === "most" && other.spans.length - one.spans.length) || later(one, other),
    );
  }, [met, order]);
  return (
    <section>
      <h2>
        {w.title} <span class="soft number">{count(met.length)}</span>
      </h2>
      <div class="toolbar above">
        <Choice
          legend={w.sort}
          options={ORDERS.map((one) => ({ value: one, name: w.sorts[one] }))}
          value={order}
          choose={(one) => change(route, { sort: one === ORDERS[0] ? null : one })}
        />
        <a href={link("articles", "", { entity: entity.id })}>{w.list}</a>
        <Download
          name={`marsad-mentions-${entity.id}`}
          rows={() => sorted.flatMap((one) => mentionRows(one, entity))}
        />
      </div>
      <ol class="occurrences">
        {sorted.slice(0, drawn).map((one) => (
          <Occurrence key={one.article} met={one} />
        ))}
      </ol>
      {drawn < sorted.length && (
        <p class="more">
          <More left={sorted.length - drawn} draw={() => draw(drawn + FIRST * 2)} />
        </p>
      )}
    </section>
  );
}

function Occurrence({ met: { article, spans } }: { met: Met }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const listed = articles();
  const id = listed.id[article]!;
  const [start, end] = spans[0]!;
  const published = listed.published[article];
  const outlet = listed.values.outlet[listed.outlet[article]!];
  return (
    <li class="card">
      <h3 lang="ar" dir="rtl">
        <a href={link("article", id, { at: `${start}-${end}` })}>{quiet(listed.headline[article]!) || id}</a>
      </h3>
      <p class="meta">
        <span>{published ? day(language, published) : w.undated}</span>
        {outlet !== undefined && <bdi>{quiet(valueName(language, outlet))}</bdi>}
        <span>
          {w.mentions}: <strong class="number">{count(spans.length)}</strong>
        </span>
      </p>
      <Context id={id} start={start} end={end} />
      {spans.length > 1 && (
        <ul class="numbered" aria-label={w.mentions}>
          {spans.slice(0, NUMBERED).map(([from, to], at) => (
            <li key={from}>
              <a href={link("article", id, { at: `${from}-${to}` })}>
                <span class="hidden-text">{w.mention} </span>
                <span class="number">{at + 1}</span>
              </a>
            </li>
          ))}
          {spans.length > NUMBERED && <li class="soft">…</li>}
        </ul>
      )}
    </li>
  );
}

/** The line around a mention; its room is kept while the article's file is on its way. */
function Context({ id, start, end }: { id: string; start: number; end: number }) {
  const article = useData(`article/${id}`);
  const text = useMemo(() => (article ? around(article.raw, start, end) : null), [article, start, end]);
  if (article === null) return null;
  return (
    <p class="context" lang="ar" dir="rtl">
      {text && (
        <>
          <Shown text={text[0]} />
          <mark>
            <Shown text={text[1]} />
          </mark>
          <Shown text={text[2]} />
        </>
      )}
    </p>
  );
}

function mentionRows({ article, spans }: Met, entity: Entity): Row[] {
  const listed = articles();
  return spans.map(([start, end, form]) => ({
    article_id: listed.id[article],
    tier: listed.values.tier[listed.tier[article]!],
    outlet: listed.values.outlet[listed.outlet[article]!] ?? null,
    published: listed.published[article],
    event: listed.values.event[listed.event[article]!],
    headline: listed.headline[article],
    entity_id: entity.id,
    label: entity.type,
    start,
    end,
    text: entity.forms[form],
  }));
}
