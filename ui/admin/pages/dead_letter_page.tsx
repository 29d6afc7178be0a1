import { type AdminScene, may } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { DeadLetterDetail } from "../contract.ts";
import { orderPath, Tag } from "../fragments/badges.tsx";
import { ConfirmAction, ReasonField } from "../fragments/forms.tsx";
import { JsonText } from "../fragments/json_text.tsx";
import { WarnNotice } from "../fragments/notices.tsx";
import { letterPath, LetterTag } from "./dead_letters_page.tsx";

type DeadLetterPageProps = {
  readonly scene: AdminScene;
  readonly letter: DeadLetterDetail;
  /** The refusal of the operator's last action. */
  readonly refused: string | undefined;
  readonly discard: { readonly reason: string; readonly isFaulty: boolean } | undefined;
};

/** A dead letter with its message and its actions. */
export const DeadLetterPage = ({ scene, letter, refused, discard }: DeadLetterPageProps) => {
  const { t } = scene;
  const { events: words, frame } = t;
  const isOpen = letter.replayedAt === null && letter.discardedAt === null;
  return (
    <>
      <p class="trail">
        <a href="/admin/events/dead-letters">{words.deadLetters}</a>
      </p>
      <div class="head">
        <h1>
          {words.letterTitle} <LetterTag scene={scene} letter={letter} />
          {!letter.isSigned && <Tag tone="warn">{words.unsigned}</Tag>}
        </h1>
      </div>
      <WarnNotice text={discard ? undefined : refused} />
      <div class="columns">
        <div class="main">
          <section class="panel" aria-labelledby="cause-title">
            <h2 id="cause-title">{words.error}</h2>
            <p class="cause">{letter.error}</p>
            <dl class="pairs">
              <Pair name={words.part}>{frame.parts[letter.part]}</Pair>
              <Pair name={words.topic}>
                <span class="code">{letter.topic}</span>
              </Pair>
              <Pair name={words.place}>
                <span class="code">
                  {letter.partition}:{letter.offset}
                </span>
              </Pair>
              <Pair name={words.key}>
                {letter.key !== null && (
                  <a class="code" href={orderPath(letter.key)}>
                    {letter.key}
                  </a>
                )}
              </Pair>
              <Pair name={words.at}>{whenText(letter.createdAt, scene)}</Pair>
            </dl>
          </section>
          <section class="panel" aria-labelledby="value-title">
            <h2 id="value-title">{words.eventValue}</h2>
            <JsonText text={letter.value ?? "null"} />
            <h2>{words.headers}</h2>
            <JsonText text={JSON.stringify(letter.headers)} />
          </section>
        </div>
        {isOpen && may(scene, "operate") && (
          <div class="side">
            <section class="panel actions" aria-labelledby="actions-title">
              <h2 id="actions-title">{t.actions.title}</h2>
              <WarnNotice text={letter.isSigned ? undefined : words.replayUnsigned} />
              <ConfirmAction
                action={`${letterPath(letter)}/replay`}
                label={words.replay}
                what={words.replayWhat}
                submit={words.replay}
              />
              <ConfirmAction
                action={`${letterPath(letter)}/discard`}
                label={words.discard}
                what={words.discardWhat}
                submit={words.discard}
                isDanger
                refused={discard && (refused ?? frame.refusals["invalid_request"])}
              >
                <ReasonField
                  scene={scene}
                  id="discard-reason"
                  value={discard?.reason}
                  error={discard?.isFaulty ? frame.reasonMissing : undefined}
                />
              </ConfirmAction>
            </section>
          </div>
        )}
      </div>
    </>
  );
};

const Pair = (props: { name: string; children: unknown }) => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.children as never}</dd>
  </div>
);
