import type { Scene } from "../scene.ts";

/** What the Korean e-commerce act (전자상거래법 제10조) and Toss's merchant review demand on every page. */
export const Footer = ({ scene }: { scene: Scene }) => {
  const { t, deps } = scene;
  const { links } = deps.shop;
  return (
    <footer class="site-footer">
      <div class="bar">
        <nav aria-label={t.footer.terms}>
          <a href={links.terms}>{t.footer.terms}</a>
          <a href={links.privacy}>
            <strong>{t.footer.privacy}</strong>
          </a>
          <a href={links.refunds}>{t.footer.refunds}</a>
          <a href="/orders/find">{t.find.title}</a>
        </nav>
        <BusinessFacts scene={scene} fields={facts} />
        <BusinessFacts scene={scene} fields={contacts} />
      </div>
    </footer>
  );
};

type Field = keyof Scene["deps"]["shop"]["business"];
const facts: readonly Field[] = [
  "companyName",
  "representative",
  "registrationNumber",
  "mailOrderNumber",
  "address",
];
const contacts: readonly Field[] = ["phone", "email"];

const BusinessFacts = (props: { scene: Scene; fields: readonly Field[] }) => {
  const { t, deps } = props.scene;
  return (
    <dl>
      {props.fields.map((field) => (
        <div>
          <dt>{t.footer[field]}</dt>
          <dd>{contact(field, deps.shop.business[field])}</dd>
        </div>
      ))}
    </dl>
  );
};

function contact(field: Field, value: string) {
  if (field === "phone") return <a href={`tel:${value.replace(/[^+\d]/g, "")}`}>{value}</a>;
  if (field === "email") return <a href={`mailto:${value}`}>{value}</a>;
  return value;
}
