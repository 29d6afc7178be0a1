import type { Assets } from "../assets.ts";
import type { ErrorCode } from "./contract.ts";
import { DocsLayout } from "./docs_layout.tsx";
import { Prose } from "./prose.tsx";

/** All error codes, each at the anchor to which a problem's `type` points. */
export const ErrorsPage = (props: { assets: Assets; errorCodes: readonly ErrorCode[] }) => (
  <DocsLayout title="PayFlow errors" assets={props.assets}>
    <h1>Errors</h1>
    <p class="lead">
      Every refusal is a problem document (RFC 9457). Branch on its <code>code</code>.
    </p>
    {props.errorCodes.map(({ code, status, cause, wayOut }) => (
      <section id={code} class="error">
        <h2>
          <a href={`#${code}`}>
            <code>{code}</code>
          </a>{" "}
          {status}
        </h2>
        <p>
          <Prose text={cause} />
        </p>
        <p>
          <Prose text={wayOut} />
        </p>
      </section>
    ))}
  </DocsLayout>
);
