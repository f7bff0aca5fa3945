/** All scores: a table and a chart for each task, figures of one signature together. */

import { Choice, chosen } from "../parts/choice";
import { address } from "../score/citation";
import {
  figureMeaning,
  FigureName,
  main,
  ROLES,
  roleWords,
  Sign,
  taskName,
  useTaskQuestion,
} from "../score/figures";
import { Heading } from "../parts/heading";
import { names, ScoreTable, type Line } from "../score/table";
import { SignatureParts } from "../score/signature";
import { Copy, Download, type Row } from "../parts/take";
import { Wait } from "../parts/wait";
import type { Scores } from "../data";
import { useLanguage, useLink, useWords, words } from "../language";
import { useData } from "../load";
import { valueName } from "../names";
import { go, type Route } from "../route";

const WORDS = words(
  {
    title: "Scores",
    lead: "Every system was fitted on train and scored on validation and test. The intervals are of 95%, from a bootstrap over articles: read them before you rank.",
    roles: "What stands in the tables",
    task: "Task",
    all: "All",
    split: "Split",
    link: "Copy link",
    ceiling: "Second judgement (ceiling)",
    signatures: "What a signature says",
    signed: "It names what a figure depends on. Figures with different signatures share no table.",
    metrics: "What the figures say",
  },
  {
    title: "النتائج",
    lead: "تدرّب كل نظام على نصوص التدريب، وحُسبت نتيجته على نصوص التحقق والاختبار. والمجالات بثقة 95%، من إعادة المعاينة بالمقالات (bootstrap): اقرأها قبل أن ترتّب الأنظمة.",
    roles: "ما في الجداول",
    task: "المهمة",
    all: "الكل",
    split: "النصوص",
    link: "نسخ الرابط",
    ceiling: "الحكم الثاني (السقف)",
    signatures: "ما يقوله التوقيع",
    signed: "يسمّي ما تتوقف عليه النتيجة. ولا يجتمع في جدول واحد ما اختلف توقيعه.",
    metrics: "ما تقوله الأرقام",
  },
);

interface Panel {
  task: Scores["tasks"][number];
  /** The lines by signature. */
  tables: [signature: string, lines: Line[]][];
}

export function ScoresPage({ route }: { route: Route }) {
  const w = useWords(WORDS);
  const scores = useData("scores");
  return (
    <div class="scores">
      <Heading title={w.title} />
      {scores ? <Shown scores={scores} query={route.query} /> : <Wait value={scores} />}
    </div>
  );
}

function Shown({ scores, query }: { scores: Scores; query: URLSearchParams }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const known = ["test", "validation"].filter((split) => scores.baselines.some((one) => one.results[split]));
  const split = chosen(query, "split", known);
  const asked = chosen(query, "task", ["", ...scores.tasks.map((task) => task.name)]);
  const renew = (more: { task?: string; split?: string }) =>
    go(link("scores", "", { task: asked, split, ...more }), true);
  const panels = scores.tasks
    .filter((task) => !asked || task.name === asked)
    .map((task) => panel(scores, task, split, w.ceiling));
  const figures = [...new Set(panels.flatMap(({ tables }) => tables.flatMap(([, lines]) => names(lines))))];
  const example = panels[0]?.tables[0]?.[0];
  const file = ["marsad-scores", asked, split].filter(Boolean).join("-");
  return (
    <>
      <p class="lead">{w.lead}</p>
      <div class="toolbar">
        <Choice
          legend={w.task}
          options={[
            { value: "", name: w.all },
            ...scores.tasks.map(({ name }) => ({ value: name, name: taskName(language, name) })),
          ]}
          value={asked}
          choose={(task) => renew({ task })}
        />
        <Choice
          legend={w.split}
          options={known.map((value) => ({ value, name: valueName(language, value) }))}
          value={split}
          choose={(value) => renew({ split: value })}
        />
      </div>
      <div class="actions">
        <Copy icon="link" label={w.link} text={() => address(link("scores", "", { task: asked, split }))} />
        <Download name={file} rows={() => panels.flatMap((one) => rows(one, split, figures))} />
      </div>
      <section aria-labelledby="roles">
        <h2 id="roles" class="hidden-text">
          {w.roles}
        </h2>
        <dl class="roles">
          {ROLES.map((role) => (
            <div key={role}>
              <dt>
                <Sign role={role} />
                {roleWords(language, role).one}
              </dt>
              <dd>{roleWords(language, role).meaning}</dd>
            </div>
          ))}
        </dl>
      </section>
      {panels.map((one) => (
        <TaskScores key={one.task.name} panel={one} split={split} />
      ))}
      <div class="columns">
        <section aria-labelledby="metrics">
          <h2 id="metrics">{w.metrics}</h2>
          <dl class="terms">
            {figures.map((name) => (
              <div key={name}>
                <dt>
                  <FigureName name={name} />
                </dt>
                <dd>{figureMeaning(language, name)}</dd>
              </div>
            ))}
          </dl>
        </section>
        {example && (
          <section aria-labelledby="signatures">
            <h2 id="signatures">{w.signatures}</h2>
            <p>{w.signed}</p>
            <SignatureParts signature={example} />
          </section>
        )}
      </div>
    </>
  );
}

/** The lines of a task on a split, by signature; in each the highest first, the ceiling last. */
function panel(scores: Scores, task: Panel["task"], split: string, ceiling: string): Panel {
  const lines: Line[] = [];
  for (const { id, title, role, results, task: of } of scores.baselines) {
    const result = results[split];
    if (of === task.name && result) lines.push({ id, title, role, result });
  }
  const highest = task.ceilings[split];
  if (highest) lines.push({ id: null, title: ceiling, role: "ceiling", result: highest });
  const order = (line: Line) => ROLES.findIndex((role) => role === line.role);
  lines.sort((one, other) => order(one) - order(other) || main(other.result)[0] - main(one.result)[0]);
  const signatures = [...new Set(lines.map((line) => line.result.signature))];
  return {
    task,
    tables: signatures.map((one) => [one, lines.filter((line) => line.result.signature === one)]),
  };
}

function rows({ task, tables }: Panel, split: string, figures: readonly string[]): Row[] {
  return tables.flatMap(([signature, lines]) =>
    lines.map(({ id, title, role, result }) => {
      const [value, low, high] = main(result);
      return {
        ...{ task: task.name, baseline: id, title, role, split, metric: result.metric, value, low, high },
        sd: result.seeds?.sd ?? null,
        ...Object.fromEntries(figures.map((name) => [name, result.figures[name]?.[0] ?? null])),
        ...{ rows: result.rows, articles: result.articles, signature },
      };
    }),
  );
}

function TaskScores({ panel: { task, tables }, split }: { panel: Panel; split: string }) {
  const language = useLanguage();
  const title = taskName(language, task.name);
  return (
    <section class="card task" aria-labelledby={`task-${task.name}`}>
      <header>
        <h2 id={`task-${task.name}`}>{title}</h2>
        <p>{useTaskQuestion(task.name)}</p>
      </header>
      {tables.map(([signature, lines]) => (
        <ScoreTable
          key={signature}
          task={task.name}
          title={title}
          signature={signature}
          lines={lines}
          split={split}
        />
      ))}
    </section>
  );
}
