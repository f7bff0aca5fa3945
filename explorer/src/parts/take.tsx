/** What one takes along: a copied citation or link, and the shown rows as a file. */

import { useEffect, useState } from "preact/hooks";

import { useWords, words } from "../language";
import { Icon } from "./icon";

const WORDS = words(
  { copied: "Copied", refused: "Not copied: the browser does not allow it", rows: "Download the shown rows" },
  { copied: "نُسخ", refused: "لم يُنسخ: المتصفح لا يسمح به", rows: "تنزيل الصفوف المعروضة" },
);

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("aria-hidden", "true");
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** A button that copies what `text` gives, and says whether it did; `of` tells it from others with its label, to who cannot see where it stands. */
export function Copy({
  label,
  of,
  text,
  icon = "copy",
}: {
  label: string;
  of?: string;
  text: () => string;
  icon?: "copy" | "link";
}) {
  const w = useWords(WORDS);
  const [said, say] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(""), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <span class="copy">
      <button
        type="button"
        class="button"
        onClick={async () => say((await copy(text())) ? w.copied : w.refused)}
      >
        <Icon name={icon} />
        {label}
        {of && <span class="hidden-text"> {of}</span>}
      </button>
      <span role="status">{said}</span>
    </span>
  );
}

export type Row = Record<string, unknown>;

/** Buttons that save rows as JSON Lines and as CSV. */
export function Download({ name, rows }: { name: string; rows: () => readonly Row[] }) {
  const w = useWords(WORDS);
  return (
    <span class="download" role="group" aria-label={w.rows}>
      <Icon name="download" />
      <span>{w.rows}:</span>
      <button
        type="button"
        class="button"
        onClick={() => save(`${name}.jsonl`, jsonLines(rows()), "application/jsonl")}
      >
        JSONL
      </button>
      <button type="button" class="button" onClick={() => save(`${name}.csv`, csv(rows()), "text/csv")}>
        CSV
      </button>
    </span>
  );
}

export function jsonLines(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** RFC 4180 with a byte order mark, without which spreadsheets do not read Arabic. Lists are JSON. */
export function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cell = (value: unknown) => {
    const text =
      value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [names, ...rows.map((row) => names.map((name) => row[name]))];
  return `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
