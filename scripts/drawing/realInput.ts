/** Mouse, finger, stylus and keys as Chromium's input events, for tests in the browser: what a person does, lost events included. */
import { cdp } from 'vitest/browser';

type Device = 'mouse' | 'pen';
type Button = 'left' | 'right' | 'none';

/** Bits of `buttons`. */
export const buttonBits = { none: 0, left: 1, right: 2, both: 3 } as const;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** In the coordinates of the window around the test's frame. */
function inWindow(element: Element, { x, y }: Place): Place {
  const box = element.getBoundingClientRect();
  const frame = window.frameElement?.getBoundingClientRect();
  // The test's frame may be shown smaller than it is.
  const scale = frame === undefined ? 1 : frame.width / window.innerWidth;
  return {
    x: (frame?.left ?? 0) + scale * (box.left + x * box.width),
    y: (frame?.top ?? 0) + scale * (box.top + y * box.height),
  };
}

/** Acts on one element; coordinates from 0 to 1 across it. */
export class RealInput {
  readonly #element: Element;

  constructor(element: Element) {
    this.#element = element;
  }

  press(x: number, y: number, device: Device = 'mouse', button: Button = 'left', buttons = 1): Promise<void> {
    return this.#mouse('mousePressed', { x, y }, device, button, buttons);
  }

  /** `buttons` are those that are held. */
  move(x: number, y: number, buttons: number = buttonBits.left, device: Device = 'mouse'): Promise<void> {
    // Chromium lets go of a captured pointer that moves without a button.
    const held = (buttons & buttonBits.left) !== 0 ? 'left' : buttons === buttonBits.right ? 'right' : 'none';
    return this.#mouse('mouseMoved', { x, y }, device, held, buttons);
  }

  release(
    x: number,
    y: number,
    device: Device = 'mouse',
    button: Button = 'left',
    buttons = 0,
  ): Promise<void> {
    return this.#mouse('mouseReleased', { x, y }, device, button, buttons);
  }

  /** The fingers that are on the screen now. */
  touch(
    type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel',
    fingers: readonly (Place & { readonly id: number })[],
  ): Promise<void> {
    const touchPoints = fingers.map(({ id, ...place }) => ({ id, ...inWindow(this.#element, place) }));
    return this.#send('Input.dispatchTouchEvent', { type, touchPoints });
  }

  async key(key: string, { isRepeat = false, modifiers = 0 } = {}): Promise<void> {
    const name = key === 'Space' ? ' ' : key;
    const code = name === ' ' ? 32 : ({ Backspace: 8, ArrowRight: 39, ArrowDown: 40, z: 90 }[name] ?? 0);
    const event = { key: name, code: key, windowsVirtualKeyCode: code, modifiers };
    await this.#send('Input.dispatchKeyEvent', { type: 'rawKeyDown', autoRepeat: isRepeat, ...event });
    if (!isRepeat) await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  #mouse(type: string, place: Place, pointerType: Device, button: Button, buttons: number): Promise<void> {
    const at = inWindow(this.#element, place);
    return this.#send('Input.dispatchMouseEvent', {
      type,
      ...at,
      pointerType,
      button,
      buttons,
      clickCount: 1,
    });
  }

  async #send(method: string, parameters: object): Promise<void> {
    // Vitest names the session's type, and leaves its methods to the provider.
    const session = cdp() as unknown as { send: (method: string, parameters: object) => Promise<unknown> };
    await session.send(method, parameters);
  }
}
