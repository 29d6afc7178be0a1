declare module "subset-font" {
  /** Harfbuzz's subsetter; the part of its options that is used here. */
  export default function subsetFont(
    font: Buffer,
    text: string,
    options: {
      readonly targetFormat: "sfnt" | "woff2";
      readonly variationAxes?: Readonly<
        Record<string, { readonly min: number; readonly max: number; readonly default: number }>
      >;
      readonly keepFeatures?: readonly string[];
      readonly preserveNameIds?: readonly number[];
      readonly noHinting?: boolean;
    },
  ): Promise<Buffer>;
}
