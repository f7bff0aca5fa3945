/** What a score rests on: its signature, its files, and the commands that make it again. */

import type { Result } from "../data";
import { Code, useLanguage, useWords, words } from "../language";
import { valueName } from "../names";
import { SignatureParts } from "./signature";
import { Copy } from "../parts/take";

const WORDS = words(
  {
    title: "What it rests on",
    split: (split: string) => `Of ${split}.`,
    signature: "Signature",
    signed: "It names what the figures depend on; figures with different signatures share no table.",
    files: "Files",
    recipe: "Recipe",
    predictions: "Predictions",
    sha256: "sha256 of the predictions",
    score: "Score",
    again: "Make it again",
    reproduce: "Fits the recipe again and prints the differences from what is on record:",
    report: "Writes a page of its errors:",
    copy: "Copy",
  },
  {
    title: "ما تستند إليه النتيجة",
    split: (split: string) => `نصوص ${split}.`,
    signature: "التوقيع",
    signed: "يسمّي ما تتوقف عليه الأرقام؛ ولا يجتمع في جدول واحد ما اختلف توقيعه.",
    files: "الملفات",
    recipe: "الوصفة",
    predictions: "الأجوبة",
    sha256: "‏sha256 للأجوبة",
    score: "النتيجة",
    again: "إعادة حسابها",
    reproduce: "يعيد التدريب بالوصفة ويطبع ما اختلف عن المسجل:",
    report: "يكتب صفحة بأخطاء النظام:",
    copy: "نسخ",
  },
);

export function Provenance({
  id,
  recipe,
  result,
  split,
}: {
  id: string;
  recipe: string;
  result: Result;
  split: string;
}) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const files = [
    [w.recipe, recipe],
    [w.predictions, result.predictions],
    [w.sha256, result.predictions_sha256],
    [w.score, result.score],
  ] as const;
  const commands = [
    [w.reproduce, `marsad reproduce --baseline ${id}`],
    [w.report, `marsad report ${id} --split ${split} --out report/`],
  ] as const;
  return (
    <section class="card rests" aria-labelledby="rests">
      <h2 id="rests">{w.title}</h2>
      <p class="soft">{w.split(valueName(language, split))}</p>
      <h3>{w.signature}</h3>
      <p>
        <Code>{result.signature}</Code>
      </p>
      <p class="soft">{w.signed}</p>
      <SignatureParts signature={result.signature} />
      <h3>{w.files}</h3>
      <dl class="terms">
        {files.map(([name, file]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Code>{file}</Code>
            </dd>
          </div>
        ))}
      </dl>
      <h3>{w.again}</h3>
      <ul class="commands">
        {commands.map(([said, command]) => (
          <li key={command}>
            <p>{said}</p>
            <div class="command">
              <Code>{command}</Code>
              <Copy label={w.copy} of={command} text={() => command} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
