/** Precision, recall and F1 of every class, and their means. */
import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ClassificationReport } from '@/model/classificationReport';
import { useClassName } from '@/panels/data/useShownData';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/inspect/mistakes/mistakes.module.css';

const keys = ['precision', 'recall', 'f1'] as const;

export function ClassTable({ report }: { readonly report: ClassificationReport }) {
  const { t } = useTranslation('inspectMistakes');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const share = (value: number | null): string => (value === null ? '–' : format.percent(value));
  return (
    // In a narrow window it scrolls sideways, which the keyboard has to reach.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes['scroll']} tabIndex={0} aria-label={t('classes.label')}>
      <Table className={classes['figures']} data-testid="class-figures">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('classes.class')}</Table.Th>
            {keys.map((key) => (
              <Table.Th key={key} scope="col">
                {t(`classes.${key}`)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('classes.support')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.classes.map((figures, digit) => (
            <Table.Tr key={digit}>
              <Table.Th scope="row">{nameOf(digit)}</Table.Th>
              {keys.map((key) => (
                <Table.Td key={key}>{share(figures[key])}</Table.Td>
              ))}
              <Table.Td>{format.integer(figures.support)}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr className={classes['mean']}>
            <Table.Th scope="row">{t('classes.macro')}</Table.Th>
            {keys.map((key) => (
              <Table.Td key={key}>{share(report.macro[key])}</Table.Td>
            ))}
            <Table.Td>{format.integer(report.images)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </section>
  );
}
