/** Entry: texts, theme and router around the pages. */
import '@mantine/core/styles.layer.css';
import '@/ui/theme/theme.css';
import '@/ui/theme/forcedColors.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { fetchedParts } from '@/app/routes';
import { fetchAhead } from '@/ui/loading/pagePart';
import { App } from '@/app/App';
import { surviveTranslation } from '@/app/translatedPage';
import { askBeforeLeaving } from '@/app/leaveGuard';
import { draftFromQuery } from '@/session/draftLink';
import { repairedAddress } from '@/session/linkText';
import { runQueue } from '@/session/queue/pageQueue';
import { session } from '@/session/session';
import { startI18n } from '@/locales/i18n';
import { cssVariablesResolver, theme } from '@/ui/theme/theme';

const colorSchemeManager = localStorageColorSchemeManager({ key: 'digit-lab-color-scheme' });

// wouter wants the base without its last slash.
const base = import.meta.env.BASE_URL.replace(/\/$/, '');

/**
 * The draft of a link stands behind ? or, where a built network is too long for a server's address line, behind #. It is
 * taken once: afterwards the draft is kept by the session, and a reload must not undo what was changed since.
 */
function connectToLink(): void {
  const linkIn = (query: string): string | null => (draftFromQuery(query) === null ? null : query);
  const fragment = (): string | null => linkIn(location.hash.slice(1));
  const link = fragment() ?? linkIn(location.search);
  session.connect(link ?? '');
  // Whoever opens a link wants its run, not the rest of a queue.
  void runQueue.connect({ resumes: link === null });
  if (link !== null) history.replaceState(null, '', location.pathname);
  addEventListener('hashchange', () => {
    const opened = fragment();
    if (opened === null) return;
    session.openLink(opened);
    history.replaceState(null, '', location.pathname);
  });
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no element #root.');
  surviveTranslation();
  const repaired = repairedAddress(location.pathname, location.search + location.hash);
  if (repaired !== null) history.replaceState(null, '', repaired);
  connectToLink();
  askBeforeLeaving();
  await startI18n();
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={colorSchemeManager}
        defaultColorScheme="auto"
      >
        <Router base={base}>
          <App />
        </Router>
      </MantineProvider>
    </StrictMode>,
  );
  void fetchAhead(fetchedParts);
}

void start();
