/** An adversarial example of the image that is inspected: asked for by a click, and kept while the page lives. */
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';

export const adversarialPass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'adversarialExample',
  isAutomatic: false,
  doneOf: ({ done }) => done,
});
