/** A baseline's score: all its figures, by label and by slice, what signs it, and its answers over gold. */

import { useEffect } from "preact/hooks";

import type { Result, Scores } from "../data";
import { Code, count, Digits, useLanguage, useLink, useWords, words } from "../language";
import { site, useData } from "../load";
import { valueName } from "../names";
import { Answers } from "../score/answers";
import { Choice, chosen } from "../parts/choice";
import { address, cite } from "../score/citation";
import {
  figureMeaning,
  FigureName,
  Interval,
  main,
  roleWords,
  Sign,
  taskName,
  Title,
  Value,
} from "../score/figures";
import { Heading } from "../parts/heading";
import { Labels } from "../score/labels";
import { Provenance } from "../score/provenance";
import { Slices } from "../score/slices";
import { Copy, Download, type Row } from "../parts/take";
import { Wait } from "../parts/wait";
import { go, type Query, type Route } from "../route";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    title: "Score",
    scores: "Scores",
    trail: "Where this page is",
    cite: "Copy as citation",
    link: "Copy link",
    figures: "Figures",
    figure: "Figure",
    interval: "95% interval",
    sized: (rows: string, articles: string) => `${rows} rows, ${articles} articles`,
    seeds: (seeds: number) =>
      `It draws at random: the main figure is the mean over ${seeds} seeds ± standard deviation, all else is of the first.`,
    split: "By label and slice, of",
    labels: "By label",
    slices: "By slice",
    sliced: "The lowest figure of a kind is marked, among the groups that are not small.",
  },
  {
    title: "نتيجة",
    scores: "النتائج",
    trail: "موضع هذه الصفحة",
    cite: "نسخ الاستشهاد",
    link: "نسخ الرابط",
    figures: "الأرقام",
    figure: "المقياس",
    interval: "المجال بثقة 95%",
    sized: (rows: string, articles: string) => `الصفوف ${rows}، والمقالات ${articles}`,
    seeds: (seeds: number) =>
      `يجيب بالقرعة: الرقم الرئيس متوسط على بذور عددها ${seeds} ± الانحراف المعياري، وما عداه من البذرة الأولى.`,
    split: "بحسب التصنيف والشريحة، من نصوص",
    labels: "بحسب التصنيف",
    slices: "بحسب الشريحة",
    sliced: "مُيّز أدنى رقم في كل نوع، من بين المجموعات غير الصغيرة.",
  },
);

type Baseline = Scores["baselines"][number];

export function ScorePage({ route }: { route: Route }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const scores = useData("scores");
  const known = site().baselines.find((one) => one.id === route.id);
  const baseline = scores?.baselines.find((one) => one.id === route.id);
  if (!known) {
    return (
      <>
        <Heading title={w.title} />
        <Wait value={null} />
      </>
    );
  }
  const { id, title, task, role } = known;
  const split = route.query.get("split");
  return (
    <div class="score">
      <nav aria-label={w.trail} class="trail">
        <a href={link("scores", "", { split })}>{w.scores}</a>
        <span aria-hidden="true"> › </span>
        <a href={link("scores", "", { task, split })}>{taskName(language, task)}</a>
      </nav>
      <Heading title={title}>
        <Title>{title}</Title>
      </Heading>
      <p class="lead">
        <Sign role={role} />
        <strong>{roleWords(language, role).one}.</strong> {roleWords(language, role).meaning}{" "}
        <Code>{id}</Code>
      </p>
      {baseline ? <Score baseline={baseline} route={route} /> : <Wait value={scores ? null : scores} />}
    </div>
  );
}

function Score({ baseline, route }: { baseline: Baseline; route: Route }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const { id, task, title, results } = baseline;
  const splits = ["test", "validation"].filter((split) => results[split]);
  const split = chosen(route.query, "split", splits);
  const result = results[split]!;
  const label = route.query.get("label") ?? "";
  const slice = route.query.get("slice") ?? "";
  const here = (query: Query) => link("score", id, { split, ...query });
  useEffect(() => {
    if (!label && !slice) return;
    // After the frame, which goes to the top of a page that one comes to.
    const timer = setTimeout(() => document.querySelector("tr.lit")?.scrollIntoView({ block: "center" }));
    return () => clearTimeout(timer);
  }, [label, slice, split]);
  return (
    <>
      <ul class="heads">
        {splits.map((one) => (
          <li key={one} class="card">
            <Head name={one} result={results[one]!} />
          </li>
        ))}
      </ul>
      {result.seeds && <p class="soft">{w.seeds(result.seeds.count)}</p>}
      <div class="actions">
        <Copy label={w.cite} text={() => cite(language, { id, title, task, split, result })} />
        <Copy icon="link" label={w.link} text={() => address(here({ label, slice }))} />
        <Download name={`marsad-${id}`} rows={() => rows(baseline, splits)} />
      </div>
      <section class="card figures" aria-labelledby="figures">
        <h2 id="figures">{w.figures}</h2>
        <Figures results={splits.map((one) => [one, results[one]!])} />
      </section>
      <Choice
        legend={w.split}
        options={splits.map((value) => ({ value, name: valueName(language, value) }))}
        value={split}
        choose={(value) =>
          go(link("score", id, { split: value, label, slice, answers: route.query.get("answers") }), true)
        }
      />
      <section class="card labels" aria-labelledby="labels">
        <h2 id="labels">{w.labels}</h2>
        <Labels
          layer={task}
          result={result}
          caption={w.labels}
          lit={label}
          link={(one) => here({ label: one })}
        />
      </section>
      <section aria-labelledby="slices">
        <h2 id="slices">{w.slices}</h2>
        <p class="soft">{w.sliced}</p>
        <Slices result={result} lit={slice} link={(one) => here({ slice: one })} />
      </section>
      <Answers
        id={id}
        layer={task}
        split={split}
        open={route.query.has("answers")}
        toggle={(open) => go(here({ label, slice, answers: open ? "open" : null }), true)}
      />
      <Provenance id={id} recipe={baseline.recipe} result={result} split={split} />
    </>
  );
}

function Head({ name, result }: { name: string; result: Result }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  return (
    <>
      <p class="soft">
        {valueName(language, name)} · <FigureName name={result.metric} />
      </p>
      <p class="big">
        <Value value={main(result)[0]} sd={result.seeds?.sd} />
      </p>
      <p>
        <Interval figure={main(result)} /> <span class="soft">{w.interval}</span>
      </p>
      <p class="soft">{w.sized(count(result.rows), count(result.articles))}</p>
    </>
  );
}

function Figures({ results }: { results: [split: string, result: Result][] }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const names = [...new Set(results.flatMap(([, result]) => Object.keys(result.figures)))];
  return (
    <DataTable label={w.figures} hidden>
      <thead>
        <tr>
          <th scope="col">{w.figure}</th>
          {results.map(([split]) => [
            <th key={split} scope="col" class="figure">
              {valueName(language, split)}
            </th>,
            <th key={`${split} interval`} scope="col" class="figure">
              {w.interval}
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">
              <FigureName name={name} />
              <small class="soft meaning">{figureMeaning(language, name)}</small>
            </th>
            {results.map(([split, result]) => {
              const figure = result.figures[name];
              return [
                <td key={split} class="figure strong">
                  <Value value={figure?.[0]} sd={name === result.metric ? result.seeds?.sd : undefined} />
                </td>,
                <td key={`${split} interval`} class="figure">
                  {figure ? <Interval figure={figure} /> : <Digits>–</Digits>}
                </td>,
              ];
            })}
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

/** Every figure shown, a row each: of the whole, of labels, of slices. */
function rows({ id, task, role, results }: Baseline, splits: readonly string[]): Row[] {
  return splits.flatMap((split) => {
    const { signature, metric, figures, labels, slices, ...result } = results[split]!;
    const row = (
      of: string,
      group: string | null,
      name: string,
      figure: readonly (number | null)[] | null,
      more: Row,
    ) => ({
      ...{ baseline: id, task, role, split, of, group, figure: name },
      ...{ value: figure?.[0] ?? null, low: figure?.[1] ?? null, high: figure?.[2] ?? null },
      ...{
        precision: null,
        recall: null,
        support: null,
        predicted: null,
        units: null,
        articles: null,
        small: null,
      },
      ...more,
      signature,
    });
    const whole = { units: result.rows, articles: result.articles };
    return [
      ...Object.entries(figures).map(([name, figure]) => row("all", null, name, figure, whole)),
      ...Object.entries(labels).map(([label, { f1, ...more }]) => row("label", label, "f1", f1, more)),
      ...Object.entries(slices).flatMap(([kind, groups]) =>
        Object.entries(groups).map(([group, { figure, ...more }]) => row(kind, group, metric, figure, more)),
      ),
    ];
  });
}
