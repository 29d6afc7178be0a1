import type { AdminScene } from "../admin_scene.ts";
import { TextField } from "../fragments/forms.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";

export type SignInProps = {
  readonly scene: AdminScene;
  /** The path to open after sign-in. */
  readonly to: string;
  readonly why?: "ended" | "out" | undefined;
  readonly fault?: "missing" | "wrong" | "tooMany" | undefined;
};

export const SignInPage = ({ scene, to, why, fault }: SignInProps) => {
  const words = scene.t.frame.signIn;
  return (
    <form class="panel sign-in" method="post" action="/admin/sign-in" novalidate data-once>
      <h1>{words.title}</h1>
      <p class="muted">{words.intro}</p>
      <WarnNotice text={why === "ended" && !fault ? words.ended : undefined} />
      <DoneNotice text={why === "out" && !fault ? words.signedOut : undefined} />
      <input type="hidden" name="to" value={to} />
      <TextField
        id="key"
        name="key"
        label={words.key}
        error={fault && words[fault]}
        input={{
          type: "password",
          required: true,
          autofocus: true,
          autocomplete: "current-password",
          spellcheck: false,
          maxlength: 200,
          placeholder: "pf_…",
        }}
      />
      <button class="button primary">{words.submit}</button>
      {to !== "/admin" && <p class="muted small">{words.continue}</p>}
    </form>
  );
};
