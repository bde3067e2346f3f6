/**
 * Keeps React working on a page that a translator changed. A translator puts an element in the place of a text node;
 * React goes on writing to the node that it made, which is no longer on the page (numbers freeze), and takes it away from a
 * parent that no longer has it, which throws (facebook/react#11538). Here whoever replaced a text node is remembered: what
 * React does to the node is done to its replacement.
 */

/** From a node that React made to the node that stands in its place. */
const replacements = new WeakMap<Node, Node>();

// What translators wrap text in: Google's, and with it Chrome's and Edge's.
const isWrapper = (node: Node | null | undefined): node is HTMLElement => node?.nodeName === 'FONT';

/** The node that stands for `node` among the children of `parent`; `node` itself where nothing replaced it. */
function present(node: Node, parent: Node): Node {
  let current = node;
  while (current.parentNode !== parent) {
    // The text itself may have been moved into the wrapper.
    const next = isWrapper(current.parentNode) ? current.parentNode : replacements.get(current);
    if (next === undefined) return node;
    current = next;
  }
  return current;
}

function remember(original: Text, replacement: Node): void {
  replacements.set(original, replacement);
  // React writes nodeValue, and does so on this very node.
  Object.defineProperty(original, 'nodeValue', {
    configurable: true,
    get: () => original.data,
    set: (value: string) => {
      original.data = value;
      if (original.isConnected) return;
      let shown = replacement;
      for (let next = replacements.get(shown); next !== undefined; next = replacements.get(shown))
        shown = next;
      shown.textContent = value;
    },
  });
}

/** What took the place of a removed node: put there by the same call, or a wrapper that another call put beside it. */
function successor(removed: Node, record: MutationRecord, wrappers: ReadonlySet<Node>): Node | null {
  const [inPlace] = record.addedNodes;
  if (inPlace !== undefined) return isWrapper(inPlace) || isWrapper(removed) ? inPlace : null;
  const beside = [record.previousSibling, record.nextSibling];
  return beside.find((node) => node !== null && wrappers.has(node)) ?? null;
}

function follow(records: readonly MutationRecord[]): void {
  const wrappers = new Set(records.flatMap(({ addedNodes }) => [...addedNodes].filter(isWrapper)));
  for (const record of records) {
    // Back on the page, such as when the original is shown again: it stands for itself.
    for (const node of record.addedNodes) replacements.delete(node);
    for (const node of record.removedNodes) {
      const replacement = successor(node, record, wrappers);
      if (replacement === null) continue;
      if (node instanceof Text) remember(node, replacement);
      else if (isWrapper(node)) replacements.set(node, replacement);
    }
  }
}

/** Called once, before the first render. */
export function surviveTranslation(): void {
  // Each is called on the node it was asked of.
  // oxlint-disable-next-line unbound-method
  const { insertBefore, removeChild } = Node.prototype;
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    removeChild.call(this, present(child, this));
    return child;
  };
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, reference: Node | null): T {
    insertBefore.call(this, node, reference === null ? null : present(reference, this));
    return node;
  };
  new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
}
