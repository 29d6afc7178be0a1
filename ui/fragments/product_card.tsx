import type { Product } from "@payflow/shared";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
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
  return (
    <li class="product">
      <ProductPicture scene={scene} product={product} />
      <div class="product-text">
        <h3>{product.name}</h3>
        {product.description !== undefined && <p>{product.description}</p>}
      </div>
      <p class="price">{wonText(product.unitPrice, language)}</p>
      <div class="stepper" data-stepper>
        <button type="button" data-step="-1" aria-label={t.shop.fewer(product.name)}>
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
          aria-label={t.shop.quantity(product.name)}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={describedBy(field, error)}
        />
        <button type="button" data-step="1" aria-label={t.shop.more(product.name)}>
          <span aria-hidden="true">+</span>
        </button>
      </div>
      <FieldError field={field} error={error} />
    </li>
  );
};

const pictureTypes = ["svg", "webp", "png", "jpg"];

/** A product's image is `ui/static/products/{productId}.svg` (or webp, png, jpg); a box is shown without it. */
const ProductPicture = ({ scene, product }: { scene: Scene; product: Product }) => {
  const file = pictureTypes
    .map((type) => `products/${product.productId}.${type}`)
    .find((name) => scene.assets.has(name));
  return (
    <img
      class="picture"
      src={scene.assets.url(file ?? "products/box.svg")}
      alt=""
      width={96}
      height={96}
    />
  );
};
