/** Bars that say again, for the eye, what a figure beside them says. */

import type { ComponentChildren } from "preact";

import type { Figure } from "../data";

/** A share of a whole. */
export function Bar({ share, tone }: { share: number; tone?: string }) {
  return (
    <span class="meter" aria-hidden="true">
      <i style={{ inlineSize: `${100 * Math.min(Math.max(share, 0), 1)}%` }} data-tone={tone} />
    </span>
  );
}

/** A figure from 0 to 1 with its interval as a line over the bar. */
export function Range({ figure: [value, low, high] }: { figure: Figure }) {
  return (
    <span class="meter range" aria-hidden="true">
      <i style={{ inlineSize: `${100 * value}%` }} />
      {low !== null && high !== null && (
        <b style={{ insetInlineStart: `${100 * low}%`, inlineSize: `${100 * (high - low)}%` }} />
      )}
    </span>
  );
}

/** Parts of a whole beside each other, by their tones. */
export function Stack({ parts }: { parts: readonly { count: number; tone: string }[] }) {
  return (
    <span class="meter stack" aria-hidden="true">
      {parts.map(({ count, tone }) => (
        <i key={tone} style={{ flexGrow: count }} data-tone={tone} />
      ))}
    </span>
  );
}

/** A bar and the number that it says again: beside each other, or below each other where there is little room. */
export function Barred({ bar, children }: { bar: ComponentChildren; children: ComponentChildren }) {
  return (
    <span class="barred">
      {bar}
      <span>{children}</span>
    </span>
  );
}
