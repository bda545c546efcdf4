import { describe, expect, it } from "vitest";
import { element, escapeXml, round } from "../../../src/dataflow/typeset/xml.ts";

describe("elements", () => {
  it("have attributes but those that are undefined, and children", () => {
    expect(element("a", { b: 'x"<', c: 1.23456, d: undefined }, "<e/>", "f")).toBe(
      '<a b="x&quot;&lt;" c="1.23"><e/>f</a>',
    );
    expect(element("a", {})).toBe("<a/>");
  });

  it("hold text only as XML can", () => {
    expect(escapeXml("a<b> & \u0000\uD800\u{1F600}")).toBe("a&lt;b&gt; &amp; \uFFFD\uFFFD\u{1F600}");
  });

  it("have short lengths", () => {
    expect([1.23456, -0.0001, 10, NaN].map((length) => String(round(length)))).toEqual(["1.23", "0", "10", "0"]);
  });
});
