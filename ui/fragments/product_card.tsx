import type { Product } from "@payflow/shared";
import { productImage } from "../assets.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { productText } from "../shop_text.ts";
import { FieldError, describedBy } from "./field.tsx";

type ProductCardProps = {
  readonly scene: Scene;
  readonly product: Product;
  readonly quantity: string;
  readonly error: string | undefined;
};

export const ProductCard = ({ scene, product, quantity, error }: ProductCardProps) => {
  const { t, language } = scene;
  const field = `quantity.${product.productId}`;
  const { name, description } = productText(scene, product);
  return (
    <li class="product">
      <ProductPicture scene={scene} product={product} />
      <div class="product-text">
        <h3>{name}</h3>
        {description !== undefined && <p>{description}</p>}
      </div>
      <p class="price">{wonText(product.unitPrice, language)}</p>
      <div class="stepper" data-stepper>
        <button type="button" data-step="-1" aria-label={t.shop.fewer(name)}>
          <span aria-hidden="true">−</span>
        </button>
        <input
          type="text"
          inputmode="numeric"
          pattern="[0-9]{0,2}"
          maxlength={2}
          autocomplete="off"
          name={field}
          value={quantity}
          aria-label={t.shop.quantity(name)}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={describedBy(field, error)}
        />
        <button type="button" data-step="1" aria-label={t.shop.more(name)}>
          <span aria-hidden="true">+</span>
        </button>
      </div>
      <FieldError field={field} error={error} />
    </li>
  );
};

const ProductPicture = ({ scene, product }: { scene: Scene; product: Product }) => (
  <img
    class="picture"
    src={productImage(scene.assets, product.productId)}
    alt=""
    width={96}
    height={96}
  />
);
