/** React goes on on a page whose texts a translator replaced, in each of the ways in which translators do it. */
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { surviveTranslation } from '@/app/translatedPage';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let host: HTMLElement;
let root: Root;

beforeAll(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  surviveTranslation();
});

beforeEach(() => {
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

function show(children: ReactNode): void {
  act(() => root.render(children));
}

function texts(): Text[] {
  const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

// Mutation observers run between tasks.
const settle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const translators: Readonly<Record<string, (text: Text, wrapper: HTMLElement) => void>> = {
  'replaces the text': (text, wrapper) => {
    wrapper.textContent = `${text.data}*`;
    text.replaceWith(wrapper);
  },
  'moves the text into its element': (text, wrapper) => {
    text.replaceWith(wrapper);
    wrapper.append(text);
  },
  'inserts its element, then takes the text away': (text, wrapper) => {
    wrapper.textContent = `${text.data}*`;
    text.before(wrapper);
    text.remove();
  },
};

/** Several texts in one element, an element that comes and goes between them: what React updates node by node. */
function Counter({ step, isDone }: { readonly step: number; readonly isDone: boolean }) {
  return (
    <p>
      Step {step} of 10{isDone && <b>, done</b>}
      {!isDone && ' so far'}
    </p>
  );
}

for (const [name, translate] of Object.entries(translators)) {
  const translateAll = async (): Promise<void> => {
    for (const text of texts()) translate(text, document.createElement('font'));
    await settle();
  };

  test(`a translator that ${name}: numbers go on, parts come and go`, async () => {
    show(<Counter step={1} isDone={false} />);
    await translateAll();
    show(<Counter step={2} isDone={false} />);
    expect(host.textContent).toMatch(/Step \*?2 of/);
    show(<Counter step={3} isDone />);
    expect(host.textContent).toMatch(/Step \*?3 of 10\*?, done$/);
    await translateAll();
    show(<Counter step={4} isDone={false} />);
    expect(host.textContent).toMatch(/4.* so far\*?$/);
    show(null);
    expect(host.textContent).toBe('');
  });

  test(`a translator that ${name}: the original is shown again`, async () => {
    show(<Counter step={1} isDone={false} />);
    const originals = texts().map((text) => [text, text.data] as const);
    await translateAll();
    for (const [text, data] of originals) {
      const wrapper = [...host.querySelectorAll('font')].find(
        (font) => font.contains(text) || font.textContent === `${data}*`,
      );
      wrapper?.replaceWith(text);
    }
    await settle();
    show(<Counter step={2} isDone />);
    expect(host.textContent).toBe('Step 2 of 10, done');
  });
}

test('an error of our own is not hidden', () => {
  const stranger = document.createTextNode('');
  expect(() => host.removeChild(stranger)).toThrow(DOMException);
});
