/** Entry: texts, theme and router around the pages. */
import '@mantine/core/styles.layer.css';
import '@/views/ui/theme.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from '@/app/App';
import { session } from '@/store/session';
import { startI18n } from '@/views/ui/i18n';
import { cssVariablesResolver, theme } from '@/views/ui/theme';

const colorSchemeManager = localStorageColorSchemeManager({ key: 'digit-lab-color-scheme' });

// wouter wants the base without its last slash.
const base = import.meta.env.BASE_URL.replace(/\/$/, '');

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no element #root.');
  session.connect(location.search);
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
}

void start();
