import { describe, expect, it } from "vitest";
import { drawable, element, escapeXml, round } from "../../../src/dataflow/typeset/xml.ts";

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

  it.each(["\u0001", "\u001B", "\u007F", "\u0085", "\uD800", "\uDC00", "\uFFFE", "\uFFFF", "\u{1FFFF}".slice(0, 1)])(
    "hold no %j",
    (character) => {
      expect(drawable(`a${character}b`)).toBe("a\uFFFDb");
      expect(element("a", { b: character }, escapeXml(character))).toBe('<a b="\uFFFD">\uFFFD</a>');
    },
  );

  it("leave all else as it is", () => {
    expect(drawable("a\t\r\n \u00A0é\uFFFD\u{1F600}")).toBe("a\t\r\n \u00A0é\uFFFD\u{1F600}");
  });

  it("have short lengths", () => {
    expect([1.23456, -0.0001, 10, NaN].map((length) => String(round(length)))).toEqual(["1.23", "0", "10", "0"]);
  });
});
