/** The scores of one task on one split under one signature: a chart, and the table that says the same. */

import type { LayerName, Result } from "../data";
import { Code, count, useLanguage, useLink, useWords, words } from "../language";
import { valueName } from "../names";
import { cite } from "./citation";
import { FigureName, Interval, main, ROLES, roleWords, Sign, Title, Value } from "./figures";
import { Forest, type Dot } from "./forest";
import { Copy } from "../parts/take";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    system: "System",
    interval: "95% interval",
    citation: "Citation",
    cite: "Cite",
    signature: "Signature",
    caption: (task: string, split: string, rows: string, articles: string) =>
      `${task}, ${split}: ${rows} rows of ${articles} articles`,
  },
  {
    system: "النظام",
    interval: "المجال بثقة 95%",
    citation: "الاستشهاد",
    cite: "استشهاد",
    signature: "التوقيع",
    caption: (task: string, split: string, rows: string, articles: string) =>
      `${task}، نصوص ${split}: الصفوف ${rows}، والمقالات ${articles}`,
  },
);

/** A row of a table: a baseline, or the ceiling, which has no page. */
export interface Line {
  id: string | null;
  title: string;
  role: string;
  result: Result;
}

/** The names of all figures of these lines, the main one first. */
export function names(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ result }) => [result.metric, ...Object.keys(result.figures)]))];
}

export function ScoreTable({
  task,
  title,
  signature,
  lines,
  split,
}: {
  task: LayerName;
  title: string;
  signature: string;
  lines: readonly Line[];
  split: string;
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const link = useLink();
  const first = lines[0]!.result;
  const [metric, ...others] = names(lines);
  const ceiling = lines.find((line) => line.role === "ceiling");
  const dots: Dot[] = lines.flatMap((line) =>
    line.id === null ? [] : [{ key: line.id, title: line.title, role: line.role, figure: main(line.result) }],
  );
  const caption = w.caption(title, valueName(language, split), count(first.rows), count(first.articles));
  return (
    <div class={others.length > 1 ? "signed" : "signed beside"}>
      <Forest dots={dots} ceiling={ceiling ? main(ceiling.result) : null} metric={metric!} />
      <DataTable label={caption} kind="scored">
        <thead>
          <tr>
            <th scope="col">{w.system}</th>
            <th scope="col" class="figure">
              <FigureName name={metric!} />
            </th>
            <th scope="col" class="figure">
              {w.interval}
            </th>
            {others.map((name) => (
              <th key={name} scope="col" class="figure">
                <FigureName name={name} />
              </th>
            ))}
            <th scope="col">{w.citation}</th>
          </tr>
        </thead>
        {ROLES.map((role) => {
          const own = lines.filter((line) => line.role === role);
          return (
            own.length > 0 && (
              <tbody key={role}>
                <tr class="role">
                  <th scope="rowgroup" colSpan={others.length + 4}>
                    <Sign role={role} />
                    {roleWords(language, role).many}
                  </th>
                </tr>
                {own.map((line) => (
                  <tr key={line.id}>
                    <th scope="row">
                      {line.id === null ? (
                        line.title
                      ) : (
                        <a href={link("score", line.id, { split })}>
                          <Title>{line.title}</Title>
                        </a>
                      )}
                    </th>
                    <td class="figure strong">
                      <Value value={main(line.result)[0]} sd={line.result.seeds?.sd} />
                    </td>
                    <td class="figure">
                      <Interval figure={main(line.result)} />
                    </td>
                    {others.map((name) => (
                      <td key={name} class="figure">
                        <Value value={line.result.figures[name]?.[0]} />
                      </td>
                    ))}
                    <td>
                      <Copy
                        label={w.cite}
                        of={line.title}
                        text={() => cite(language, { ...line, task, split })}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            )
          );
        })}
      </DataTable>
      <p class="signature">
        {w.signature} <Code>{signature}</Code>
      </p>
    </div>
  );
}
