import { Icon } from "../fragments/icon.tsx";
import { documents, type DocumentName } from "../messages/documents.ts";
import type { Scene } from "../scene.ts";

export { documentNames } from "../messages/documents.ts";

export const DocumentPage = ({ scene, name }: { scene: Scene; name: DocumentName }) => {
  const { unpaidRetentionDays } = scene.deps;
  return (
    <article class="document">
      <h1>{scene.t.footer[name]}</h1>
      <p class="notice warn">
        <Icon name="alert" />
        <span>{scene.t.documents.sample}</span>
      </p>
      {documents[scene.language][name].map(([heading, text]) => (
        <>
          <h2>{heading}</h2>
          <p>{text.replaceAll("{days}", String(unpaidRetentionDays))}</p>
        </>
      ))}
    </article>
  );
};
