/** One entity: its names, how outlets write it, where it is named, and who takes which stance there. */

import { useMemo } from "preact/hooks";

import type { Entities, Stances } from "../data";
import { Code, count, named, useLanguage, useLink, useWords, words } from "../language";
import { articles, site, useData } from "../load";
import { Heading } from "../parts/heading";
import { byArticle, type Met } from "../entity/mentions";
import { Name, nameText, OtherName, type Names } from "../parts/name";
import { Occurrences } from "../entity/occurrences";
import { stanceRow, StanceList } from "../stance/list";
import { articleRows, byTarget, latestFirst } from "../stance/tally";
import { Copy, Download } from "../parts/take";
import { TargetTable } from "../stance/target-table";
import { periodOf, Timeline } from "../parts/timeline";
import { Wait } from "../parts/wait";
import { Written } from "../entity/written";
import { change, changed, type Route } from "../route";
import { typeName } from "./entities";

const WORDS = words(
  {
    all: "All entities",
    mentions: "Mentions",
    articles: "Articles",
    held: "Stances",
    citation: "Copy citation",
    link: "Copy link",
    names: "How outlets write it",
    time: "When it is named",
    holds: "Its own stances",
    holdsCaption: "By target, as gold has them",
    onMap: "On the stance map",
    holdsNone: "No passage gives it a stance of its own.",
    near: "Others' stances where it is named",
    nearNote:
      "Stances of other holders in the passages that name it. They are toward the target, not toward the name.",
    nearCaption: "Stances of others in passages that mention it, by target",
    nearNone: "No other holder takes a stance in a passage that mentions it.",
    narrowed: "Only",
    widen: "show all targets",
    entity: "entity",
    unnamed: "It is a holder of stances; no mention of it is marked.",
  },
  {
    all: "كل الكيانات",
    mentions: "مرات الذكر",
    articles: "المقالات",
    held: "المواقف",
    citation: "نسخ الاستشهاد",
    link: "نسخ الرابط",
    names: "صيغ الاسم عند الجهات الناشرة",
    time: "الذكر عبر الزمن",
    holds: "مواقف الكيان نفسه",
    holdsCaption: "القضايا التي اتخذ منها موقفًا، بحسب المرجع",
    onMap: "في خريطة المواقف",
    holdsNone: "لا فقرة تنسب إليه موقفًا.",
    near: "مواقف غيره في مواضع ذكره",
    nearNote: "مواقف لأصحاب آخرين في الفقرات التي تذكره، وهي من القضية لا من الكيان.",
    nearCaption: "مواقف غيره في الفقرات التي تذكره، بحسب القضية",
    nearNone: "لا موقف لغيره في فقرة تذكره.",
    narrowed: "فقط",
    widen: "كل القضايا",
    entity: "كيان",
    unnamed: "لهذا الكيان مواقف، ولا ذكر موسوم له في النصوص.",
  },
);

export function EntityPage({ route }: { route: Route }) {
  const columns = useData("entities");
  const at = columns ? columns.id.indexOf(route.id) : -1;
  if (!columns || at < 0) {
    return (
      <>
        <Heading title={route.id}>
          <Code>{route.id}</Code>
        </Heading>
        <Wait value={columns ? null : columns} />
      </>
    );
  }
  return <Entity route={route} columns={columns} at={at} />;
}

function Entity({ route, columns, at }: { route: Route; columns: Entities; at: number }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const id = columns.id[at]!;
  const names: Names = { name_en: columns.name_en[at]!, name_ar: columns.name_ar[at]! };
  const forms = columns.forms[at]!;
  const flat = columns.mentions[at]!;
  const met = useMemo(() => byArticle(flat), [flat]);
  const type = site().layers.ner[columns.type[at]!];
  const stances = useData("stances");
  const held = useMemo(() => (stances ? heldBy(stances, id) : []), [stances, id]);
  const near = useMemo(() => (stances ? beside(stances, met, id) : []), [stances, met, id]);
  const { published } = articles();
  const dated = useMemo(
    () => met.map(({ article, spans }) => [published[article]!, 0, spans.length] as const),
    [met, published],
  );
  return (
    <>
      <p class="crumb">
        <a href={link("entities")}>{w.all}</a>
      </p>
      <Heading title={nameText(language, names)}>
        <Name of={names} />
      </Heading>
      <p class="entity-names">
        <OtherName of={names} />
        <Code>{id}</Code>
      </p>
      <dl class="entity-facts">
        <div>
          <dt>{type && <Code>{type.name}</Code>}</dt>
          <dd>{typeName(language, type)}</dd>
        </div>
        <Fact name={w.mentions} value={flat.length / 4} />
        <Fact name={w.articles} value={met.length} />
        {stances && <Fact name={w.held} value={held.length} />}
      </dl>
      <p class="actions">
        <Copy label={w.citation} text={() => citation(id, names)} />
        <Copy label={w.link} icon="link" text={() => location.href} />
      </p>
      {met.length ? (
        <div class="entity-halves">
          <section class="card">
            <h2>{w.names}</h2>
            <Written met={met} forms={forms} />
          </section>
          <section class="card">
            <h2>{w.time}</h2>
            <Timeline
              title={`${w.time}: ${nameText(language, names)}`}
              dated={dated}
              series={[{ name: w.mentions, side: "up", colour: "plain" }]}
              period={periodOf(route.query.get("per"))}
              choose={(per) => change(route, { per: per === "year" ? null : per })}
            />
          </section>
        </div>
      ) : (
        <p class="soft">{w.unnamed}</p>
      )}
      {stances ? (
        <>
          <Group
            route={route}
            stances={stances}
            rows={held}
            choice="held"
            words={{ title: w.holds, caption: w.holdsCaption, none: w.holdsNone }}
            name={`marsad-stances-${id}`}
            map={link("stances", "", { holder: id })}
            holders={false}
          />
          <Group
            route={route}
            stances={stances}
            rows={near}
            choice="near"
            words={{ title: w.near, caption: w.nearCaption, none: w.nearNone, note: w.nearNote }}
            name={`marsad-stances-beside-${id}`}
            holders
          />
        </>
      ) : (
        <Wait value={stances} />
      )}
      {met.length > 0 && (
        <Occurrences route={route} met={met} entity={{ id, type: type?.name ?? "", forms }} />
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{count(value)}</dd>
    </div>
  );
}

/** A group of stances: by target, and one by one. `choice` is the key of the address that narrows it to a target. */
function Group({
  route,
  stances,
  rows,
  choice,
  words: said,
  name,
  map,
  holders,
}: {
  route: Route;
  stances: Stances;
  rows: readonly number[];
  choice: string;
  words: { title: string; caption: string; none: string; note?: string };
  name: string;
  map?: string;
  holders: boolean;
}) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const chosen = route.query.get(choice);
  const shown = useMemo(() => {
    const target = site().targets.findIndex((one) => one.name === chosen);
    return latestFirst(stances, chosen ? rows.filter((row) => stances.target[row] === target) : rows);
  }, [stances, rows, chosen]);
  const tallies = useMemo(() => byTarget(stances, rows), [stances, rows]);
  return (
    <section>
      <h2>
        {said.title} <span class="soft number">{count(rows.length)}</span>
      </h2>
      {said.note && rows.length > 0 && <p class="lead">{said.note}</p>}
      {rows.length ? (
        <div class="entity-stances">
          <div class="card">
            <TargetTable
              tallies={tallies}
              caption={said.caption}
              chosen={chosen}
              href={(target) => changed(route, { [choice]: target })}
            />
            {map && (
              <p>
                <a href={map}>{w.onMap}</a>
              </p>
            )}
          </div>
          <div>
            <div class="toolbar above">
              {chosen && (
                <p role="status">
                  {w.narrowed}:{" "}
                  <strong>
                    {named(
                      language,
                      site().targets.find((one) => one.name === chosen),
                    )}
                  </strong>{" "}
                  <a href={changed(route, { [choice]: null })}>{w.widen}</a>
                </p>
              )}
              <Download name={name} rows={() => shown.map((row) => stanceRow(stances, row))} />
            </div>
            <StanceList stances={stances} rows={shown} holders={holders} first={6} />
          </div>
        </div>
      ) : (
        <p class="soft">{said.none}</p>
      )}
    </section>
  );
}

/** The stances that a holder takes. */
function heldBy(stances: Stances, id: string): number[] {
  const holder = stances.holders.findIndex((one) => one.id === id);
  const rows: number[] = [];
  if (holder >= 0) stances.holder.forEach((one, row) => one === holder && rows.push(row));
  return rows;
}

/** The stances of others in the passages where it is mentioned. */
function beside(stances: Stances, met: readonly Met[], id: string): number[] {
  const first = articleRows(stances);
  const rows: number[] = [];
  for (const { article, spans } of met) {
    for (let row = first[article]!; row < first[article + 1]!; row += 1) {
      if (stances.holders[stances.holder[row]!]!.id === id) continue;
      const [start, end] = [stances.passage_start[row]!, stances.passage_end[row]!];
      if (spans.some(([from, to]) => start <= from && to <= end)) rows.push(row);
    }
  }
  return rows;
}

function citation(id: string, { name_en, name_ar }: Names): string {
  const both = name_ar && name_ar !== name_en ? `${name_en} (${name_ar})` : name_en;
  return `${both}, entity ${id}. In: ${site().citation} data:${site().data}.`;
}
