/** The forms a name is written in, by outlet. */

import { useMemo, useState } from "preact/hooks";

import { Arabic, count, useLanguage, useWords, words } from "../language";
import { articles } from "../load";
import { valueName } from "../names";
import { writtenBy, type Met } from "./mentions";
import { Shown } from "../parts/odd";
import { DataTable } from "../parts/data-table";

const WORDS = words(
  {
    one: "Written one way everywhere:",
    caption: "Mentions of each form, by outlet",
    form: "Form",
    all: "All",
    none: "outlet not shown",
    more: "Show all forms",
    outlets: "Outlets",
  },
  {
    one: "يُكتب بصيغة واحدة في كل موضع:",
    caption: "مرات ذكر كل صيغة بحسب الجهة الناشرة",
    form: "الصيغة",
    all: "الكل",
    none: "الجهة الناشرة غير مذكورة",
    more: "عرض كل الصيغ",
    outlets: "الجهات الناشرة",
  },
);
const FIRST = 8;

export function Written({ met, forms }: { met: readonly Met[]; forms: readonly string[] }) {
  const w = useWords(WORDS);
  const language = useLanguage();
  const [all, showAll] = useState(false);
  const listed = articles();
  const { outlets, totals, counts } = useMemo(
    () => writtenBy(met, forms.length, listed),
    [met, forms, listed],
  );
  const outletName = (outlet: number) =>
    outlet < 0 ? w.none : valueName(language, listed.values.outlet[outlet]!);
  const sums = counts.map((row) => row.reduce((sum, one) => sum + one, 0));
  const most = Math.max(1, ...counts.flat());
  if (forms.length === 1) {
    return (
      <>
        <p>
          {w.one}{" "}
          <strong class="form-name">
            <Arabic>
              <Shown text={forms[0]!} />
            </Arabic>
          </strong>
        </p>
        <ul class="chips" aria-label={w.outlets}>
          {outlets.map((outlet, at) => (
            <li key={outlet} class="chip">
              <bdi>
                <Shown text={outletName(outlet)} />
              </bdi>
              <span class="number">{count(totals[at]!)}</span>
            </li>
          ))}
        </ul>
      </>
    );
  }
  const drawn = all ? forms : forms.slice(0, FIRST);
  return (
    <>
      <DataTable label={w.caption} kind="forms-table">
        <thead>
          <tr>
            <th scope="col">{w.form}</th>
            <th scope="col" class="figure">
              {w.all}
            </th>
            {outlets.map((outlet) => (
              <th key={outlet} scope="col" class="outlet">
                <bdi>
                  <Shown text={outletName(outlet)} />
                </bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {drawn.map((form, at) => (
            <tr key={form}>
              <th scope="row" class="form-name">
                <Arabic>
                  <Shown text={form} />
                </Arabic>
              </th>
              <td class="figure">
                <strong>{count(sums[at]!)}</strong>
              </td>
              {counts[at]!.map((value, column) => (
                <td key={column} class="figure shaded" style={{ "--share": String(value / most) }}>
                  {value ? count(value) : <span class="soft">·</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </DataTable>
      {!all && forms.length > FIRST && (
        <button type="button" class="button" onClick={() => showAll(true)}>
          {w.more} <span class="soft number">{count(forms.length)}</span>
        </button>
      )}
    </>
  );
}
