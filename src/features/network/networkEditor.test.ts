import { describe, expect, it } from 'vitest';
import { lenet, mynn } from '@/model/architectures';
import { changeLayer, removeLayer, topLevel } from '@/model/edit';
import { defaultConfig } from '@/model/presets';
import { createNetworkEditor, type NetworkEditor, standardChoice } from '@/features/network/networkEditor';
import { createSession, type Session } from '@/session/session';

class MemoryStorage {
  readonly #items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

function made(storage = new MemoryStorage()): { session: Session; editor: NetworkEditor } {
  const session = createSession();
  session.actions.loadPreset(defaultConfig('mynn'));
  return { session, editor: createNetworkEditor(session, storage) };
}

const withOutputs = (outputs: number) => (layers: typeof mynn.layers) =>
  changeLayer(layers, topLevel(0), (layer) => ({ ...layer, outChannels: outputs }));

describe('the network editor', () => {
  it('makes a named copy of a report’s network at the first change, and undoes to the original', () => {
    const { session, editor } = made();
    editor.edit((layers) => removeLayer(layers, topLevel(2)), 'My Mynn');
    const { network } = session.store.getState().draft;
    expect([network.id, network.name, network.layers.length]).toEqual(['custom', 'My Mynn', 11]);
    editor.undo();
    expect(session.store.getState().draft.network).toBe(mynn);
    editor.redo();
    expect(session.store.getState().draft.network).toBe(network);
  });

  it('undoes the digits of one number at once, and another field apart', () => {
    const { session, editor } = made();
    for (const outputs of [1, 12, 128]) editor.edit(withOutputs(outputs), 'Own', '0 outChannels');
    editor.edit((layers) => removeLayer(layers, topLevel(2)), 'Own');
    editor.undo();
    expect(session.store.getState().draft.network.layers[0]).toMatchObject({ outChannels: 128 });
    editor.undo();
    expect(session.store.getState().draft.network).toBe(mynn);
  });

  it('brings back a built network that a preset has replaced', () => {
    const { session, editor } = made();
    editor.edit((layers) => removeLayer(layers, topLevel(2)), 'Own');
    const own = session.store.getState().draft.network;
    session.actions.loadPreset(defaultConfig('vgg16'));
    expect(editor.store.getState().own?.network).toBe(own);
    editor.undo();
    expect(session.store.getState().draft.network).toBe(own);
    // The larger images were VGG-16's.
    expect(session.store.getState().draft.input.resize).toBeNull();
  });

  it('forgets what was undone once something else is changed', () => {
    const { editor } = made();
    editor.edit(withOutputs(8), 'Own');
    editor.undo();
    editor.choose(standardChoice(lenet));
    expect(editor.store.getState().future).toEqual([]);
  });

  it('keeps the own network for the next visit, and drops a stored one that is none', () => {
    const storage = new MemoryStorage();
    const { session, editor } = made(storage);
    editor.edit((layers) => removeLayer(layers, topLevel(2)), 'Own');
    const own = session.store.getState().draft.network;
    expect(made(storage).editor.store.getState().own?.network).toEqual(own);
    storage.setItem('digit-lab.own-network', '{"id":"custom","layers":[{"kind":"Evil"}]}');
    expect(made(storage).editor.store.getState().own).toBeNull();
  });

  it('renames own networks only', () => {
    const { session, editor } = made();
    editor.rename('Mine');
    expect(session.store.getState().draft.network.name).toBe('Mynn');
    editor.edit(withOutputs(8), 'Own');
    editor.rename('Mine');
    expect(session.store.getState().draft.network.name).toBe('Mine');
  });
});
