import type { Scene } from "../scene.ts";

/** Links and facts that Korean e-commerce law (전자상거래법 제10조) and Toss's merchant review demand on every page. */
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
        <PurchaseSafety scene={scene} />
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
const contacts: readonly Field[] = ["phone", "email", "hostingProvider"];

/** The Fair Trade Commission's page for a registration number: 전자상거래법 시행규칙 제7조 제2항. */
const registryUrl = "https://www.ftc.go.kr/bizCommPop.do?wrkr_no=";

/** 전자상거래법 제24조 demands this text on the first page and beside the methods; here the footer is on both. */
const PurchaseSafety = ({ scene: { t, deps } }: { scene: Scene }) => {
  const { purchaseSafety } = deps.shop;
  if (!purchaseSafety) return <></>;
  return (
    <p>
      {t.footer.purchaseSafety(purchaseSafety.provider)}{" "}
      <a href={purchaseSafety.url} rel="noreferrer" target="_blank">
        {t.footer.purchaseSafetyProof}
      </a>
    </p>
  );
};

const BusinessFacts = (props: { scene: Scene; fields: readonly Field[] }) => {
  const { t, deps } = props.scene;
  return (
    <dl>
      {props.fields.map((field) => {
        const value = deps.shop.business[field];
        return (
          value !== undefined && (
            <div>
              <dt>{t.footer[field]}</dt>
              <dd>{contact(field, value)}</dd>
              {field === "registrationNumber" && (
                <dd>
                  <a href={registryUrl + value.replace(/\D/g, "")} rel="noreferrer" target="_blank">
                    {t.footer.registry}
                  </a>
                </dd>
              )}
            </div>
          )
        );
      })}
    </dl>
  );
};

function contact(field: Field, value: string) {
  if (field === "phone") return <a href={`tel:${value.replace(/[^+\d]/g, "")}`}>{value}</a>;
  if (field === "email") return <a href={`mailto:${value}`}>{value}</a>;
  return value;
}
