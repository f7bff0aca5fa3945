/** The two judges' agreement on each label of a layer. */

import type { Agreement, LayerName } from "../data";
import { count, Digits, useLanguage, useWords, words } from "../language";
import { site } from "../load";
import { Bar, Barred } from "../parts/bars";
import { taskName, Value } from "../score/figures";
import { LabelName } from "../score/labels";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    label: "Label",
    first: "By A",
    second: "By B",
    caption: (layer: string, part: string) => `${layer}, articles: ${part}`,
  },
  {
    label: "التصنيف",
    first: "عند A",
    second: "عند B",
    caption: (layer: string, part: string) => `${layer}، المقالات: ${part}`,
  },
);

export function ByLabel({
  layer,
  labels,
  part,
}: {
  layer: LayerName;
  labels: Agreement["parts"][string]["labels"][LayerName];
  part: string;
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const caption = w.caption(taskName(language, layer), part);
  const order = site().layers[layer].map((one) => one.name);
  const rows = Object.entries(labels).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  const most = Math.max(1, ...rows.flatMap(([, of]) => [of.first, of.second]));
  return (
    <DataTable label={caption} frame="card">
      <thead>
        <tr>
          <th scope="col">{w.label}</th>
          <th scope="col" class="figure">
            <bdi lang="en" dir="ltr">
              F1
            </bdi>
          </th>
          <th scope="col" class="figure">
            {w.first}
          </th>
          <th scope="col" class="figure">
            {w.second}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, { f1, first, second }]) => {
          const given = first > 0 || second > 0;
          return (
            <tr key={name}>
              <th scope="row">
                <LabelName layer={layer} name={name} />
              </th>
              <td class="figure bars strong">
                <Barred bar={given && <Bar share={f1} />}>
                  <Value value={given ? f1 : null} />
                </Barred>
              </td>
              {[first, second].map((times, at) => (
                <td key={at} class="figure bars">
                  <Barred bar={<Bar share={times / most} tone="count" />}>
                    <Digits>{count(times)}</Digits>
                  </Barred>
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
