/** A table of the data in a frame that scrolls by itself, also by keyboard, where the window is too narrow for it. */

import type { ComponentChildren } from "preact";

export function DataTable({
  label,
  caption = label,
  hidden = false,
  frame = "",
  kind = "",
  children,
}: {
  /** What the table is called for those who hear it. */
  label: string;
  /** What stands above it, where that is more than its label. */
  caption?: ComponentChildren;
  /** Whether the page shows no caption, as a heading says the same. */
  hidden?: boolean;
  /** Classes of the frame, and of the table. */
  frame?: string;
  kind?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={`scroll ${frame}`} role="region" tabIndex={0} aria-label={label}>
      <table class={`data ${kind}`}>
        <caption class={hidden ? "hidden-text" : undefined}>
          <span class="caption">{caption}</span>
        </caption>
        {children}
      </table>
    </div>
  );
}
