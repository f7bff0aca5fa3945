/** The chart of a score table: a point and its interval for each row, by role, the ceiling as a line. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Figure } from "../data";
import { figure, useLanguage, useWords, words } from "../language";
import { figureName, Point, ROLES, roleWords } from "./figures";

export interface Dot {
  key: string;
  title: string;
  role: string;
  figure: Figure;
}

const WORDS = words(
  {
    interval: "the lines are 95% intervals",
    ceiling: (value: string) => `second judgement ${value}`,
    label: (metric: string, rows: number) =>
      `Chart: ${metric} with 95% intervals of ${rows} systems. The table below says the same.`,
  },
  {
    interval: "الخطوط مجالات بثقة 95%",
    ceiling: (value: string) => `الحكم الثاني ${value}`,
    label: (metric: string, rows: number) =>
      `رسم: ${metric} بمجالات ثقة 95%، عدد الأنظمة ${rows}. ويقول الجدول التالي ما يقوله.`,
  },
);

const NARROW = 460;
const LINE = 15;
const LETTER = 6.4;
const RIGHT = 52;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export function Forest({
  dots,
  ceiling,
  metric,
}: {
  dots: readonly Dot[];
  ceiling: Figure | null;
  metric: string;
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const [box, width] = useWidth();
  const narrow = width < NARROW;
  const left = narrow ? 12 : Math.min(330, width * 0.4);
  // The chart runs from left to right; words of the other direction are isolated from its figures.
  const said = (text: string) => (language === "ar" ? `\u2067${text}\u2069` : text);
  const x = (value: number) => left + value * (width - left - RIGHT);
  const top = ceiling ? 26 : 8;
  let y = top;
  const drawn: preact.JSX.Element[] = [];
  for (const role of ROLES) {
    const own = dots.filter((dot) => dot.role === role);
    if (!own.length) continue;
    drawn.push(
      <text
        key={role}
        class="group"
        x={narrow ? left : left - 12}
        y={y + 16}
        text-anchor={narrow ? "start" : "end"}
      >
        {roleWords(language, role).many}
      </text>,
    );
    y += 26;
    for (const dot of own) {
      const lines = narrow ? [dot.title] : wrapped(dot.title, (left - 12) / LETTER);
      const height = narrow ? 40 : Math.max(25, lines.length * LINE + 8);
      const middle = narrow ? y + 27 : y + height / 2;
      const [value, low, high] = dot.figure;
      const first = narrow ? y + 13 : middle - ((lines.length - 1) * LINE) / 2 + 4.5;
      drawn.push(
        <g key={dot.key} class={role}>
          {lines.map((line, at) => (
            <text
              key={line}
              x={narrow ? left : left - 12}
              y={first + at * LINE}
              text-anchor={narrow ? "start" : "end"}
            >
              {line}
            </text>
          ))}
          {low !== null && high !== null && (
            <path
              class="interval"
              d={`M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 4}v8M${x(high)} ${middle - 4}v8`}
            />
          )}
          <Point role={role} x={x(value)} y={middle} />
          <text class="value" x={x(Math.max(value, high ?? value)) + 9} y={middle + 4.5}>
            {figure(value)}
          </text>
        </g>,
      );
      y += height;
    }
    y += 8;
  }
  const bottom = y;
  const beside = ceiling && x(ceiling[0]) > width / 2;
  return (
    <div class="forest" ref={box}>
      <svg
        role="img"
        aria-label={w.label(figureName(language, metric), dots.length)}
        viewBox={`0 0 ${width} ${bottom + 44}`}
        width={width}
        height={bottom + 44}
      >
        {TICKS.map((tick) => (
          <g key={tick} class="tick">
            <path d={`M${x(tick)} ${top}V${bottom}`} />
            <text x={x(tick)} y={bottom + 17} text-anchor="middle">
              {tick.toFixed(1)}
            </text>
          </g>
        ))}
        {ceiling && (
          <g class="ceiling">
            {ceiling[1] !== null && ceiling[2] !== null && (
              <rect
                x={x(ceiling[1])}
                y={top}
                width={Math.max(x(ceiling[2]) - x(ceiling[1]), 1)}
                height={bottom - top}
              />
            )}
            <path class="reach" d={`M${x(ceiling[0])} ${top - 4}V${bottom}`} />
            <text x={x(ceiling[0]) + (beside ? 4 : -4)} y={top - 10} text-anchor={beside ? "end" : "start"}>
              {said(w.ceiling(figure(ceiling[0])))}
            </text>
          </g>
        )}
        {drawn}
        <text class="axis" x={(x(0) + x(1)) / 2} y={bottom + 38} text-anchor="middle">
          {`${figureName(language, metric)} · ${said(w.interval)}`}
        </text>
      </svg>
    </div>
  );
}

/** A title in lines of some letters at most, so that it stands beside the axis. */
function wrapped(title: string, letters: number): string[] {
  const lines = [""];
  for (const word of title.split(" ")) {
    const last = lines[lines.length - 1]!;
    if (last && last.length + word.length >= letters) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, set] = useState(640);
  useLayoutEffect(() => {
    const measure = () => box.current && set(Math.max(Math.floor(box.current.clientWidth), 240));
    measure();
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}
