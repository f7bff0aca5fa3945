/** What a score's signature says, part by part. */

import { Code, useLanguage, useWords, words } from "../language";
import { figureName } from "./figures";

const WORDS = words(
  {
    task: (name: string, version: string) => `the task ${name}, version ${version} of its rules`,
    data: (version: string, digest: string) =>
      `version ${version} of the data, and the first digits of the sha256 of the task's rows (${digest})`,
    splits: "the first digits of the sha256 of the file that says which article is in which split",
    metric: (name: string, version: string) => `the metric ${name}, version ${version} of its definition`,
  },
  {
    task: (name: string, version: string) => `المهمة ${name}، والإصدار ${version} من قواعدها`,
    data: (version: string, digest: string) =>
      `الإصدار ${version} من البيانات، وأول أرقام sha256 لصفوف المهمة (${digest})`,
    splits: "أول أرقام sha256 للملف الذي يوزع المقالات على التدريب والتحقق والاختبار",
    metric: (name: string, version: string) => `المقياس ${name}، والإصدار ${version} من تعريفه`,
  },
);

export function SignatureParts({ signature }: { signature: string }) {
  const language = useLanguage();
  const w = useWords(WORDS);
  const parts = signature.split("|");
  return (
    <dl class="terms">
      {parts.map((part, at) => {
        const [name = "", value = ""] = part.split(":");
        const [version = "", digest = ""] = value.split("@");
        const said =
          name === "data"
            ? w.data(version, digest)
            : name === "splits"
              ? w.splits
              : at === 0
                ? w.task(name, value)
                : w.metric(figureName(language, name), value);
        return (
          <div key={part}>
            <dt>
              <Code>{part}</Code>
            </dt>
            <dd>{said}</dd>
          </div>
        );
      })}
    </dl>
  );
}
