/** Every catalogued entity, to search, narrow and sort. */

import { useEffect, useMemo, useState } from "preact/hooks";

import type { Label } from "../data";
import { Arabic, count, useLanguage, useLink, useWords, words, type Language } from "../language";
import { site, useData } from "../load";
import { Heading } from "../parts/heading";
import { entityList, inOrder, SORTS, type Entity } from "../entity/mentions";
import { Name, OtherName } from "../parts/name";
import { Shown } from "../parts/odd";
import { Download, type Row } from "../parts/take";
import { Wait } from "../parts/wait";
import { change, type Route } from "../route";
import { fold, occurrences, terms } from "../spelling";
import { Choice } from "../parts/choice";
import { More } from "../parts/more";

const WORDS = words(
  {
    title: "Entities",
    lead: "People, organisations, countries, places, facilities and events that the articles name, each by one id, however it is written.",
    search: "Find a name",
    hint: "Any spelling, in Arabic or English, or an id",
    type: "Type",
    all: "All",
    sort: "Order",
    sorts: { mentions: "most mentioned", articles: "in most articles", name: "by name" },
    shown: "Entities",
    of: "of",
    caption: "Entities and how often they are named",
    entity: "Entity",
    forms: "Written as",
    articles: "Articles",
    mentions: "Mentions",
    other: "other forms",
    none: "No entity has such a name. Try fewer letters or another type.",
  },
  {
    title: "الكيانات",
    lead: "الأشخاص والمنظمات والدول والأماكن والمنشآت والأحداث التي تسميها المقالات، لكل منها معرّف واحد كيفما كُتب اسمه.",
    search: "ابحث عن اسم",
    hint: "بأي رسم، بالعربية أو الإنجليزية، أو بالمعرّف",
    type: "النوع",
    all: "الكل",
    sort: "الترتيب",
    sorts: { mentions: "الأكثر ذكرًا", articles: "الأوسع انتشارًا", name: "بالاسم" },
    shown: "الكيانات",
    of: "من",
    caption: "الكيانات وعدد مرات ذكرها",
    entity: "الكيان",
    forms: "كُتب هكذا",
    articles: "المقالات",
    mentions: "مرات الذكر",
    other: "صيغ أخرى",
    none: "لا كيان بهذا الاسم. جرّب حروفًا أقل أو نوعًا آخر.",
  },
);

const FIRST = 60;
const STEP = 120;

/** A type in words: its Arabic name, or what it means, which says more than its code. */
export function typeName(language: Language, type: Label | undefined): string {
  return (language === "ar" ? type?.name_ar : type?.meaning) ?? "–";
}

export function EntitiesPage({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const columns = useData("entities");
  return (
    <>
      <Heading title={w.title} />
      <p class="lead">{w.lead}</p>
      {columns ? <List route={route} list={entityList(columns)} /> : <Wait value={columns} />}
    </>
  );
}

function List({ route, list }: { route: Route; list: Entity[] }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const typed = route.query.get("q") ?? "";
  const type = route.query.get("type");
  const sort = SORTS.find((one) => one === route.query.get("sort")) ?? "mentions";
  const types = site().layers.ner;
  const wanted = useMemo(() => terms(typed), [typed]);
  const found = useMemo(
    () => (wanted.length ? list.filter((one) => wanted.every((term) => one.folded.includes(term))) : list),
    [list, wanted],
  );
  const byType = useMemo(() => {
    const counts = types.map(() => 0);
    for (const one of found) counts[one.type]! += 1;
    return counts;
  }, [found, types]);
  const there = useMemo(() => new Set(list.map((one) => one.type)), [list]);
  const shown = useMemo(() => {
    const kept = new Set(type ? found.filter((one) => types[one.type]?.name === type) : found);
    return inOrder(list, sort, language).filter((one) => kept.has(one));
  }, [list, found, types, type, sort, language]);
  return (
    <>
      <search class="card entity-search">
        <label class="field wide">
          <span>{w.search}</span>
          <input
            type="search"
            value={typed}
            placeholder={w.hint}
            onInput={(event) => change(route, { q: event.currentTarget.value })}
          />
        </label>
        <Choice
          legend={w.sort}
          options={SORTS.map((one) => ({ value: one, name: w.sorts[one] }))}
          value={sort}
          choose={(one) => change(route, { sort: one === SORTS[0] ? null : one })}
        />
        <fieldset class="segmented entity-types">
          <legend>{w.type}</legend>
          <Type name={null} label={w.all} many={found.length} chosen={type} route={route} />
          {types.map((one, at) =>
            there.has(at) ? (
              <Type
                key={one.name}
                name={one.name}
                label={typeName(language, one)}
                many={byType[at]!}
                chosen={type}
                route={route}
              />
            ) : null,
          )}
        </fieldset>
      </search>
      <div class="toolbar above">
        <p role="status">
          {w.shown}: <strong class="number">{count(shown.length)}</strong>{" "}
          {shown.length < list.length && (
            <span class="soft">
              {w.of} <span class="number">{count(list.length)}</span>
            </span>
          )}
        </p>
        <Download name="marsad-entities" rows={() => shown.map(entityRow)} />
      </div>
      <Table shown={shown} wanted={wanted} key={`${type} ${sort}`} />
    </>
  );
}

function Type({
  name,
  label,
  many,
  chosen,
  route,
}: {
  name: string | null;
  label: string;
  many: number;
  chosen: string | null;
  route: Route;
}) {
  return (
    <label>
      <input
        type="radio"
        name="type"
        checked={(chosen || null) === name}
        onChange={() => change(route, { type: name })}
      />
      <span>
        {label} <span class="soft number">{count(many)}</span>
      </span>
    </label>
  );
}

function Table({ shown, wanted }: { shown: readonly Entity[]; wanted: readonly string[] }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const link = useLink();
  const [drawn, draw] = useState(FIRST);
  useEffect(() => draw(FIRST), [wanted]);
  if (!shown.length) return <p class="wait">{w.none}</p>;
  const most = Math.max(1, ...shown.map((one) => one.mentions));
  const types = site().layers.ner;
  return (
    <div class="card entity-table">
      <table class="data">
        <caption class="hidden-text">{w.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{w.entity}</th>
            <th scope="col" class="roomy">
              {w.type}
            </th>
            <th scope="col" class="roomy">
              {w.forms}
            </th>
            <th scope="col" class="figure roomy">
              {w.articles}
            </th>
            <th scope="col" class="mentioned">
              {w.mentions}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, drawn).map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={link("entity", one.id)}>
                  <Name of={one} />
                </a>
                <span class="other-name">
                  <OtherName of={one} />
                </span>
                <span class="soft tight">{typeName(language, types[one.type])}</span>
              </th>
              <td class="roomy">{typeName(language, types[one.type])}</td>
              <td class="roomy forms">
                <Forms of={one} wanted={wanted} />
              </td>
              <td class="figure roomy">{count(one.articles)}</td>
              <td class="mentioned">
                <span class="count-bar" style={{ "--share": String(one.mentions / most) }}>
                  <span class="number">{count(one.mentions)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {drawn < shown.length && (
        <p class="more">
          <More left={shown.length - drawn} draw={() => draw(drawn + STEP)} />
        </p>
      )}
    </div>
  );
}

/** The forms that answer the search, or the most frequent ones. */
function Forms({ of, wanted }: { of: Entity; wanted: readonly string[] }) {
  const w = useWords(WORDS);
  const hits = wanted.length
    ? of.forms.filter((form) => wanted.some((term) => fold(form).includes(term)))
    : [];
  const first = [...new Set([...hits, ...of.forms])].slice(0, 3);
  const others = of.forms.length - first.length;
  return (
    <>
      {first.map((form) => (
        <span class="form" key={form}>
          <Arabic>
            <Lit text={form} wanted={wanted} />
          </Arabic>
        </span>
      ))}
      {others > 0 && (
        <span class="soft">
          <span aria-hidden="true" class="number">
            +{others}
          </span>
          <span class="hidden-text">{`${w.other}: ${others}`}</span>
        </span>
      )}
    </>
  );
}

/** A text with the terms that were searched marked in it. */
function Lit({ text, wanted }: { text: string; wanted: readonly string[] }) {
  const pieces: preact.JSX.Element[] = [];
  let last = 0;
  for (const [start, end] of wanted.length ? occurrences(text, wanted) : []) {
    if (start < last) continue;
    pieces.push(
      <Shown key={`${last}-`} text={text.slice(last, start)} />,
      <mark key={start}>
        <Shown text={text.slice(start, end)} />
      </mark>,
    );
    last = end;
  }
  return (
    <>
      {pieces}
      <Shown text={text.slice(last)} />
    </>
  );
}

function entityRow(one: Entity): Row {
  return {
    entity_id: one.id,
    type: site().layers.ner[one.type]?.name,
    name_en: one.name_en,
    name_ar: one.name_ar,
    mentions: one.mentions,
    articles: one.articles,
    forms: one.forms,
  };
}
