/** Counts over time as bars, with the same as a table; what has no date is said beside it. */

import { useEffect, useRef, useState } from "preact/hooks";

import { count, useLanguage, useWords, words } from "../language";
import { DataTable } from "./data-table";
import { Choice } from "./choice";

const WORDS = words(
  {
    per: "Per",
    year: "year",
    quarter: "quarter",
    month: "month",
    table: "As a table",
    when: "When",
    undated: "Without a date",
    nothing: "Nothing here has a date.",
  },
  {
    per: "المدة",
    year: "سنة",
    quarter: "ربع سنة",
    month: "شهر",
    table: "في جدول",
    when: "المدة",
    undated: "بلا تاريخ",
    nothing: "لا شيء هنا له تاريخ.",
  },
);

export const PERIODS = ["year", "quarter", "month"] as const;
export type Period = (typeof PERIODS)[number];

/** The period that a word in an address means; years where it means none. */
export function periodOf(word: string | null): Period {
  return PERIODS.find((one) => one === word) ?? "year";
}

/** A kind of count: above the line, below it, or in a row of its own beneath. */
export interface Series {
  name: string;
  side: "up" | "down" | "beneath";
  /** Named after a stance label, or `plain`. */
  colour: string;
}

/** Something that is counted: an ISO date or null, the place of its series, how many. */
export type Dated = readonly [date: string | null, series: number, count: number];

interface Bin {
  /** Such as `2022`, `2022-Q3`, `2022-07`. */
  key: string;
  values: number[];
}

function keyOf(date: string, period: Period): string {
  if (period === "year") return date.slice(0, 4);
  if (period === "month") return date.slice(0, 7);
  return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}

function following(key: string): string {
  const year = Number(key.slice(0, 4));
  if (key.length === 4) return String(year + 1);
  const quarter = key.includes("Q");
  const next = Number(key.slice(quarter ? 6 : 5)) + 1;
  if (next > (quarter ? 4 : 12)) return `${year + 1}-${quarter ? "Q1" : "01"}`;
  return quarter ? `${year}-Q${next}` : `${year}-${String(next).padStart(2, "0")}`;
}

/** Bins without a gap, and how much has no date. */
export function bins(
  dated: Iterable<Dated>,
  series: number,
  period: Period,
): { bins: Bin[]; undated: number } {
  const counts = new Map<string, number[]>();
  let undated = 0;
  for (const [date, at, many] of dated) {
    if (date === null) {
      undated += many;
      continue;
    }
    const key = keyOf(date, period);
    let values = counts.get(key);
    if (!values) counts.set(key, (values = new Array<number>(series).fill(0)));
    values[at]! += many;
  }
  const keys = [...counts.keys()].sort();
  const list: Bin[] = [];
  for (let key = keys[0]; key !== undefined && key <= keys[keys.length - 1]!; key = following(key)) {
    list.push({ key, values: counts.get(key) ?? new Array<number>(series).fill(0) });
  }
  return { bins: list, undated };
}

/** The choice of the period and the chart. `title` says what is counted. */
export function Timeline({
  title,
  dated,
  series,
  period,
  choose,
}: {
  title: string;
  dated: readonly Dated[];
  series: readonly Series[];
  period: Period;
  choose: (period: Period) => void;
}) {
  const w = useWords(WORDS);
  const { bins: list, undated } = bins(dated, series.length, period);
  return (
    <div class="timeline">
      <div class="toolbar">
        <Choice
          legend={w.per}
          options={PERIODS.map((one) => ({ value: one, name: w[one] }))}
          value={period}
          choose={choose}
        />
        {undated > 0 && (
          <p class="soft">
            {w.undated}: <span class="number">{count(undated)}</span>
          </p>
        )}
      </div>
      {list.length ? (
        <>
          <Chart title={title} list={list} series={series} />
          <details>
            <summary>{w.table}</summary>
            <DataTable label={`${title}: ${w.table}`} caption={title} frame="short">
              <thead>
                <tr>
                  <th scope="col">{w.when}</th>
                  {series.map((one) => (
                    <th key={one.name} scope="col" class="figure">
                      {one.name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {list
                  .filter((bin) => bin.values.some(Boolean))
                  .map((bin) => (
                    <tr key={bin.key}>
                      <th scope="row">
                        <bdi dir="ltr">{bin.key}</bdi>
                      </th>
                      {bin.values.map((value, at) => (
                        <td key={at} class="figure">
                          {count(value)}
                        </td>
                      ))}
                    </tr>
                  ))}
              </tbody>
            </DataTable>
          </details>
        </>
      ) : (
        <p class="soft">{w.nothing}</p>
      )}
    </div>
  );
}

const GAP = 16;
const REACH = 120;

function Chart({ title, list, series }: { title: string; list: readonly Bin[]; series: readonly Series[] }) {
  const mirrored = useLanguage() === "ar";
  const [box, width] = useWidth();
  const most = (side: Series["side"]) =>
    Math.max(
      0,
      ...list.map((bin) => Math.max(0, ...bin.values.filter((_, at) => series[at]!.side === side))),
    );
  const [up, down, beneath] = [most("up"), most("down"), most("beneath")];
  const unit = REACH / Math.max(up + down, beneath, 1);
  const has = (side: Series["side"]) => most(side) > 0;
  const line = GAP + up * unit;
  const floor = line + (has("down") ? down * unit + GAP : 0);
  const lane = floor + (has("beneath") ? GAP + beneath * unit : 0);
  const height = lane + GAP + 6;
  const gutter = series.length > 1 ? 4.6 * GAP : 0;
  const step = Math.min((width - gutter) / list.length, 90);
  const bar = Math.max(1, Math.min(step * 0.7, 34));
  const along = (at: number) => (mirrored ? width - gutter - (at + 0.5) * step : gutter + (at + 0.5) * step);
  const digits = Math.max(...list.flatMap((bin) => bin.values.map((value) => count(value).length)));
  const valued = step >= Math.max(18, digits * 7.2 + 2);
  const labelled = Math.max(1, Math.ceil(36 / step));
  const years = list[0]!.key.length > 4;
  const edge = mirrored ? width : 0;
  const summary = list
    .filter((bin) => bin.values.some(Boolean))
    .map(
      (bin) =>
        `${bin.key}: ${bin.values
          .map((value, i) => (value ? `${series[i]!.name} ${value}` : ""))
          .filter(Boolean)
          .join(", ")}`,
    )
    .join("; ");
  let lastYear = -labelled;
  return (
    <div ref={box} class="chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`${title}. ${summary}`}
        >
          <line
            class="axis"
            x1={mirrored ? 0 : gutter}
            x2={mirrored ? width - gutter : width}
            y1={line}
            y2={line}
          />
          {gutter > 0 &&
            series
              .filter((one) => has(one.side))
              .map((one) => (
                <text
                  key={one.name}
                  class="lane"
                  data-label={one.colour}
                  x={edge}
                  y={one.side === "up" ? line - 8 : one.side === "down" ? line + 16 : lane - 1}
                >
                  {one.name}
                </text>
              ))}
          {has("beneath") && (
            <line
              class="axis"
              x1={mirrored ? 0 : gutter}
              x2={mirrored ? width - gutter : width}
              y1={lane}
              y2={lane}
            />
          )}
          {list.map((bin, at) => {
            const x = along(at);
            const first = !years || at === 0 || bin.key.slice(0, 4) !== list[at - 1]!.key.slice(0, 4);
            const written = first && at - lastYear >= labelled;
            if (written) lastYear = at;
            return (
              <g key={bin.key}>
                {bin.values.map((value, i) => {
                  if (!value) return null;
                  const { side, colour } = series[i]!;
                  const long = Math.max(1.5, value * unit);
                  const y = side === "up" ? line - long : side === "down" ? line : lane - long;
                  return (
                    <g key={i}>
                      <rect
                        class="bar"
                        data-label={colour}
                        x={x - bar / 2}
                        y={y}
                        width={bar}
                        height={long}
                        rx={1}
                      />
                      {valued && (
                        <text class="value" x={x} y={side === "down" ? y + long + 11 : y - 4}>
                          {count(value)}
                        </text>
                      )}
                    </g>
                  );
                })}
                {written && (
                  <text class="when" x={x} y={height - 4}>
                    {bin.key.slice(0, 4)}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

/** An element's width in whole pixels, as it changes. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, set] = useState(0);
  useEffect(() => {
    const element = box.current!;
    const measure = () => set(Math.floor(element.getBoundingClientRect().width));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}
