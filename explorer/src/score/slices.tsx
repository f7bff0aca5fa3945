/** A result by slice: for each kind the main figure of its groups, the lowest marked, the small said to be small. */

import type { Result } from "../data";
import { count, Digits, named, readable, useLanguage, useWords, words, type Language } from "../language";
import { site } from "../load";
import { valueName } from "../names";
import { Barred, Range } from "../parts/bars";
import { FigureName, Interval, Title, Value } from "./figures";
import { DataTable } from "../parts/data-table";

const KINDS = words<Record<string, [name: string, meaning: string]>>(
  {
    tier: ["Tier", "where the article comes from"],
    genre: ["Genre", "what kind of article it is"],
    event: ["Event", "what the article is about; an event stays in one split"],
    length: ["Length", "tokens of the line or passage"],
    target: ["Target", "what the stance is taken toward"],
    targets: ["Held-out targets", "targets without a row in train or validation, against the others"],
    passage: ["Stances of the passage", "passages with different labels, against those with one"],
    mention: ["Mention in train", "whether train has a mention of the same letters"],
    evidence: ["Negation in the evidence", "evidence with a word that negates, against other evidence"],
  },
  {
    tier: ["مصدر المقال", "من أين جاء المقال"],
    genre: ["نوع المقال", "أي نوع من المقالات هو"],
    event: ["الحدث", "ما يدور عليه المقال؛ ولا يتوزع حدث واحد على قسمين"],
    length: ["الطول", "طول السطر أو الفقرة بالوحدات (tokens)"],
    target: ["القضية", "ما يُتخذ الموقف منه"],
    targets: ["القضايا المحجوبة", "قضايا لا صف لها في التدريب ولا في التحقق، مقابل سواها"],
    passage: ["مواقف الفقرة", "فقرات فيها مواقف مختلفة، مقابل ما فيها موقف واحد"],
    mention: ["ورود الكيان في نصوص التدريب", "هل في نصوص التدريب كيان بالحروف نفسها"],
    evidence: ["النفي في الشاهد", "شاهد فيه كلمة نفي، مقابل سواه"],
  },
);

const VALUES = words<Record<string, string>>(
  {
    held_out: "held out",
    trained: "with rows in train",
    mixed: "different labels",
    one_label: "one label",
    seen: "seen",
    unseen: "unseen",
    negated: "with negation",
    plain: "without negation",
  },
  {
    held_out: "محجوبة عن التدريب",
    trained: "في التدريب",
    mixed: "مواقف مختلفة",
    one_label: "موقف واحد",
    seen: "ورد",
    unseen: "لم يرد",
    negated: "فيه نفي",
    plain: "بلا نفي",
  },
);

const WORDS = words(
  {
    group: "Group",
    interval: "95% interval",
    units: "Units",
    articles: "Articles",
    small: "too few units for a figure",
    lowest: "lowest",
    tokens: (low: string, high: string) => `${low} to ${high} tokens`,
    over: (low: string) => `over ${low} tokens`,
  },
  {
    group: "المجموعة",
    interval: "المجال بثقة 95%",
    units: "الوحدات",
    articles: "المقالات",
    small: "وحداتها أقل من أن تُحسب لها نتيجة",
    lowest: "الأدنى",
    tokens: (low: string, high: string) => `من ${low} إلى ${high} وحدة`,
    over: (low: string) => `أكثر من ${low} وحدة`,
  },
);

/** A kind with more groups than this stands by itself, after the others. */
const LONG = 8;

export function Slices({
  result,
  lit,
  link,
}: {
  result: Result;
  /** The lit group, `KIND:VALUE`. */
  lit: string;
  link: (slice: string) => string;
}) {
  const kinds = Object.keys(result.slices);
  const long = kinds.filter((kind) => Object.keys(result.slices[kind]!).length > LONG);
  const shown = (kind: string) => <Kind key={kind} kind={kind} result={result} lit={lit} link={link} />;
  return (
    <>
      <div class="slices">{kinds.filter((kind) => !long.includes(kind)).map(shown)}</div>
      <div class="slices long">{long.map(shown)}</div>
    </>
  );
}

function Kind({ kind, result, lit, link }: { kind: string } & Parameters<typeof Slices>[0]) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const [name, meaning] = KINDS[language][kind] ?? [readable(kind), ""];
  return (
    <DataTable
      label={name}
      caption={
        <>
          <strong>{name}</strong>
          {meaning && ` · ${meaning}`}
        </>
      }
      frame="card"
    >
      <thead>
        <tr>
          <th scope="col">{w.group}</th>
          <th scope="col" class="figure">
            <FigureName name={result.metric} />
          </th>
          <th scope="col" class="figure">
            {w.interval}
          </th>
          <th scope="col" class="figure">
            {w.units}
          </th>
          <th scope="col" class="figure">
            {w.articles}
          </th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(result.slices[kind]!).map(([value, { figure, units, articles, small }]) => {
          const slice = `${kind}:${value}`;
          return (
            <tr key={value} {...(lit === slice ? { class: "lit", "aria-current": "true" as const } : {})}>
              <th scope="row">
                <a href={link(slice)}>
                  <GroupName kind={kind} value={value} />
                </a>
                {result.worst?.[kind] === value && <span class="chip low">{w.lowest}</span>}
              </th>
              {figure ? (
                <>
                  <td class="figure bars strong">
                    <Barred bar={<Range figure={figure} />}>
                      <Value value={figure[0]} />
                    </Barred>
                  </td>
                  <td class="figure">
                    <Interval figure={figure} />
                  </td>
                </>
              ) : (
                <td colSpan={2} class="soft small">
                  {small ? w.small : "–"}
                </td>
              )}
              <td class="figure">
                <Digits>{count(units)}</Digits>
              </td>
              <td class="figure">
                <Digits>{count(articles)}</Digits>
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}

function GroupName({ kind, value }: { kind: string; value: string }) {
  const language = useLanguage();
  if (kind === "event" && language === "ar") return <Title>{readable(value)}</Title>;
  return <>{groupName(language, kind, value)}</>;
}

export function groupName(language: Language, kind: string, value: string): string {
  const w = WORDS[language];
  if (kind === "target") {
    const target = site().targets.find((one) => one.name === value);
    return target ? named(language, target) : readable(value);
  }
  const [, low, high] = /^(\d+)-(\d+) tokens$/.exec(value) ?? [];
  if (low && high) return w.tokens(low, high);
  const [, over] = /^over (\d+) tokens$/.exec(value) ?? [];
  if (over) return w.over(over);
  return VALUES[language][value] ?? valueName(language, value);
}
