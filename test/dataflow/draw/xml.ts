/** A small strict reader of XML: refuses what a browser would refuse, and gives the elements. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  /** All text inside, entities resolved. */
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function resolved(text: string): string {
  if (/[<>]/.test(text)) throw new Error(`a bare < or > in ${JSON.stringify(text)}`);
  return text.replaceAll(/&([^;]*;?)/g, (whole, name: string) => {
    const character = entities[name.replace(";", "")];
    if (character === undefined || !name.endsWith(";")) throw new Error(`not an entity: ${whole}`);
    return character;
  });
}

function attributesOf(source: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = source.replaceAll(/\s+([\w:-]+)="([^"]*)"/g, (_, name: string, value: string) => {
    if (name in attributes) throw new Error(`${name} twice in ${source}`);
    attributes[name] = resolved(value);
    return "";
  });
  if (rest.trim() !== "") throw new Error(`not attributes: ${source}`);
  return attributes;
}

/** The one element that a text is. */
export function parseXml(source: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (const [token] of source.trim().matchAll(/<[^<>"]*(?:"[^"]*"[^<>"]*)*>|[^<]+|</g)) {
    const tag = /^<(\/?)([\w:]+)((?:\s[^]*?)?)(\/?)>$/.exec(token);
    if (tag === null) {
      const text = resolved(token);
      for (const element of open) element.text += text;
      continue;
    }
    const [, isEnd, name, attributes, isEmpty] = tag;
    if (isEnd) {
      if (open.pop()!.name !== name) throw new Error(`</${name}> ends another element`);
      continue;
    }
    const element: Element = { name: name!, attributes: attributesOf(attributes!), children: [], text: "" };
    open.at(-1)!.children.push(element);
    if (!isEmpty) open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> does not end`);
  if (root.children.length !== 1) throw new Error("not one root element");
  return root.children[0]!;
}

/** An element and all inside it. */
export function all(element: Element): Element[] {
  return [element, ...element.children.flatMap(all)];
}

/** Whether an element has a class. */
export function hasClass({ attributes }: Element, name: string): boolean {
  return (attributes["class"] ?? "").split(" ").includes(name);
}
