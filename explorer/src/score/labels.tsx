/** A result by label: F1 with its interval, precision, recall, and how often gold and the answers have it. */

import type { LayerName, Result } from "../data";
import { Code, count, Digits, named, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { Barred, Range } from "../parts/bars";
import { FigureName, Interval, Value } from "./figures";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    label: "Label",
    interval: "95% interval",
    support: "In gold",
    predicted: "Answered",
  },
  {
    label: "التصنيف",
    interval: "المجال بثقة 95%",
    support: "في المرجع",
    predicted: "في الأجوبة",
  },
);

/** A label by its name in the page's language, with its name in the data where the two differ. */
export function LabelName({ layer, name }: { layer: LayerName; name: string }) {
  const language = useLanguage();
  const shown = named(
    language,
    site().layers[layer].find((one) => one.name === name) ?? { name, name_ar: name },
  );
  return (
    <>
      {shown}
      {shown !== name && language === "ar" && (
        <>
          {" "}
          <Code>{name}</Code>
        </>
      )}
    </>
  );
}

export function Labels({
  layer,
  result,
  caption,
  lit,
  link,
}: {
  layer: LayerName;
  result: Result;
  caption: string;
  lit: string;
  link: (label: string) => string;
}) {
  const w = useWords(WORDS);
  const order = site().layers[layer].map((one) => one.name);
  const rows = Object.entries(result.labels).sort(
    ([one], [other]) => order.indexOf(one) - order.indexOf(other),
  );
  return (
    <DataTable label={caption} hidden>
      <thead>
        <tr>
          <th scope="col">{w.label}</th>
          <th scope="col" class="figure">
            <bdi lang="en" dir="ltr">
              F1
            </bdi>
          </th>
          <th scope="col" class="figure">
            {w.interval}
          </th>
          <th scope="col" class="figure">
            <FigureName name="precision" />
          </th>
          <th scope="col" class="figure">
            <FigureName name="recall" />
          </th>
          <th scope="col" class="figure">
            {w.support}
          </th>
          <th scope="col" class="figure">
            {w.predicted}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, { f1, precision, recall, support, predicted }]) => {
          const none = support === 0 && !predicted;
          return (
            <tr key={name} {...(lit === name ? { class: "lit", "aria-current": "true" as const } : {})}>
              <th scope="row">
                <a href={link(name)}>
                  <LabelName layer={layer} name={name} />
                </a>
              </th>
              <td class="figure bars strong">
                <Barred bar={!none && <Range figure={f1} />}>
                  <Value value={none ? null : f1[0]} />
                </Barred>
              </td>
              <td class="figure">
                <Interval figure={none ? [0, null, null] : f1} />
              </td>
              <td class="figure">
                <Value value={none ? null : precision} />
              </td>
              <td class="figure">
                <Value value={none ? null : recall} />
              </td>
              <td class="figure">
                <Digits>{count(support)}</Digits>
              </td>
              <td class="figure">
                <Digits>{predicted === null ? "–" : count(predicted)}</Digits>
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
