/**
 * What a bundle for pages carries in the place of `wide.ts`, which no page can run: the field `browser` of `package.json`
 * has bundlers take this file instead.
 */
export const deflated: string | undefined = undefined;
