/** The algorithm with the line that runs, and its variables. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLab } from '@/features/convLab/convLabStore';
import { Panel } from '@/ui/layout/Panel';
import { activeRoles, codeListing, type CodeLanguage } from '@/features/convLab/codeListing';
import { stepFacts } from '@/features/convLab/stepFacts';
import classes from '@/features/convLab/convLab.module.css';

const keywords = /\b(for|let|const|in|range|if)\b/;

function Line({ text }: { readonly text: string }) {
  // Odd parts of a split by one group are the matches.
  return text.split(keywords).map((part, index) =>
    index % 2 === 1 ? (
      <span key={`${index} ${part}`} className={classes['keyword']}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}

export function CodePanel() {
  const { t } = useTranslation('convLab');
  const [language, setLanguage] = useState<CodeLanguage>('python');
  const document = useLab((state) => state.document);
  const facts = stepFacts(document);
  if (facts === null) return null;
  const roles = activeRoles(facts.done, facts.ofCell, facts.total);
  return (
    <Panel
      title={t('code.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('code.language')}
          value={language}
          onChange={setLanguage}
          data={[
            { value: 'python', label: 'Python' },
            { value: 'typescript', label: 'TypeScript' },
          ]}
        />
      }
    >
      {/* Scrolls sideways on narrow screens, so it must take the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes['code']} aria-label={t('code.listing')} tabIndex={0}>
        {codeListing(document, language).map(({ text, role }, index) => (
          <div
            key={`${index} ${text}`}
            className={classes['codeLine']}
            {...(role !== null && roles.includes(role)
              ? { 'data-active': role, 'aria-current': 'step' }
              : {})}
          >
            <Line text={text} />
          </div>
        ))}
      </section>
      {facts.variables.length === 0 ? (
        <p className={classes['variables']}>{t('code.notStarted')}</p>
      ) : (
        <dl className={classes['variables']} aria-label={t('code.variables')}>
          {facts.variables.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
